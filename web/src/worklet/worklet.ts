// The audio thread's two ends: the microphone's samples out to the call, the agent's in from it.

import { Framer } from '../audio/framer';
import { floatToPcm16, rootMeanSquare } from '../audio/pcm';
import { PlaybackQueue } from '../audio/playback_queue';
import { Resampler } from '../audio/resampler';
import {
  kCaptureProcessor,
  kFramesPerSecond,
  kPlaybackProcessor,
  type CaptureMessage,
  type CaptureOptions,
  type PlaybackMessage,
  type PlaybackRequest,
} from './messages';

const kBlock = 128; // the Web Audio render quantum
const kAudible = 0.005; // RMS, -46 dBFS

class CaptureProcessor extends AudioWorkletProcessor {
  private readonly resampler: Resampler;
  private readonly framer: Framer;
  private readonly silence = new Float32Array(kBlock);

  constructor({ processorOptions }: { processorOptions?: unknown }) {
    super();
    const { callRate } = processorOptions as CaptureOptions;
    this.resampler = new Resampler(sampleRate, callRate);
    this.framer = new Framer(callRate / kFramesPerSecond);
  }

  process(inputs: Float32Array[][]): boolean {
    // Without a source (a file that has ended, a microphone unplugged) the call goes on with silence: the far
    // end tells the end of speech by it.
    const samples = inputs[0]?.[0] ?? this.silence;
    this.framer.push(this.resampler.process(samples), (frame) => {
      const message: CaptureMessage = { frame: floatToPcm16(frame), rms: rootMeanSquare(frame), at: currentTime };
      this.port.postMessage(message, [message.frame.buffer]);
    });
    return true;
  }
}

class PlaybackProcessor extends AudioWorkletProcessor {
  private readonly queue = new PlaybackQueue({
    cushion: Math.round(sampleRate * 0.04),
    fade: Math.round(sampleRate * 0.005),
    underrunWindow: Math.round(sampleRate * 0.3),
  });
  private readonly reportEvery = Math.round((sampleRate * 0.04) / kBlock) * kBlock;
  private played = new Float32Array(this.reportEvery + kBlock);
  private energy = 0;
  private measured = 0;
  private voiced = 0;

  constructor() {
    super();
    this.port.onmessage = (event: MessageEvent<PlaybackRequest>) => {
      const request = event.data;
      if (request.type === 'audio') {
        this.queue.push(request.samples);
      } else if (request.type === 'mark') {
        this.queue.mark(request.name);
      } else {
        this.echo(this.queue.clear());
      }
    };
  }

  process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const channels = outputs[0]!;
    const output = channels[0]!;
    this.echo(this.queue.read(output));
    for (let channel = 1; channel < channels.length; channel++) channels[channel]!.set(output);
    this.measure(output);
    return true;
  }

  private echo(marks: string[]): void {
    for (const name of marks) this.post({ type: 'mark', name });
  }

  private measure(output: Float32Array): void {
    const rms = rootMeanSquare(output);
    if (rms > kAudible) this.voiced += output.length;
    this.energy += rms * rms * output.length;
    this.played.set(output.subarray(0, this.played.length - this.measured), this.measured);
    this.measured += output.length;
    if (this.measured < this.reportEvery) return;
    const samples = this.played.slice(0, this.measured);
    const message: PlaybackMessage = {
      type: 'level',
      at: currentTime,
      rms: Math.sqrt(this.energy / this.measured),
      playedMs: (this.queue.played / sampleRate) * 1000,
      voicedMs: (this.voiced / sampleRate) * 1000,
      queuedMs: (this.queue.queued / sampleRate) * 1000,
      underruns: this.queue.underruns,
      samples,
    };
    this.port.postMessage(message, [samples.buffer]);
    this.energy = 0;
    this.measured = 0;
  }

  private post(message: PlaybackMessage): void {
    this.port.postMessage(message);
  }
}

registerProcessor(kCaptureProcessor, CaptureProcessor);
registerProcessor(kPlaybackProcessor, PlaybackProcessor);
