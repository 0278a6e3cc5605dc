// The frame: the rail, the head with the viewer's choices, and the page.

import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { AgentesIcon, AjustesIcon, EnVivoIcon, HistorialIcon, InicioIcon, Logo, ProbarIcon } from './components/icons';
import { readSession } from './api';
import { Banner } from './components/banner';
import { ToastArea } from './components/toast';
import { words } from './i18n/i18n';
import { AgentPage } from './pages/agentes/agent';
import { Agentes } from './pages/agentes/agentes';
import { CallPage } from './pages/historial/call';
import { Ajustes } from './pages/ajustes/ajustes';
import { EnVivo } from './pages/envivo/envivo';
import { Historial } from './pages/historial/historial';
import { Inicio } from './pages/inicio/inicio';
import { Probar } from './pages/probar/probar';
import { busy } from './pages/probar/state';
import { language, theme, type Language, type Theme } from './preferences';
import { go, hrefOf, route } from './router';

/** The rail, top to bottom; `key` after `g` goes there. */
const kSections = [
  { to: { page: 'inicio' }, icon: InicioIcon, key: 'i' },
  { to: { page: 'probar' }, icon: ProbarIcon, key: 'p' },
  { to: { page: 'agentes' }, icon: AgentesIcon, key: 'a' },
  { to: { page: 'envivo', id: '' }, icon: EnVivoIcon, key: 'v' },
  { to: { page: 'historial' }, icon: HistorialIcon, key: 'h' },
  { to: { page: 'ajustes', tab: '' }, icon: AjustesIcon, key: 's' },
] as const;

/** Pages that use the whole width. */
const kWide: readonly string[] = ['probar', 'envivo', 'call', 'agent'];

export function App() {
  const t = words.value;
  const here = route.value;
  const section = here.page === 'agent' ? 'agentes' : here.page === 'call' ? 'historial' : here.page;
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    document.title = `${t[section].title} · ${t.product}`;
  }, [section, t]);
  useGoKeys();
  useEffect(() => void readSession(), []);
  return (
    <>
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault(); // the fragment is the page's address
          main.current?.focus();
        }}
      >
        {t.nav.skip}
      </a>
      <nav class="rail" aria-label={t.nav.label}>
        <span class="brand">
          <Logo />
          <span class="brand-name">{t.product}</span>
        </span>
        {kSections.map(({ to, icon: Icon, key }) => (
          <a
            key={to.page}
            href={hrefOf(to)}
            aria-current={section === to.page ? 'page' : undefined}
            title={`${t.nav[to.page]} (g ${key})`}
          >
            <Icon />
            <span class="rail-word">{t.nav[to.page]}</span>
            {to.page === 'probar' && busy.value && <span class="live-dot" role="img" aria-label={t.nav.onCall} />}
          </a>
        ))}
      </nav>
      <header class="head">
        <Search />
        <Choices />
      </header>
      <main id="main" ref={main} tabIndex={-1} class={kWide.includes(here.page) ? '' : 'narrow'}>
        <Banner />
        {here.page === 'inicio' && <Inicio />}
        {here.page === 'probar' && <Probar />}
        {here.page === 'agentes' && <Agentes />}
        {here.page === 'agent' && <AgentPage key={here.id} id={here.id} tab={here.tab} profile={here.profile} />}
        {here.page === 'envivo' && <EnVivo id={here.id} />}
        {here.page === 'historial' && <Historial />}
        {here.page === 'call' && <CallPage key={here.id} id={here.id} />}
        {here.page === 'ajustes' && <Ajustes tab={here.tab} />}
      </main>
      <ToastArea />
    </>
  );
}

/** Words said in any call, from every page. */
function Search() {
  const t = words.value.frame;
  return (
    <form
      class="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        const text = new FormData(event.currentTarget).get('q');
        go({ page: 'historial' }, { q: String(text).trim() });
      }}
    >
      <input
        id="search"
        type="search"
        name="q"
        aria-label={t.search}
        aria-keyshortcuts="/"
        placeholder={`${t.search} /`}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.blur();
        }}
      />
    </form>
  );
}

function Choices() {
  const t = words.value.frame;
  return (
    <>
      <div class="segmented" role="group" aria-label={t.language}>
        {(['es', 'en'] as Language[]).map((code) => (
          <button
            key={code}
            type="button"
            lang={code}
            aria-pressed={language.value === code}
            title={code === 'es' ? 'Español' : 'English'}
            onClick={() => (language.value = code)}
          >
            {code}
          </button>
        ))}
      </div>
      <label class="theme">
        <span class="sr-only">{t.theme}</span>
        <select value={theme.value} onChange={(event) => (theme.value = event.currentTarget.value as Theme)}>
          {(['auto', 'light', 'dark'] as Theme[]).map((name) => (
            <option key={name} value={name}>
              {t.themes[name]}
            </option>
          ))}
        </select>
      </label>
      <form method="post" action="/logout">
        <button type="submit" class="quiet">
          {t.signOut}
        </button>
      </form>
    </>
  );
}

/** `/` searches; `g` then a section's key goes there. */
function useGoKeys() {
  useLayoutEffect(() => {
    let armedAt = -Infinity;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      // The history has its own box for the same.
      if (event.key === '/' && route.value.page !== 'historial') {
        event.preventDefault(); // or it is typed
        document.getElementById('search')?.focus();
        return;
      }
      if (event.key === 'g') {
        armedAt = event.timeStamp;
        return;
      }
      if (event.timeStamp - armedAt > 1000) return;
      armedAt = -Infinity;
      const section = kSections.find(({ key }) => key === event.key);
      if (section) go(section.to);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null;
}
