// One call of the simulator: its sound, its socket, and what it puts into the page's state.

import { addressOf, ask, socketUrl } from '../../api';
import { findCallOf } from '../../history_api';
import { microphoneId } from '../../preferences';
import { problemOf, type Problem } from '../problem_of';
import { AudioEngine, type PlaybackLevel } from './audio_engine';
import { chosenProfile, chosenSound, startBody } from './choice';
import { addToConversation } from './conversation';
import { microphoneProblem } from './microphone_problem';
import { Recorder } from './recorder';
import { kSounds, soundOf } from './sounds';
import {
  agentPeak,
  agentState,
  callerLevel,
  callerPeak,
  elapsedMs,
  endCause,
  endedCallId,
  events,
  file,
  filePlaying,
  forgetCall,
  lastedMs,
  lines,
  phase,
  playback,
  problems,
  ready,
  recording,
  source,
  startedAt,
  timings,
  trace,
} from './state';
import {
  keyMessage,
  markMessage,
  mediaMessage,
  parseServerMessage,
  startMessage,
  stopMessage,
  textMessage,
  type ServerMessage,
} from './wire';
import { refreshMicrophones } from './microphones';

const kStopPatienceMs = 3000; // for the server's `end` after our `stop`

export class SimulatorCall {
  engine: AudioEngine | null = null;
  private socket: WebSocket | null = null;
  private open = false; // `start` has been sent
  private over = false;
  private fileSaid = false;
  private callSid = '';
  private audioStart = 0; // seconds of the audio clock
  private stopTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly sound = soundOf(chosenSound.value, chosenProfile.value);

  /** `onOver`: said once, when the call has ended in whatever way. */
  constructor(private readonly onOver: () => void) {}

  async run(): Promise<void> {
    forgetCall();
    phase.value = 'preparing';
    try {
      await this.prepareAudio();
      if (this.over) return;
      phase.value = 'connecting';
      const answer = await ask('POST /ws/simulator/v2/start', { body: startBody() });
      if (this.over) return;
      ready.value = answer;
      this.connect(answer.client_id);
    } catch (error) {
      if (this.over) return;
      this.finish(error instanceof Trouble ? error.problem : problemOf(error));
    }
  }

  hangUp(): void {
    if (this.over || phase.value === 'hanging-up') return;
    if (!this.open) {
      this.finish(null);
      return;
    }
    phase.value = 'hanging-up';
    this.send(stopMessage());
    this.stopTimer = setTimeout(() => {
      endCause.value ??= 'caller-hung-up';
      this.finish(null);
    }, kStopPatienceMs);
  }

  /** Says `text` to the agent in writing. */
  write(text: string): void {
    if (phase.value === 'talking') this.send(textMessage(text));
  }

  press(key: string): void {
    if (phase.value === 'talking') this.send(keyMessage(key));
  }

  abandon(): void {
    if (this.open) this.send(stopMessage());
    this.socket?.close();
  }

  async sayFile(): Promise<void> {
    const chosen = file.value;
    if (!this.engine || !chosen) return;
    try {
      // Decoding consumes the bytes it is given.
      const sound = await this.engine.decode(chosen.bytes.slice(0));
      if (this.over) return;
      this.fileSaid = true;
      this.engine.playAsCaller(sound);
      filePlaying.value = true;
    } catch {
      this.tell({ code: 'file-unreadable', detail: chosen.name });
    }
  }

  private async prepareAudio(): Promise<void> {
    const engine = await AudioEngine.open(kSounds[this.sound].rate, {
      onFrame: (frame, rms, at) => this.onFrame(frame, rms, at),
      onMark: (name) => this.send(markMessage(name)),
      onLevel: (level) => this.onLevel(level),
      onPlayed: (samples, at) => recording.value?.addAgent(samples, at),
      onMicrophoneLost: () => this.tell({ code: 'microphone-lost', detail: '' }),
      onFileEnded: () => (filePlaying.value = false),
    }).catch((error: unknown) => {
      throw new Trouble({ code: 'audio-unavailable', detail: error instanceof Error ? error.message : '' });
    });
    if (this.over) {
      engine.close();
      return;
    }
    this.engine = engine;
    if (source.value === 'file') {
      if (!file.value) throw new Trouble({ code: 'file-missing', detail: '' });
      return;
    }
    try {
      await engine.useMicrophone(microphoneId.value);
    } catch (error) {
      throw new Trouble(microphoneProblem(error));
    }
    void refreshMicrophones();
  }

