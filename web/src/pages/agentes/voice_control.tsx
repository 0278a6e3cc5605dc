// The voice: its name, the list to choose from, and how each sounds.

import { useState } from 'preact/hooks';
import { loadCatalogues, playPreview, stopPreview, voices, type Voice } from '../../catalogue';
import { ProblemBox } from '../../components/problem_box';
import { locale, words } from '../../i18n/i18n';
import { problemOf, type Problem } from '../problem_of';
import type { ControlProps } from './control';
import { voicesFor } from './offers';
import { Suggested } from './suggested';

const kShown = 40;
/** In bytes a preview may have 400; in Spanish no more than 2 a letter. */
const kLongestText = 180;

export function VoiceControl(props: ControlProps) {
  const t = words.value.agentes.voices;
  const { id, value, disabled, sibling, onChange } = props;
  const [open, setOpen] = useState(false);
  const [search, setSearch] = useState('');
  const [heard, setHeard] = useState<string | null>(null); // the voice that is being heard
  const [problem, setProblem] = useState<Problem | null>(null);
  const language = String(sibling('voice_language') ?? '');
  const all = voices.value?.voices ?? [];
  loadCatalogues();

  const hear = async (name: string, spoken: string) => {
    if (heard === name) {
      stopPreview();
      return;
    }
    setHeard(name);
    setProblem(null);
    try {
      await playPreview({
        voice: name,
        language: spoken,
        text: sampleOf(String(sibling('first_message') ?? ''), spoken),
        speed: Number(sibling('voice_speed') ?? 1),
        pitch: Math.round(Number(sibling('voice_pitch') ?? 0)),
        volume: Math.round(Number(sibling('voice_volume') ?? 100)),
        // Another voice may not have the style.
        ...(name === value ? { style: String(sibling('voice_style') ?? '') } : {}),
        style_degree: Number(sibling('voice_style_degree') ?? 1),
      });
    } catch (error) {
      setProblem(problemOf(error));
    }
    setHeard((now) => (now === name ? null : now));
  };
  const found = open ? voicesFor(all, language, search) : [];
  return (
    <div class="voice-control">
      <div class="voice-line">
        <Suggested {...props} offers={voicesFor(all, language, '').slice(0, 200).map(offerOf)} />
        <button
          type="button"
          aria-label={`${t.hear} ${String(value)}`}
          data-testid="hear-voice"
          aria-pressed={heard === value}
          disabled={String(value) === ''}
          onClick={() => void hear(String(value), language)}
        >
          {heard === value ? '■' : '▶'} {heard === value ? t.stop : t.hear}
        </button>
        <button
          type="button"
          aria-expanded={open}
          aria-controls={`${id}-voices`}
          disabled={disabled || all.length === 0}
          onClick={() => setOpen(!open)}
        >
          {t.choose}
        </button>
      </div>
      {problem && <ProblemBox {...problem} title={t.failed} />}
      {open && (
        <div class="voice-list" id={`${id}-voices`}>
          <label>
            <span class="sr-only">{t.search}</span>
            <input
              type="search"
              placeholder={t.search}
              value={search}
              onInput={(event) => setSearch(event.currentTarget.value)}
            />
          </label>
          {voices.value?.source === 'built-in' && <p class="note">{t.builtIn}</p>}
          {found.length === 0 && <p class="note">{t.none}</p>}
          <ul>
            {found.slice(0, kShown).map((voice) => (
              <li key={voice.name} data-voice={voice.name}>
                <span class="thing">
                  <b>{voice.display}</b> {t.genders[voice.gender]}
                  <span class="cell-note">
                    {offerOf(voice).label}
                    {voice.styles.length > 0 && ` · ${voice.styles.join(', ')}`}
                  </span>
                </span>
                <button
                  type="button"
                  aria-label={`${t.hear} ${voice.display}`}
                  aria-pressed={heard === voice.name}
                  onClick={() => void hear(voice.name, voice.language)}
                >
                  {heard === voice.name ? '■' : '▶'}
                </button>
                <button
                  type="button"
                  aria-label={`${t.take} ${voice.display}`}
                  aria-pressed={voice.name === value}
                  onClick={() => onChange(voice.name)}
                >
                  {voice.name === value ? t.taken : t.take}
                </button>
              </li>
            ))}
          </ul>
          {found.length > kShown && <p class="note">{t.more(found.length - kShown)}</p>}
        </div>
      )}
    </div>
  );
}

const offerOf = (voice: Voice) => ({
  value: voice.name,
  label: new Intl.DisplayNames([locale.value], { type: 'language' }).of(voice.language) ?? voice.language,
});

/** The agent's own first words, or a sentence of the voice's language. */
function sampleOf(first: string, language: string): string {
  const own = first.replace(/\{\{[^}]*\}\}/g, '').trim();
  if (own !== '') return own.slice(0, kLongestText);
  return language.startsWith('en')
    ? 'Hello, thank you for calling. How can I help you?'
    : 'Hola, gracias por llamar. ¿En qué le puedo ayudar?';
}
