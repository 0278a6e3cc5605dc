// One call of the simulator, and what the page shows of it. The page's signals outlive a change of page: a
// call goes on while one looks at the history.

import { computed, signal } from '@preact/signals';
import { ApiError, listCalls, simulatorSocketUrl, startSimulator, type SimulatorReady } from '../../api';
import type { Timings } from '../../components/response_times';
import { microphoneId } from '../../preferences';
import { AudioEngine, listMicrophones, type PlaybackLevel } from './audio_engine';
import { addToConversation, type Line } from './conversation';
import { Trace } from './trace';
import { startBody } from './choice';
import {
  markMessage,
  mediaMessage,
  parseServerMessage,
  startMessage,
  stopMessage,
  type AgentState,
  type ServerMessage,
} from './wire';

export type Phase = 'idle' | 'preparing' | 'connecting' | 'talking' | 'hanging-up' | 'ended';
export type CallerSource = 'microphone' | 'file';

/** Something to tell the person: what happened is looked up by `code`; `detail` is the server's own words. */
export interface Problem {
  code: string;
  detail: string;
}

export const phase = signal<Phase>('idle');
export const agentState = signal<AgentState | null>(null);
export const lines = signal<Line[]>([]);
export const timings = signal<ReadonlyMap<number, Timings>>(new Map());
export const problems = signal<Problem[]>([]);
export const endCause = signal<string | null>(null);
export const endedCallId = signal<string | null>(null); // of the history, once it is found there
export const ready = signal<SimulatorReady | null>(null); // of this call or the last one
export const startedAt = signal<number | null>(null); // performance.now()
export const lastedMs = signal(0); // of the call that ended
export const callerLevel = signal(0); // RMS
export const playback = signal<PlaybackLevel | null>(null);
export const agentPeak = signal(0); // the loudest RMS heard from the agent in this call
export const callerPeak = signal(0);
export const trace = signal(new Trace());
export const microphones = signal<MediaDeviceInfo[]>([]);
export const source = signal<CallerSource>('microphone');
export const file = signal<{ name: string; bytes: ArrayBuffer } | null>(null);
export const filePlaying = signal(false);
export const previewing = signal(false);

export const busy = computed(() => phase.value !== 'idle' && phase.value !== 'ended');

const kStopPatienceMs = 3000; // for the server's `end` after our `stop`

let current: SimulatorCall | null = null;
let preview: AudioEngine | null = null;
let previewsOpened = 0;

/** The call's button, and the space bar. */
export function callOrHangUp(): void {
  if (current) current.hangUp();
  else void startCall();
}

async function startCall(): Promise<void> {
  stopPreview();
  const call = new SimulatorCall();
  current = call;
  await call.run();
}

/** Opens the microphone without a call: to see that it works, and to learn the names of the others. */
export async function startPreview(): Promise<void> {
  const mine = ++previewsOpened;
  previewing.value = true;
  problems.value = [];
  try {
    const engine = await AudioEngine.open({
      onFrame: (_frame, rms) => (callerLevel.value = rms),
      onMark: () => {},
      onLevel: () => {},
      onMicrophoneLost: () => {
        stopPreview();
        problems.value = [{ code: 'microphone-lost', detail: '' }];
      },
      onFileEnded: () => {},
    });
    try {
      await engine.useMicrophone(microphoneId.value);
    } catch (error) {
      engine.close();
      throw error;
    }
    // A call, or a second click, may have come while the browser was asking.
    if (mine !== previewsOpened || current) {
      engine.close();
      return;
    }
    preview = engine;
    await refreshMicrophones();
  } catch (error) {
    if (mine !== previewsOpened) return;
    previewing.value = false;
    problems.value = [microphoneProblem(error)];
  }
}

export function stopPreview(): void {
  previewsOpened++;
  preview?.close();
  preview = null;
  previewing.value = false;
  callerLevel.value = 0;
}

export async function chooseMicrophone(id: string): Promise<void> {
  microphoneId.value = id;
  const engine = current?.engine ?? preview;
  if (!engine || source.value !== 'microphone') return;
  try {
    await engine.useMicrophone(id);
  } catch (error) {
    problems.value = [...problems.value, microphoneProblem(error)];
  }
}

export async function refreshMicrophones(): Promise<void> {
  try {
    microphones.value = await listMicrophones();
  } catch {
    microphones.value = [];
  }
}

