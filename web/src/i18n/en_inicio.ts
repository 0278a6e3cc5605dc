// English: the page Overview.

import type { Dictionary } from './i18n';

export const inicioEn: Dictionary['inicio'] = {
  title: 'Overview',
  failed: 'The overview could not be read',
  slow: 'The server takes long to answer; still waiting for the overview…',
  lastCalls: 'Last calls',
  empty: 'There are no calls yet',
  emptyHow: 'Here you will see how many calls there are, how long the agent takes to answer and whether anything fails.',
  emptyAction: 'Make a test call',
};
