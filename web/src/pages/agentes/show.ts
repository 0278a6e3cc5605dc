// Values, units and mistakes in the viewer's words.

import type { Value } from '../../agents_api';
import { numberText as formatNumber } from '../../format';
import { locale, lookUp, words } from '../../i18n/i18n';
import { language } from '../../preferences';
import type { Wrong } from './check';
import type { Field, Words } from './schema';

export const said = (both: Words): string => both[language.value];

const numberText = (n: number): string => formatNumber(n, locale.value);

export const unitText = (field: Field): string => (field.unit === '' ? '' : lookUp(words.value.agentes.units, field.unit));

export function valueText(field: Field, value: Value): string {
  const t = words.value.agentes;
  switch (field.kind) {
    case 'switch':
      return value === true ? t.on : t.off;
    case 'choice': {
      const choice = field.choices.find((one) => one.value === value);
      return choice ? said(choice.title) : String(value);
    }
    case 'integer':
    case 'number':
      return typeof value === 'number' ? `${numberText(value)} ${unitText(field)}`.trim() : String(value);
    case 'text':
      return value === '' ? t.emptyValue : String(value);
    case 'objects':
      if (!Array.isArray(value)) return String(value);
      return value.length === 0 ? t.emptyValue : JSON.stringify(value);
    case 'list':
      return (value as string[]).join(', ') || t.emptyValue;
    case 'map':
      return (
        Object.entries(value as Record<string, string>)
          .map(([name, text]) => `${name}: ${text}`)
          .join(', ') || t.emptyValue
      );
  }
}

export function wrongText(wrong: Wrong | string): string {
  if (typeof wrong === 'string') return wrong;
  const t = words.value.agentes.wrong;
  if ('low' in wrong) return t[wrong.code](numberText(wrong.low), numberText(wrong.high));
  return t[wrong.code];
}

/** What a value may be, where there is more to say than its help does. */
export function limitsText(field: Field): string {
  const t = words.value.agentes;
  if (field.kind === 'integer' || field.kind === 'number')
    return `${t.range(numberText(field.low), numberText(field.high))} ${unitText(field)}`.trim();
  if (field.kind === 'text' && field.high >= 500 && Number.isFinite(field.high)) return t.upTo(numberText(field.high));
  if (field.kind === 'list') return t.perLine;
  if (field.kind === 'objects') return t.asJson;
  return '';
}