export function chooseSource(chosen: CallerSource): void {
  source.value = chosen;
  problems.value = [];
  if (chosen === 'file') stopPreview();
}

export async function chooseFile(chosen: File): Promise<void> {
  file.value = { name: chosen.name, bytes: await chosen.arrayBuffer() };
}

/** Says the chosen file as the caller, now. */
export function sayFile(): void {
  void current?.sayFile();
}

export function watchDevices(): void {
  void refreshMicrophones();
  navigator.mediaDevices?.addEventListener('devicechange', () => void refreshMicrophones());
  // A page that closes says goodbye: the server need not wait for a time-out.
  addEventListener('pagehide', () => current?.abandon());
}

export function elapsedMs(): number {
  return startedAt.value === null ? lastedMs.value : performance.now() - startedAt.value;
}

class SimulatorCall {
  engine: AudioEngine | null = null;
  private socket: WebSocket | null = null;
  private open = false; // `start` has been sent
  private over = false;
  private fileSaid = false;
  private callSid = '';
  private audioStart = 0; // seconds of the audio clock
  private stopTimer: ReturnType<typeof setTimeout> | undefined;

  async run(): Promise<void> {
    phase.value = 'preparing';
    agentState.value = null;
    lines.value = [];
    timings.value = new Map();
    problems.value = [];
    endCause.value = null;
    endedCallId.value = null;
    startedAt.value = null;
    lastedMs.value = 0;
    playback.value = null;
    agentPeak.value = 0;
    callerPeak.value = 0;
    trace.value = new Trace();
    try {
      await this.prepareAudio();
      if (this.over) return;
      phase.value = 'connecting';
      const answer = await startSimulator(startBody());
      if (this.over) return;
      ready.value = answer;
      this.connect(answer.client_id);
    } catch (error) {
      if (this.over) return;
      this.finish(problemOf(error));
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
    const engine = await AudioEngine.open({
      onFrame: (frame, rms, at) => this.onFrame(frame, rms, at),
      onMark: (name) => this.send(markMessage(name)),
      onLevel: (level) => this.onLevel(level),
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
    const socket = new WebSocket(simulatorSocketUrl(clientId));
    this.socket = socket;
    socket.onopen = () => {
      if (this.over) return;
      const stamp = Date.now();
      this.callSid = `sim-${stamp}`;
      this.send(startMessage(`browser-${stamp}`, this.callSid));
      this.open = true;
      startedAt.value = performance.now();
      this.audioStart = this.engine?.now ?? 0;
      phase.value = 'talking';
    };
    socket.onmessage = (event: MessageEvent<unknown>) => {
      if (this.over || typeof event.data !== 'string') return;
      const message = parseServerMessage(event.data);
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
    if (phase.value === 'talking') this.send(mediaMessage(frame));
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
    this.engine?.close();
    this.socket?.close();
    callerLevel.value = 0;
    filePlaying.value = false;
    agentState.value = null;
    phase.value = this.open ? 'ended' : 'idle';
    current = null;
    if (this.open) void this.findInHistory();
  }

  /** The call's page, to be linked to. Without it there is still the list. */
  private async findInHistory(): Promise<void> {
    const names = [ready.value?.client_id, this.callSid];
    try {
      const page = await listCalls({ limit: 10 });
      const own = page.calls.find((call) => names.includes(call.session_id) || names.includes(call.provider_call_id ?? ''));
      if (own && !current) endedCallId.value = String(own.id);
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

function problemOf(error: unknown): Problem {
  if (error instanceof Trouble) return error.problem;
  if (error instanceof ApiError) {
    return { code: error.signedOut ? 'signed-out' : error.code, detail: error.message };
  }
  return { code: 'unexpected', detail: error instanceof Error ? error.message : String(error) };
}

function microphoneProblem(error: unknown): Problem {
  const name = error instanceof DOMException ? error.name : '';
  const code =
    {
      NotAllowedError: 'microphone-refused',
      SecurityError: 'microphone-insecure',
      NotFoundError: 'microphone-missing',
      OverconstrainedError: 'microphone-missing',
      NotReadableError: 'microphone-busy',
      AbortError: 'microphone-busy',
    }[name] ?? 'microphone-failed';
  return { code, detail: error instanceof Error && code === 'microphone-failed' ? error.message : '' };
}
