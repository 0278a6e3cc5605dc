// English: the page Live.

import type { Dictionary } from './i18n';

export const enVivoEn: Dictionary['envivo'] = {
  title: 'Live',
  failed: 'The calls in progress could not be read',
  slow: 'The server takes long to answer; still waiting for the calls in progress…',
  empty: 'There is no call now',
  emptyHow: 'Calls in progress show here while they last.',
};
