// The part of AudioWorkletGlobalScope that worklet.ts uses; TypeScript's DOM library leaves it out.

declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}

declare function registerProcessor(
  name: string,
  processor: new (options: { processorOptions?: unknown }) => AudioWorkletProcessor,
): void;

declare const sampleRate: number;

declare const currentTime: number;
