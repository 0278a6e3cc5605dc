// The parts of an agent. Links, so that each can be shared and opened beside another.

import { words } from '../../i18n/i18n';
import { hrefOf } from '../../router';
import { placeOf, type Wrongs } from './check';
import { kScopes, overridesOf, type Draft, type Scope } from './draft';
import type { Form } from './schema';
import { said } from './show';

export interface TabsProps {
  agentId: string;
  form: Form;
  draft: Draft;
  scope: Scope;
  here: string;
  wrongs: Wrongs;
}

export function Tabs({ agentId, form, draft, scope, here, wrongs }: TabsProps) {
  const t = words.value.agentes;
  const all = [
    ...form.tabs.map((tab) => ({
      id: tab.id,
      title: said(tab.title),
      own: overridesOf(draft, scope, tab.fields),
      wrong: tab.fields.some((field) => kScopes.some((one) => wrongs.has(placeOf(one, field.name)))),
    })),
    { id: 'numbers', title: t.numbers, own: 0, wrong: false },
    { id: 'versions', title: t.versions, own: 0, wrong: false },
  ];
  return (
    <nav class="tabs" aria-label={t.tabs}>
      {all.map(({ id, title, own, wrong }) => (
        <a
          key={id}
          href={hrefOf({ page: 'agent', id: agentId, tab: id, profile: scope === 'shared' ? '' : scope })}
          aria-current={id === here ? 'page' : undefined}
          data-tab={id}
        >
          {title}
          {own > 0 && (
            <span class="tag tag-live" title={t.own}>
              {own}
            </span>
          )}
          {wrong && <span class="tag tag-bad">!</span>}
        </a>
      ))}
    </nav>
  );
}
