// The browser's side of the call's sound: a source (microphone or file) into the capture worklet, the
// playback worklet into the loudspeaker. The microphone is never muted, so that the caller can interrupt;
// the browser's echo canceller keeps the agent's voice out of it.

import { pcm16ToFloat } from '../../audio/pcm';
import { Resampler } from '../../audio/resampler';
import {
  kCaptureProcessor,
  kPlaybackProcessor,
  type CaptureMessage,
  type CaptureOptions,
  type PlaybackMessage,
  type PlaybackRequest,
} from '../../worklet/messages';

export type PlaybackLevel = Omit<Extract<PlaybackMessage, { type: 'level' }>, 'samples'>;

export interface AudioEvents {
  /** 20 ms of the caller at the call's rate, with its RMS. `at`: of `AudioEngine.now`. */
  onFrame(frame: Int16Array, rms: number, at: number): void;
  /** What was queued before the mark has been played, or was dropped. */
  onMark(name: string): void;
  onLevel(level: PlaybackLevel): void;
  /** What has gone to the loudspeaker, at the context's rate. `at`: the audio clock when it began, seconds. */
  onPlayed(samples: Float32Array, at: number): void;
  /** The microphone was unplugged or taken away. */
  onMicrophoneLost(): void;
  /** The file played as the caller has come to its end. */
  onFileEnded(): void;
}

/** Samples converted at a time, so that a long message begins to be played before all of it is ready. */
const kSlice = 4000;

export class AudioEngine {
  private readonly resampler: Resampler;
  private microphone: { stream: MediaStream; node: MediaStreamAudioSourceNode } | null = null;
  private file: AudioBufferSourceNode | null = null;

  private constructor(
    private readonly context: AudioContext,
    private readonly capture: AudioWorkletNode,
    private readonly playback: AudioWorkletNode,
    private readonly events: AudioEvents,
    callRate: number,
  ) {
    // Here rather than in the worklet: a long message would make the audio thread miss its deadlines.
    this.resampler = new Resampler(callRate, context.sampleRate);
    capture.port.onmessage = (event: MessageEvent<CaptureMessage>) => {
      events.onFrame(event.data.frame, event.data.rms, event.data.at);
    };
    playback.port.onmessage = (event: MessageEvent<PlaybackMessage>) => {
      if (event.data.type === 'mark') events.onMark(event.data.name);
      else {
        const { samples, at } = event.data;
        events.onLevel(event.data);
        events.onPlayed(samples, at - samples.length / context.sampleRate);
      }
    };
  }

  /** `callRate`: of the call's audio, Hz. To be called from a click or a key: browsers let sound begin only then. */
  static async open(callRate: number, events: AudioEvents): Promise<AudioEngine> {
    const context = new AudioContext({ latencyHint: 'interactive' });
    try {
      await context.audioWorklet.addModule('/static/worklet.js');
      await context.resume();
      const capture = new AudioWorkletNode(context, kCaptureProcessor, {
        numberOfOutputs: 0,
        processorOptions: { callRate } satisfies CaptureOptions,
        channelCount: 1,
        channelCountMode: 'explicit', // stereo sources are mixed down
      });
      const playback = new AudioWorkletNode(context, kPlaybackProcessor, {
        numberOfInputs: 0,
        outputChannelCount: [1],
      });
      playback.connect(context.destination);
      return new AudioEngine(context, capture, playback, events, callRate);
    } catch (error) {
      await context.close();
      throw error;
    }
  }

  /** Of what goes to the loudspeaker, Hz. */
  get rate(): number {
    return this.context.sampleRate;
  }

  /** The audio clock, seconds. */
  get now(): number {
    return this.context.currentTime;
  }

  /** Takes the microphone `deviceId` (any, when empty or gone) as the caller. Rejects as getUserMedia does. */
  async useMicrophone(deviceId: string): Promise<void> {
    const stream = await openMicrophone(deviceId);
    this.dropMicrophone();
    const node = this.context.createMediaStreamSource(stream);
    node.connect(this.capture);
    this.microphone = { stream, node };
    stream.getAudioTracks()[0]?.addEventListener('ended', () => {
      if (this.microphone?.stream === stream) this.events.onMicrophoneLost();
    });
  }

  /** Decodes a sound file. Rejects with what the browser cannot read. */
  decode(bytes: ArrayBuffer): Promise<AudioBuffer> {
    return this.context.decodeAudioData(bytes);
  }

  /** Says `sound` as the caller, from its beginning. */
  playAsCaller(sound: AudioBuffer): void {
    this.stopFile();
    const node = this.context.createBufferSource();
    node.buffer = sound;
    node.connect(this.capture);
    node.onended = () => {
      if (this.file !== node) return;
      this.file = null;
      node.disconnect();
      this.events.onFileEnded();
    };
    node.start();
    this.file = node;
  }

  play(pcm: Int16Array): void {
    for (let at = 0; at < pcm.length; at += kSlice) {
      const samples = this.resampler.process(pcm16ToFloat(pcm.subarray(at, at + kSlice)));
      this.tell({ type: 'audio', samples });
    }
  }

  mark(name: string): void {
    this.tell({ type: 'mark', name });
  }

  clear(): void {
    this.resampler.reset();
    this.tell({ type: 'clear' });
  }

  close(): void {
    this.stopFile();
    this.dropMicrophone();
    this.capture.port.onmessage = null;
    this.playback.port.onmessage = null;
    void this.context.close();
  }

  private tell(request: PlaybackRequest): void {
    this.playback.port.postMessage(request);
  }

  private stopFile(): void {
    const file = this.file;
    this.file = null;
    file?.stop();
    file?.disconnect();
  }

  private dropMicrophone(): void {
    this.microphone?.node.disconnect();
    this.microphone?.stream.getTracks().forEach((track) => track.stop());
    this.microphone = null;
  }
}

async function openMicrophone(deviceId: string): Promise<MediaStream> {
  // Absent from pages that are neither https nor on this computer.
  if (!navigator.mediaDevices) throw new DOMException('insecure page', 'SecurityError');
  const wanted: MediaTrackConstraints = {
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
    channelCount: 1,
  };
  if (deviceId !== '') wanted.deviceId = { exact: deviceId };
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: wanted });
  } catch (error) {
    // The chosen one is not plugged in today.
    if (deviceId !== '' && error instanceof DOMException && error.name === 'OverconstrainedError') {
      return openMicrophone('');
    }
    throw error;
  }
}

/** The microphones there are. Their names are empty until the browser has been allowed to use one. */
export async function listMicrophones(): Promise<MediaDeviceInfo[]> {
  if (!navigator.mediaDevices) return [];
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter((device) => device.kind === 'audioinput' && device.deviceId !== '');
}
