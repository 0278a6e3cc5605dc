// What can be done with the simulator: call, hang up, speak, write, press keys, choose a microphone or a file.

import { microphoneId } from '../../preferences';
import { AudioEngine } from './audio_engine';
import { microphoneProblem } from './microphone_problem';
import { refreshMicrophones } from './microphones';
import { SimulatorCall } from './simulator_call';
import { kSounds } from './sounds';
import { callerLevel, file, previewing, problems, source, type CallerSource } from './state';

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
  const call = new SimulatorCall(() => {
    if (current === call) current = null;
  });
  current = call;
  await call.run();
}

/** Opens the microphone without a call: to see that it works, and to learn the names of the others. */
export async function startPreview(): Promise<void> {
  const mine = ++previewsOpened;
  previewing.value = true;
  problems.value = [];
  try {
    const engine = await AudioEngine.open(kSounds.wide.rate, {
      onFrame: (_frame, rms) => (callerLevel.value = rms),
      onMark: () => {},
      onLevel: () => {},
      onPlayed: () => {},
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

export function chooseSource(chosen: CallerSource): void {
  source.value = chosen;
  problems.value = [];
  if (chosen === 'file') stopPreview();
}

export async function chooseFile(chosen: File): Promise<void> {
  file.value = { name: chosen.name, bytes: await chosen.arrayBuffer() };
}

/** Tells the agent something in writing, as if it had been said. */
export function write(text: string): void {
  current?.write(text);
}

/** Presses a key of the telephone. */
export function press(key: string): void {
  current?.press(key);
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
