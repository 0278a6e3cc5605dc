// The caller's voice of a call of the history, to be said again to the agent as it is now.

import { kProfiles } from '../../agents_api';
import { ApiError } from '../../api';
import { getCall, recordingHref } from '../../history_api';
import { problemOf } from '../problem_of';
import { choose } from './choice';
import { wavFile } from '../../audio/wav';
import { floatToPcm16 } from '../../audio/pcm';
import { file, problems, source } from './state';

const kRate = 16000;

/** Takes the call's agent, its profile and the left channel of its recording, which is the caller. */
export async function prepareReplay(callId: string, nameOf: (id: string) => string): Promise<void> {
  try {
    const { call } = await getCall(callId);
    const response = await fetch(recordingHref(callId));
    if (!response.ok) throw new ApiError(response.status, response.status === 404 ? 'no-recording' : 'unreadable', '');
    const sound = await new OfflineAudioContext(1, 1, kRate).decodeAudioData(await response.arrayBuffer());
    const caller = floatToPcm16(sound.getChannelData(0));
    file.value = { name: nameOf(callId), bytes: wavFile([caller], sound.sampleRate).buffer };
    source.value = 'file';
    choose(call.agent, kProfiles.find((one) => one === call.client_type) ?? 'browser');
  } catch (error) {
    problems.value = [problemOf(error)];
  }
}
