// The frame: the rail, the head with the viewer's choices, and the page.

import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { AgentesIcon, HistorialIcon, Logo, ProbarIcon } from './components/icons';
import { ToastArea } from './components/toast';
import { words } from './i18n/i18n';
import { AgentPage } from './pages/agentes/agent';
import { Agentes } from './pages/agentes/agentes';
import { CallPage } from './pages/historial/call';
import { Historial } from './pages/historial/historial';
import { Probar } from './pages/probar/probar';
import { busy } from './pages/probar/simulator';
import { language, theme, type Language, type Theme } from './preferences';
import { go, hrefOf, route } from './router';

export function App() {
  const t = words.value;
  const here = route.value;
  const section = here.page === 'agent' ? 'agentes' : here.page === 'call' ? 'historial' : here.page;
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    document.title = `${t[section].title} · ${t.product}`;
  }, [section, t]);
  useGoKeys();
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
        <a href={hrefOf({ page: 'probar' })} aria-current={section === 'probar' ? 'page' : undefined} title="g p">
          <ProbarIcon />
          <span>{t.nav.probar}</span>
          {busy.value && <span class="live-dot" role="img" aria-label={t.nav.onCall} />}
        </a>
        <a
          href={hrefOf({ page: 'agentes' })}
          aria-current={section === 'agentes' ? 'page' : undefined}
          title="g a"
        >
          <AgentesIcon />
          <span>{t.nav.agentes}</span>
        </a>
        <a
          href={hrefOf({ page: 'historial' })}
          aria-current={section === 'historial' ? 'page' : undefined}
          title="g h"
        >
          <HistorialIcon />
          <span>{t.nav.historial}</span>
        </a>
      </nav>
      <header class="head">
        <Choices />
      </header>
      <main id="main" ref={main} tabIndex={-1} class={section !== 'probar' && here.page !== 'call' ? 'narrow' : ''}>
        {here.page === 'probar' && <Probar />}
        {here.page === 'agentes' && <Agentes />}
        {here.page === 'agent' && <AgentPage key={here.id} id={here.id} tab={here.tab} profile={here.profile} />}
        {here.page === 'historial' && <Historial />}
        {here.page === 'call' && <CallPage key={here.id} id={here.id} />}
      </main>
      <ToastArea />
    </>
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

/** `g` then `p`, `a` or `h`. */
function useGoKeys() {
  useLayoutEffect(() => {
    let armedAt = -Infinity;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (event.key === 'g') {
        armedAt = event.timeStamp;
        return;
      }
      if (event.timeStamp - armedAt > 1000) return;
      armedAt = -Infinity;
      if (event.key === 'p') go({ page: 'probar' });
      if (event.key === 'a') go({ page: 'agentes' });
      if (event.key === 'h') go({ page: 'historial' });
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null;
}
