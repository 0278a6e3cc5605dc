// What the page and the audio thread say to each other.

/** What the capture processor is made with. */
export interface CaptureOptions {
  callRate: number; // of the call's audio, Hz
}

/** Frames sent to the call, a second. */
export const kFramesPerSecond = 50;

export const kCaptureProcessor = 'centralita-capture';
export const kPlaybackProcessor = 'centralita-playback';

/** Capture -> page, every 20 ms, whether there is sound or not. */
export interface CaptureMessage {
  frame: Int16Array<ArrayBuffer>; // 20 ms at the call's rate
  rms: number; // 0..1
  at: number; // the audio clock, seconds
}

/** Page -> playback. */
export type PlaybackRequest =
  | { type: 'audio'; samples: Float32Array } // at the context's rate
  | { type: 'mark'; name: string }
  | { type: 'clear' };

/** Playback -> page. */
export type PlaybackMessage =
  | { type: 'mark'; name: string }
  | {
      type: 'level'; // every 40 ms or so
      at: number; // the audio clock, seconds
      rms: number; // of what went to the loudspeaker since the last one, 0..1
      playedMs: number; // sound played since the beginning
      voicedMs: number; // of it, the part that can be heard (RMS of the block above -46 dBFS)
      queuedMs: number;
      underruns: number;
      samples: Float32Array<ArrayBuffer>; // what went to the loudspeaker since the last one
    };
