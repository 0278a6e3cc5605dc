// English: the page Settings.

import type { Dictionary } from './i18n';

export const ajustesEn: Dictionary['ajustes'] = {
  title: 'Settings',
  parts: 'Parts of the settings',
  tabs: { audit: 'Audit log' },
  audit: {
    title: 'Who changed what',
    help: 'Each change of agents, numbers and settings, with its author. Nobody can delete it.',
    failed: 'The audit log could not be read',
    slow: 'The server takes long to answer; still waiting for the audit log…',
    empty: 'Nobody has changed anything yet. Changes of agents, numbers and settings will be here.',
    when: 'When',
    who: 'Who',
    what: 'What they did',
    where: 'On',
    more: 'Load more',
    actions: {
      'agent.created': 'Created an agent',
      'agent.updated': 'Changed an agent',
      'agent.deleted': 'Deleted an agent',
      'agent.restored': 'Brought an agent back',
      'agent.made-default': 'Made an agent the default',
      'number.assigned': 'Assigned a number',
      'number.released': 'Released a number',
    },
  },
};
