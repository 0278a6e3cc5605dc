// The bar above: through what the caller speaks, its level, the call's button and clock.

import { useEffect, useState } from 'preact/hooks';
import { CallIcon, HangUpIcon } from '../../components/icons';
import { duration } from '../../format';
import { words } from '../../i18n/i18n';
import type { Profile } from '../../../generated/api';
import { kProfiles } from '../../agents_api';
import { microphoneId } from '../../preferences';
import { agentNames, chosenAgent, chosenProfile, readAgents } from './choice';
import { callOrHangUp, chooseFile, chooseMicrophone, chooseSource, sayFile, startPreview, stopPreview } from './simulator';
import {
  agentState,
  busy,
  callerLevel,
  elapsedMs,
  file,
  filePlaying,
  lastedMs,
  microphones,
  phase,
  previewing,
  source,
  startedAt,
  type CallerSource,
} from './state';
import { heightOf } from './trace';

export function Controls() {
  return (
    <div class="controls">
      <CallButton />
      <State />
      <Callee />
      <Source />
    </div>
  );
}

export function CallButton() {
  const t = words.value.probar;
  const label = !busy.value ? t.call : startedAt.value === null ? t.cancel : t.hangUp;
  return (
    <button
      type="button"
      class={`call-button ${busy.value ? 'danger' : 'primary'}`}
      data-testid="call"
      aria-keyshortcuts="Space"
      disabled={phase.value === 'hanging-up'}
      onClick={callOrHangUp}
    >
      {busy.value ? <HangUpIcon /> : <CallIcon />}
      <span>{label}</span>
      <kbd>{t.shortcut}</kbd>
    </button>
  );
}

export function State() {
  const t = words.value.probar;
  const state = agentState.value;
  return (
    <div class="call-state">
      <span class="call-phase" role="status" data-testid="phase">
        <span class={`state-dot state-${state ?? phase.value}`} aria-hidden="true" />
        {phase.value === 'talking' && state ? t.states[state] : t.phases[phase.value]}
      </span>
      <Timer />
    </div>
  );
}

function Timer() {
  const t = words.value.probar;
  const [, setNow] = useState(0);
  const running = startedAt.value !== null;
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => setNow((n) => n + 1), 250);
    return () => clearInterval(timer);
  }, [running]);
  if (!running && lastedMs.value === 0) return null;
  return (
    <span class="timer" role="timer" aria-label={t.timer} data-testid="timer">
      {duration(elapsedMs())}
    </span>
  );
}

function Callee() {
  const t = words.value;
  useEffect(() => void readAgents(), []);
  return (
    <div class="callee">
      <select
        aria-label={t.probar.whichAgent}
        disabled={busy.value}
        value={chosenAgent.value}
        onChange={(event) => (chosenAgent.value = event.currentTarget.value)}
      >
        <option value="">{t.probar.defaultAgent}</option>
        {agentNames.value.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <select
        aria-label={t.probar.whichProfile}
        disabled={busy.value}
        value={chosenProfile.value}
        onChange={(event) => (chosenProfile.value = event.currentTarget.value as Profile)}
      >
        {kProfiles.map((name) => (
          <option key={name} value={name}>
            {t.agentes.profiles[name]}
          </option>
        ))}
      </select>
    </div>
  );
}

function Source() {
  const t = words.value.probar;
  return (
    <div class="source">
      <fieldset class="segmented" disabled={busy.value}>
        <legend class="sr-only">{t.source}</legend>
        {(['microphone', 'file'] as CallerSource[]).map((name) => (
          <label key={name}>
            <input
              type="radio"
              name="source"
              value={name}
              checked={source.value === name}
              onChange={() => chooseSource(name)}
            />
            <span>{t.sources[name]}</span>
          </label>
        ))}
      </fieldset>
      {source.value === 'microphone' ? <Microphone /> : <FileChoice />}
      <Meter />
    </div>
  );
}

function Microphone() {
  const t = words.value.probar;
  const named = microphones.value;
  return (
    <>
      <select
        class="microphone"
        aria-label={t.microphone}
        value={microphoneId.value}
        onChange={(event) => void chooseMicrophone(event.currentTarget.value)}
      >
        <option value="">{t.anyMicrophone}</option>
        {named
          .filter((device) => device.deviceId !== 'default')
          .map((device, index) => (
            <option key={device.deviceId} value={device.deviceId}>
              {device.label || t.unnamedMicrophone(index + 1)}
            </option>
          ))}
      </select>
      {!busy.value && (
        <button type="button" class="quiet" onClick={() => (previewing.value ? stopPreview() : void startPreview())}>
          {previewing.value ? t.stopTrying : t.tryMicrophone}
        </button>
      )}
    </>
  );
}

function FileChoice() {
  const t = words.value.probar;
  return (
    <>
      <label class="button file-choice" title={t.fileHint}>
        <input
          type="file"
          accept="audio/*,.wav"
          class="sr-only"
          data-testid="file"
          onChange={(event) => {
            const chosen = event.currentTarget.files?.[0];
            if (chosen) void chooseFile(chosen);
          }}
        />
        <span>{t.chooseFile}</span>
      </label>
      <span class="file-name">{file.value?.name ?? t.noFile}</span>
      {phase.value === 'talking' && file.value && (
        <button type="button" data-testid="say-file" onClick={sayFile}>
          {filePlaying.value ? t.sayingFile : t.sayFile}
        </button>
      )}
    </>
  );
}

export function Meter() {
  const height = heightOf(callerLevel.value);
  return (
    <div
      class="meter"
      role="meter"
      aria-label={words.value.probar.level}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(height * 100)}
    >
      <span style={{ transform: `scaleX(${height.toFixed(3)})` }} />
    </div>
  );
}
