#!/usr/bin/env python3
"""What ./dev check says about files no compiler reads: the Dockerfile, compose.yaml, package locks,
YAML, JSON and XML, and the links of the documentation. Prints what is wrong; status 1 if anything is.
"""
import json
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import yaml

from image_build import ignored_by, instructions

ROOT = pathlib.Path(__file__).resolve().parent.parent
wrong = []


def complain(path, what):
    wrong.append(f'{path}: {what}')


def project_files():
    listed = subprocess.run(['git', 'ls-files', '--cached', '--others', '--exclude-standard', '-z'],
                            cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [pathlib.Path(name) for name in listed.split('\0') if name and (ROOT / name).is_file()]


def packages(*groups):
    return subprocess.run([ROOT / 'dev', 'packages', *groups], check=True, capture_output=True,
                          text=True).stdout.split()


def ignored_by_docker(source):
    path = ROOT / '.dockerignore'
    return ignored_by(path.read_text().split() if path.exists() else [], source)


def lint_meson(path):
    """What a build file reads outside of the sources' folders is there in a container's build too."""
    if path.parts[0] == 'tests':
        return
    for name in re.findall(r"'((?:\.\./)+docs/[^']+)'", (ROOT / path).read_text()):
        source = (ROOT / path.parent / name).resolve().relative_to(ROOT)
        if ignored_by_docker(str(source)):
            complain(path, f'reads {source}, which .dockerignore leaves out')


def lint_dockerfile(path):
    text = (ROOT / path).read_text()
    stages, users, health = [], [], False
    for word, rest in instructions(text):
        if word == 'FROM':
            base, _, name = rest.partition(' AS ')
            users = []
            if base not in stages and not re.search(r':[\w.-]+$', base):
                complain(path, f'FROM {base} names no version')
            stages.append(name or base)
        elif word == 'COPY':
            lint_copy(path, rest, stages)
        elif word == 'USER':
            users.append(rest)
        elif word == 'HEALTHCHECK':
            health = '/health' in rest
        elif word == 'RUN' and 'apt-get install' in rest:
            lint_apt(path, rest)
    if not users or users[-1] in ('root', '0'):
        complain(path, 'the last stage runs as root')
    if not health:
        complain(path, 'the last stage has no HEALTHCHECK of /health')


def lint_copy(path, rest, stages):
    words = rest.split()
    options = [w for w in words if w.startswith('--')]
    sources = [w for w in words if not w.startswith('--')][:-1]
    origin = next((o.split('=', 1)[1] for o in options if o.startswith('--from=')), None)
    if origin is not None:
        if origin not in stages[:-1]:
            complain(path, f'COPY --from={origin}: no such stage before it')
        return
    for source in sources:
        if source != '.' and not list(ROOT.glob(source)):
            complain(path, f'COPY {source}: no such file')
        elif ignored_by_docker(source):
            complain(path, f'COPY {source}: .dockerignore leaves it out')


def lint_apt(path, rest):
    if '--no-install-recommends' not in rest:
        complain(path, 'apt-get install without --no-install-recommends')
    groups = re.findall(r'dev packages ([a-z ]+)', rest)
    known = set(packages('build', 'runtime', 'sandbox', 'tests', 'check', 'image'))
    try:
        for group in groups:
            packages(*group.split())
    except subprocess.CalledProcessError as error:
        complain(path, error.stderr.strip())
    install = re.sub(r'\$\([^)]*\)', ' ', rest.split('apt-get install', 1)[1].split('&&')[0])
    for word in install.split():
        if re.fullmatch(r'[a-z0-9][a-z0-9.+-]+', word) and word not in known:
            complain(path, f"package {word} is in none of the lists of dev.d/packages.sh")


def lint_compose(path):
    compose = yaml.safe_load((ROOT / path).read_text())
    services, volumes = compose.get('services') or {}, compose.get('volumes') or {}
    for name, service in services.items():
        if 'image' not in service and 'build' not in service:
            complain(path, f'service {name} has neither image nor build')
        if service.get('ports'):
            complain(path, f'service {name} publishes ports; the proxy in front reaches it without')
        for other in service.get('depends_on') or {}:
            if other not in services:
                complain(path, f'service {name} depends on {other}, which there is not')
        for volume in service.get('volumes') or []:
            source = volume.split(':')[0]
            if source[0] not in './' and source not in volumes:
                complain(path, f'service {name}: volume {source} is not declared')
    example = (ROOT / '.env.example').read_text()
    for variable in sorted(set(re.findall(r'(?<!\$)\$\{(\w+)', (ROOT / path).read_text()))):
        if not re.search(rf'(?m)^#?\s?{variable}=', example):
            complain(path, f'{variable} is not in .env.example')


def lint_lock(path):
    text = (ROOT / path).read_text()
    for host in sorted(set(re.findall(r'"resolved": "https?://([^/"]+)', text))):
        complain(path, f'names the registry {host}: npm install --omit-lockfile-registry-resolved')


def lint_links(path):
    text = re.sub(r'(?s)```.*?```', '', (ROOT / path).read_text())
    for target in re.findall(r'\]\(([^)\s#]+)(?:#[^)]*)?\)', text):
        if not re.match(r'[a-z]+:', target) and not (ROOT / path).parent.joinpath(target).exists():
            complain(path, f'links to {target}, which there is not')


def env_names(path):
    cells = re.findall(r'(?m)^\| (`[^|]+)\|', (ROOT / path).read_text())
    return {name for cell in cells for name in re.findall(r'`([A-Z][A-Z0-9_]+)`', cell)}


def lint_env():
    """The variables of docs/env.md and of .env.example are the same."""
    documented = env_names('docs/env.md')
    example = set(re.findall(r'(?m)^#?\s?([A-Z][A-Z0-9_]+)=', (ROOT / '.env.example').read_text()))
    for name in sorted(example - documented):
        complain('.env.example', f'{name} is not in docs/env.md')


def main():
    for path in project_files():
        try:
            if path.name == 'package-lock.json':
                lint_lock(path)
            if path.suffix == '.json':
                json.loads((ROOT / path).read_text())
            elif path.suffix in ('.yaml', '.yml'):
                yaml.safe_load((ROOT / path).read_text())
            elif path.suffix in ('.xml', '.svg'):
                ElementTree.parse(ROOT / path)
            elif path.suffix == '.md':
                lint_links(path)
            if path.name == 'meson.build':
                lint_meson(path)
            if path.name == 'Dockerfile':
                lint_dockerfile(path)
            elif path.name == 'compose.yaml':
                lint_compose(path)
        except (ValueError, yaml.YAMLError, ElementTree.ParseError) as error:
            complain(path, f'does not parse: {error}')
    lint_env()
    print('\n'.join(wrong))
    sys.exit(1 if wrong else 0)


if __name__ == '__main__':
    main()
