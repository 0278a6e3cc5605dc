#!/usr/bin/env python3
"""Writes the tables of settings in docs/agents.md and docs/es/agentes.md.

  agent_docs.py BUILD           writes them
  agent_docs.py BUILD --check   writes nothing; says which differ and ends with status 1

They come from the schema of the built program (centralita schema agent), so that the pages cannot name
a setting, a range or a default that the program does not have.
"""
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGES = {'en': ROOT / 'docs/agents.md', 'es': ROOT / 'docs/es/agentes.md'}
WORDS = {
    'en': {'head': ('setting', 'values', 'default', 'meaning'), 'yes': '`true`, `false`',
           'text': 'text, {} characters', 'list': 'list of {} texts', 'tools': 'list of {} tools',
           'map': 'object of {} texts',
           'empty': 'empty', 'shared': ' For all kinds of call alike.'},
    'es': {'head': ('ajuste', 'valores', 'de fábrica', 'qué hace'), 'yes': '`true`, `false`',
           'text': 'texto, {} caracteres', 'list': 'lista de {} textos', 'tools': 'lista de {} herramientas',
           'map': 'objeto de {} textos',
           'empty': 'vacío', 'shared': ' Igual para todos los tipos de llamada.'},
}


def values(field, words):
    kind = field['type'][0]
    unit = f" {field['x-unit']}" if field.get('x-unit') else ''
    if kind == 'boolean':
        return words['yes']
    if kind in ('integer', 'number'):
        return f"{field['minimum']:g} - {field['maximum']:g}{unit}" if field['maximum'] < 1e6 else \
            f"{int(field['minimum'])} - {int(field['maximum'])}{unit}"
    if kind == 'array':
        kind = 'list' if field['items']['type'] == 'string' else 'tools'
        return words[kind].format(field['maxItems'])
    if kind == 'object':
        return words['map'].format(field['maxProperties'])
    if 'enum' in field:
        return ', '.join(f'`{value}`' for value in field['enum'] if value is not None)
    return words['text'].format(field['maxLength'])


def standard(field, words):
    value = field['default']
    if value in ('', [], {}):
        return words['empty']
    if isinstance(value, list):
        return ', '.join(value)
    if isinstance(value, float):
        return f'`{value:g}`'
    return f'`{json.dumps(value, ensure_ascii=False)}`'


def tables(schema, language):
    words = WORDS[language]
    settings = schema['$defs']['settings']['properties']
    lines = []
    for tab in schema['x-tabs']:
        lines += ['', f"### {tab['title'][language]}", '',
                  f"| {' | '.join(words['head'])} |", '| --- | --- | --- | --- |']
        for name, field in settings.items():
            if field['x-tab'] == tab['id']:
                help_text = field['x-help'][language]
                if not field['x-per-profile']:
                    help_text += words['shared']
                lines.append(f"| `{name}` | {values(field, words)} | {standard(field, words)} "
                             f"| {help_text.replace('|', chr(92) + '|')} |")
    return '\n'.join(lines) + '\n\n'


def main():
    build, check = sys.argv[1], '--check' in sys.argv
    done = subprocess.run([f'{build}/server/centralita', 'schema', 'agent'], capture_output=True,
                          text=True, check=True)
    schema, stale = json.loads(done.stdout), []
    for language, page in PAGES.items():
        text = page.read_text(encoding='utf-8')
        fresh = re.sub(r'(<!-- settings -->\n).*?(<!-- end of settings -->)',
                       lambda m: m[1] + tables(schema, language) + m[2], text, flags=re.S)
        if fresh == text:
            continue
        if check:
            stale.append(str(page.relative_to(ROOT)))
        else:
            page.write_text(fresh, encoding='utf-8')
    if stale:
        raise SystemExit(f"not as the program says: {', '.join(stale)}; run ./dev docs")


if __name__ == '__main__':
    main()
