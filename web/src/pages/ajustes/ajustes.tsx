// The settings of the installation, a part a tab.

import { words } from '../../i18n/i18n';
import { hrefOf } from '../../router';
import { Audit } from './audit';

const kTabs = ['audit'] as const;
type Tab = (typeof kTabs)[number];

export function Ajustes({ tab }: { tab: string }) {
  const t = words.value.ajustes;
  const here: Tab = kTabs.find((one) => one === tab) ?? kTabs[0];
  return (
    <section class="ajustes" aria-labelledby="ajustes-title">
      <div class="page-head">
        <h1 id="ajustes-title">{t.title}</h1>
      </div>
      <nav class="tabs tabs-flat" aria-label={t.parts}>
        {kTabs.map((one) => (
          <a key={one} href={hrefOf({ page: 'ajustes', tab: one })} aria-current={one === here ? 'page' : undefined}>
            {t.tabs[one]}
          </a>
        ))}
      </nav>
      {here === 'audit' && <Audit />}
    </section>
  );
}
