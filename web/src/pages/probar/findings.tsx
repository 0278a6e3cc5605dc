// After and during a call: what probably went wrong, what has happened, and the call as files.

import { download } from '../../components/download';
import { duration } from '../../format';
import { words } from '../../i18n/i18n';
import { diagnose } from './diagnosis';
import { callerPeak, elapsedMs, events, lines, phase, playback, recording, timings } from './state';
import { timeline } from './timeline';

export function Findings() {
  return (
    <>
      <Diagnoses />
      <Events />
      <Downloads />
    </>
  );
}

function Diagnoses() {
  const t = words.value.probar;
  if (phase.value !== 'talking' && phase.value !== 'ended') return null;
  const found = diagnose({
    elapsedMs: elapsedMs(),
    callerPeak: callerPeak.value,
    lines: lines.value,
    events: events.value,
    timings: timings.value.values(),
    underruns: playback.value?.underruns ?? 0,
  });
  if (found.length === 0) return null;
  return (
    <section class="panel findings" aria-labelledby="findings-title" data-testid="diagnosis">
      <h2 id="findings-title">{t.wrongHere}</h2>
      <ul>
        {found.map((code) => (
          <li key={code} data-code={code}>
            {t.diagnoses[code]}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Events() {
  const t = words.value.probar;
  const all = events.value;
  if (all.length === 0) return null;
  return (
    <details class="panel events">
      <summary>
        {t.events} <span class="note">{t.eventsCount(all.length)}</span>
      </summary>
      <ol tabIndex={0} aria-label={t.events}>
        {all.map((event, index) => (
          <li key={index}>
            <span class="event-when">{duration(event.atMs)}</span> <b>{event.name}</b> <span>{event.detail}</span>
          </li>
        ))}
      </ol>
    </details>
  );
}

function Downloads() {
  const t = words.value.probar;
  const sound = recording.value;
  if (phase.value !== 'ended' || !sound) return null;
  const name = `centralita-${new Date().toISOString().slice(0, 19).replace(/[:T]/g, '-')}`;
  return (
    <section class="panel downloads" aria-labelledby="downloads-title">
      <h2 id="downloads-title">{t.downloads}</h2>
      <p class="download-buttons">
        <button type="button" onClick={() => download(`${name}.wav`, 'audio/wav', sound.wav())}>
          {t.downloadSound}
        </button>
        <button
          type="button"
          onClick={() => download(`${name}.json`, 'application/json', JSON.stringify(timeline(), null, 2))}
        >
          {t.downloadTimeline}
        </button>
      </p>
      <p class="note">{t.downloadSoundHelp}</p>
    </section>
  );
}
