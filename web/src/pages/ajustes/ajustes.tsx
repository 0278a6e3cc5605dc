// The settings of the installation, a part a tab.

import { words } from '../../i18n/i18n';
import { hrefOf } from '../../router';
import { may } from '../../session';
import { Audit } from './audit';
import { Keys } from './keys';
import { SystemTab } from './system_tab';
import { Users } from './users';
import { Webhooks } from './webhooks';

const kTabs = { system: SystemTab, users: Users, keys: Keys, webhooks: Webhooks, audit: Audit };
type Tab = keyof typeof kTabs;
const kOfAdministrators: readonly Tab[] = ['users', 'keys'];
const kNames = Object.keys(kTabs) as Tab[];

export function Ajustes({ tab }: { tab: string }) {
  const t = words.value.ajustes;
  const here = kNames.find((one) => one === tab) ?? 'system';
  const Part = kTabs[here];
  return (
    <section class="ajustes" aria-labelledby="ajustes-title" data-testid="ajustes">
      <div class="page-head">
        <h1 id="ajustes-title">{t.title}</h1>
      </div>
      <div class="editor-body">
        <nav class="tabs" aria-label={t.parts}>
          {kNames.map((one) => (
            <a
              key={one}
              href={hrefOf({ page: 'ajustes', tab: one })}
              aria-current={one === here ? 'page' : undefined}
              data-tab={one}
            >
              {t.tabs[one]}
            </a>
          ))}
        </nav>
        <div class="sections">
          {kOfAdministrators.includes(here) && !may('admin') ? <p class="empty">{t.adminOnly}</p> : <Part />}
        </div>
      </div>
    </section>
  );
}