  private connect(clientId: string): void {
    const socket = new WebSocket(socketUrl(addressOf('GET /ws/simulator/v2/stream', { query: { client_id: clientId } })));
    this.socket = socket;
    socket.onopen = () => {
      if (this.over) return;
      const stamp = Date.now();
      this.callSid = `sim-${stamp}`;
      this.send(startMessage(`browser-${stamp}`, this.callSid, this.sound));
      this.open = true;
      startedAt.value = performance.now();
      this.audioStart = this.engine?.now ?? 0;
      recording.value = new Recorder(kSounds[this.sound].rate, this.engine?.rate ?? kSounds.wide.rate, this.audioStart);
      phase.value = 'talking';
    };
    socket.onmessage = (event: MessageEvent<unknown>) => {
      if (this.over || typeof event.data !== 'string') return;
      const message = parseServerMessage(event.data, this.sound);
      if (message) this.onMessage(message);
    };
    socket.onclose = (event) => {
      if (this.over) return;
      if (phase.value === 'hanging-up') {
        endCause.value ??= 'caller-hung-up';
        this.finish(null);
      } else if (endCause.value !== null) {
        this.finish(null);
      } else {
        const detail = [String(event.code), event.reason].filter((part) => part !== '').join(' ');
        this.finish({ code: this.open ? 'connection-lost' : 'connection-refused', detail });
      }
    };
  }

  private onMessage(message: ServerMessage): void {
    switch (message.type) {
      case 'audio':
        this.engine?.play(message.pcm);
        break;
      case 'mark':
        this.engine?.mark(message.name);
        break;
      case 'clear':
        this.engine?.clear();
        trace.value.cut(elapsedMs(), playback.value?.queuedMs ?? 0);
        break;
      case 'transcript':
        lines.value = addToConversation(lines.value, message, elapsedMs());
        break;
      case 'state':
        agentState.value = message.state;
        trace.value.setState(message.state, elapsedMs());
        // A file waits for the agent's greeting, as a caller would.
        if (
          message.state === 'listening' &&
          source.value === 'file' &&
          !this.fileSaid &&
          lines.value.some((line) => line.role === 'assistant')
        ) {
          void this.sayFile();
        }
        break;
      case 'timings':
        timings.value = new Map(timings.value).set(message.turn, message.values);
        break;
      case 'event':
        events.value = [...events.value, message.event];
        break;
      case 'error':
        this.tell({ code: message.code, detail: message.text });
        break;
      case 'end':
        endCause.value = message.cause;
        this.finish(null);
        break;
    }
  }

  private onFrame(frame: Int16Array, rms: number, at: number): void {
    if (!this.open) return;
    callerLevel.value = rms;
    if (rms > callerPeak.value) callerPeak.value = rms;
    trace.value.add('caller', rms, this.sinceStart(at));
    if (phase.value !== 'talking') return;
    recording.value?.addCaller(frame, at);
    this.send(mediaMessage(frame, this.sound));
  }

  private onLevel(level: PlaybackLevel): void {
    playback.value = level;
    if (level.rms > agentPeak.value) agentPeak.value = level.rms;
    if (this.open) trace.value.add('agent', level.rms, this.sinceStart(level.at));
  }

  /**
   * The audio clock's `at` as time of the call, ms. Messages from the audio thread come in bunches when the page
   * is busy; their own times keep the waveform whole.
   */
  private sinceStart(at: number): number {
    return Math.max(0, (at - this.audioStart) * 1000);
  }

  private send(text: string): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(text);
  }

  private tell(problem: Problem): void {
    problems.value = [...problems.value, problem];
  }

  private finish(problem: Problem | null): void {
    if (this.over) return;
    this.over = true;
    clearTimeout(this.stopTimer);
    if (problem) this.tell(problem);
    lastedMs.value = elapsedMs();
    startedAt.value = null;
    recording.value?.finish();
    this.engine?.close();
    this.socket?.close();
    callerLevel.value = 0;
    filePlaying.value = false;
    agentState.value = null;
    phase.value = this.open ? 'ended' : 'idle';
    this.onOver();
    if (this.open) void this.findInHistory();
  }

  /** The call's page, to be linked to. Without it there is still the list. */
  private async findInHistory(): Promise<void> {
    try {
      const own = await findCallOf(ready.value?.client_id ?? '', this.callSid);
      if (phase.value === 'ended') endedCallId.value = own;
    } catch {
      // The list says what is wrong when it is opened.
    }
  }
}

class Trouble extends Error {
  constructor(readonly problem: Problem) {
    super(problem.code);
  }
}
