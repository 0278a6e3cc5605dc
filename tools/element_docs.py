#!/usr/bin/env python3
"""Writes docs/elements: a page for each element of the built plugins.

  element_docs.py BUILD DOCS           writes DOCS/NAME.md and DOCS/README.md
  element_docs.py BUILD DOCS --check   writes nothing; says what differs and ends with status 1

What an element is and how to launch it comes from the doc block (SECTION:element-NAME) of its source;
its pads, properties and signals come from gst-inspect-1.0, so the pages cannot say what the element
does not do. The same build gives the same pages on every machine.
"""
import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
INHERITED = {'name', 'parent'}


def inspect(scratch, plugin_dirs, *what):
    """gst-inspect-1.0 without the user's plugins, colours, language or provider settings."""
    env = {'PATH': os.environ['PATH'], 'HOME': scratch, 'LC_ALL': 'C.UTF-8',
           'GST_PLUGIN_PATH_1_0': ':'.join(plugin_dirs),
           'GST_REGISTRY_1_0': f'{scratch}/registry.bin'}
    done = subprocess.run(['gst-inspect-1.0', '--no-colors', *what], env=env, capture_output=True,
                          text=True)
    if done.returncode != 0:
        raise SystemExit(f"gst-inspect-1.0 {' '.join(what)}: {done.stdout}{done.stderr}")
    return done.stdout


def sections(text):
    """gst-inspect's output by its headings in the first column."""
    found, heading = {}, None
    for line in text.splitlines():
        match = re.match(r'^([A-Z][A-Za-z ]+):(?: *)$', line)
        if match:
            heading = match.group(1)
            found[heading] = []
        elif heading and (line.startswith(' ') or not line):
            found[heading].append(line)
        elif line:
            heading = None
    return found


def details(lines):
    return dict(re.match(r'^  (\S[^ ]*(?: [^ ]+)*?)\s{2,}(.*)$', line).groups()
                for line in lines if re.match(r'^  \S[^ ]*(?: [^ ]+)*?\s{2,}', line))


def pads(lines):
    """[(direction, name, availability, [caps lines])]"""
    found = []
    for line in lines:
        head = re.match(r"^  (SRC|SINK) template: '(.*)'$", line)
        if head:
            found.append([head.group(1).lower(), head.group(2), '', []])
        elif found and line.strip().startswith('Availability:'):
            found[-1][2] = line.split(':', 1)[1].strip().lower()
        elif found and line.startswith('      ') and line.strip():
            found[-1][3].append(line.strip())
    return found


def caps_text(lines):
    structures = []
    for line in lines:
        field = re.match(r'^([\w-]+): (.*)$', line)
        if field and structures:
            structures[-1] += f', {field.group(1)}={field.group(2)}'
        else:
            structures.append(line)
    return '; '.join(structures)


def plain_default(match):
    """A default without gst-inspect's additions: the number of an enum value, null, 'Write only'."""
    text = match.group(1) if match else ''
    text = re.sub(r'^-?\d+, "(.*)"$', r'\1', text)
    return re.sub(r'^null\b.*$', '', text)


def properties(lines):
    """One dictionary a property, in gst-inspect's order."""
    found = []
    for line in lines:
        head = re.match(r'^  ([a-z][\w-]*) *: (.*)$', line)
        if head:
            found.append({'name': head.group(1), 'meaning': head.group(2), 'flags': '', 'type': '',
                          'range': '', 'default': '', 'values': []})
            continue
        text = line.strip()
        if not found or not text:
            continue
        value = re.match(r'^\((-?\w+)\): (\S+) +- (.*)$', text)
        if value:
            found[-1]['values'].append((value.group(2), value.group(3)))
        elif text.startswith('flags:'):
            found[-1]['flags'] = text[len('flags:'):].strip()
        elif not found[-1]['type']:
            default = re.search(r'Default: *(.*?)$', text)
            limits = re.search(r'Range: *(.*?) *(?:Default:|$)', text)
            kind = re.split(r'\. (?:Range|Default)| Default:|\. *$| "', text)[0]
            found[-1].update(type=kind.strip(), default=plain_default(default),
                             range=re.sub(r'\s+', ' ', limits.group(1)) if limits else '')
        else:
            found[-1]['meaning'] += ' ' + text
    return [p for p in found if p['name'] not in INHERITED]


def signals(lines):
    """[(name, its C signature on one line)]"""
    found = []
    for line in lines:
        head = re.match(r'^  "(.+?)" *: *(.*)$', line)
        if head:
            found.append([head.group(1), head.group(2)])
        elif found and line.strip():
            found[-1][1] += ' ' + line.strip()
    return [(name, re.sub(r'\s+', ' ', text).rstrip(';')) for name, text in found]


