// English: the notice that every page shows when something is wrong.

import type { Dictionary } from './i18n';

export const bannerEn: Dictionary['banner'] = {
  unreachable: 'The server does not answer.',
  unreachableHelp: 'What you see may have changed. Calls in progress do not depend on this page.',
  stopped: 'New calls are not taken',
  since: 'since',
  reason: 'Reason',
  byErrors: 'automatic stop because of errors',
  refusing: 'New calls are not taken.',
  refusingWhy: {
    stopped: 'They are stopped.',
    full: 'As many calls as there may be at once are in progress; more come in as others end.',
    late: 'The machine is at its limit: sound was beginning to come late.',
    'database-away': 'The database does not answer.',
    draining: 'This server is being shut down; others take the calls.',
  },
  provider: (what) => `A provider fails: ${what}`,
  providerHelp: 'Calls hear an apology and end; it is tried again every little while.',
  operations: {
    stt: 'transcription',
    transcription: 'transcription',
    llm: 'model',
    chat: 'model',
    tts: 'voice',
    synthesis: 'voice',
  },
  see: 'See the state',
  resume: 'Resume calls',
  resumeTitle: 'Take calls again?',
  resumeHelp:
    'All servers will answer again. If the cause is still there, calls will fail and be stopped once more.',
  resumeNow: 'Take calls',
  cancel: 'Cancel',
};
