// Listening in on a call: both sides, each by a playback queue of its own.

import { decodeAlaw } from '../../audio/alaw';
import { decodeMulaw } from '../../audio/mulaw';
import { pcm16ToFloat } from '../../audio/pcm';
import { Resampler } from '../../audio/resampler';
import { audioSocketUrl } from '../../live_api';
import { kPlaybackProcessor, type PlaybackRequest } from '../../worklet/messages';

interface Format {
  encoding: string; // "mulaw", "alaw", "pcm"
  rate: number;
}

class Side {
  private readonly resampler: Resampler;

  constructor(
    private readonly format: Format,
    context: AudioContext,
    private readonly node: AudioWorkletNode,
  ) {
    this.resampler = new Resampler(format.rate, context.sampleRate);
  }

  play(bytes: Uint8Array<ArrayBuffer>): void {
    const pcm =
      this.format.encoding === 'mulaw'
        ? decodeMulaw(bytes)
        : this.format.encoding === 'alaw'
          ? decodeAlaw(bytes)
          : new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.byteLength & ~1)));
    this.tell({ type: 'audio', samples: this.resampler.process(pcm16ToFloat(pcm)) });
  }

  clear(): void {
    this.resampler.reset();
    this.tell({ type: 'clear' });
  }

  private tell(request: PlaybackRequest): void {
    this.node.port.postMessage(request);
  }
}

export interface Listening {
  stop(): void;
  /** Seconds of sound that came, of either side. */
  heard(): number;
}

/** To be called from a click: browsers let sound begin only then. `over`: by whom or whatever it ended. */
export async function listenTo(id: string, over: (failed: boolean) => void): Promise<Listening> {
  const context = new AudioContext({ latencyHint: 'playback' });
  try {
    await context.audioWorklet.addModule('/static/worklet.js');
    await context.resume();
  } catch (error) {
    await context.close();
    throw error;
  }
  const node = () => {
    const made = new AudioWorkletNode(context, kPlaybackProcessor, { numberOfInputs: 0, outputChannelCount: [1] });
    made.connect(context.destination);
    return made;
  };
  let sides: Side[] = [];
  let heard = 0;
  let opened = false;
  let done = false;
  const socket = new WebSocket(audioSocketUrl(id));
  socket.binaryType = 'arraybuffer';
  const finish = (failed: boolean) => {
    if (done) return;
    done = true;
    socket.close();
    void context.close();
    over(failed);
  };
  socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => {
    if (typeof event.data === 'string') {
      const message = JSON.parse(event.data) as { type: string; caller?: Format; agent?: Format };
      if (message.type === 'format' && message.caller && message.agent) {
        opened = true;
        sides = [new Side(message.caller, context, node()), new Side(message.agent, context, node())];
      } else if (message.type === 'clear') sides[1]?.clear();
      else if (message.type === 'ended') finish(!opened);
      return;
    }
    const bytes = new Uint8Array(event.data);
    const side = sides[bytes[0] ?? 0];
    if (!side) return;
    side.play(bytes.subarray(1));
    heard += 0.1;
  };
  socket.onclose = () => finish(!opened);
  return { stop: () => finish(false), heard: () => heard };
}