def doc_block(name):
    """The text of the doc block in the source, as Markdown, or None."""
    for source in sorted(ROOT.glob('plugins/*/*.cpp')):
        text = source.read_text()
        match = re.search(rf'/\*\*\s*\n \* SECTION:element-{name}\n(.*?)\*/', text, re.DOTALL)
        if match:
            lines = [re.sub(r'^ \* ?', '', line) for line in match.group(1).splitlines()]
            lines = [line for line in lines if not re.match(r'^@\w+:', line)]
            # GtkDoc's marks, which Markdown would print: #Type:property, #Type, %CONSTANT.
            body = re.sub(r'#\w+:([\w-]+)', r'`\1`', '\n'.join(lines).strip())
            body = re.sub(r'(?m)(?<=[\s(])[#%]([A-Za-z]\w+)', r'`\1`', body)
            return source.relative_to(ROOT), body
    return None


def cell(text):
    return text.replace('|', '\\|').replace('\n', ' ').strip()


def flags_note(flags):
    notes = []
    if 'writable' not in flags:
        notes.append('read only')
    if 'readable' not in flags.replace('not readable', ''):
        notes.append('write only')
    if 'changeable only in' in flags:
        notes.append('set it before PAUSED')
    if 'controllable' in flags:
        notes.append('controllable')
    return f" ({', '.join(notes)})" if notes else ''


def page(name, text):
    parts = sections(text)
    facts = details(parts.get('Factory Details', []))
    block = doc_block(name)
    if block is None:
        raise SystemExit(f'no doc block SECTION:element-{name} in plugins/')
    source, body = block
    out = [f'# {name}', '', f"{facts.get('Description', '')}", '',
           f"Class `{facts.get('Klass', '')}`, source `{source}`.", '', body, '']
    out += ['## Pads', '', '| pad | direction | availability | caps |', '| --- | --- | --- | --- |']
    for direction, pad, availability, caps in pads(parts.get('Pad Templates', [])):
        out.append(f'| `{pad}` | {direction} | {availability} | `{cell(caps_text(caps))}` |')
    out.append('')
    own = properties(parts.get('Element Properties', []))
    if own:
        out += ['## Properties', '', '| property | type | range | default | meaning |',
                '| --- | --- | --- | --- | --- |']
        for p in own:
            default = f"`{cell(p['default'])}`" if p['default'] else ''
            values = ''.join(f'<br>`{nick}`: {cell(what)}' for nick, what in p['values'])
            out.append(f"| `{p['name']}` | {cell(p['type'])} | {cell(p['range'])} | {default} | "
                       f"{cell(p['meaning'])}{flags_note(p['flags'])}{values} |")
        out.append('')
    for heading in ('Element Signals', 'Element Actions'):
        rows = signals(parts.get(heading, []))
        if rows:
            title = 'Signals' if heading == 'Element Signals' else 'Action signals'
            out += [f'## {title}', '', '```c']
            out += [f'{signal}: {signature}' for signal, signature in rows]
            out += ['```', '']
    return '\n'.join(out), facts.get('Description', '')


def all_pages(build, scratch):
    libraries = sorted(pathlib.Path(build).glob('plugins/*/libgst*.so'))
    plugin_dirs = [str(library.parent) for library in libraries]
    names = []
    for library in libraries:
        listed = inspect(scratch, plugin_dirs, str(library))
        names += re.findall(r'^  ([a-z0-9]+): ', listed, re.MULTILINE)
    pages, index = {}, ['# Elements', '',
                        'Made by `./dev docs` from the built plugins; do not edit.', '',
                        '| element | what it does |', '| --- | --- |']
    for name in sorted(set(names)):
        text, description = page(name, inspect(scratch, plugin_dirs, name))
        pages[f'{name}.md'] = text
        index.append(f'| [{name}]({name}.md) | {cell(description)} |')
    pages['README.md'] = '\n'.join(index) + '\n'
    return pages


def check(pages, docs):
    different = 0
    present = {p.name: p.read_text() for p in docs.glob('*.md')} if docs.exists() else {}
    for name in sorted(set(pages) | set(present)):
        old, new = present.get(name, ''), pages.get(name, '')
        if old != new:
            different += 1
            sys.stdout.writelines(difflib.unified_diff(
                old.splitlines(True), new.splitlines(True), f'committed/{name}', f'built/{name}'))
    if different:
        print(f'{different} pages of docs/elements are not those of the built plugins: ./dev docs',
              file=sys.stderr)
    return different


def main():
    build, docs = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as scratch:
        pages = all_pages(build, scratch)
    if '--check' in sys.argv[3:]:
        sys.exit(1 if check(pages, docs) else 0)
    docs.mkdir(parents=True, exist_ok=True)
    for old in docs.glob('*.md'):
        if old.name not in pages:
            old.unlink()
    for name, text in pages.items():
        (docs / name).write_text(text)


if __name__ == '__main__':
    main()
