"""The instructions of a Dockerfile, carried out in chroots: what tools/image_check.py tries."""
import fnmatch
import hashlib
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import time

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
DOCKER_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
# What Debian's -slim images leave out.
SLIM = ''.join(f'path-exclude /usr/share/{name}/*\n' for name in
               ('doc', 'man', 'info', 'locale', 'lintian', 'linda', 'groff')) + \
    'path-include /usr/share/doc/*/copyright\n'
# How this machine reaches the outside: Docker hands a build the first three, too.
PASSED = ('http_proxy', 'https_proxy', 'no_proxy', 'NODE_EXTRA_CA_CERTS')

started = time.monotonic()


def say(text):
    print(f'[{time.monotonic() - started:6.1f} s] {text}', flush=True)


def instructions(text):
    """(WORD, rest) of a Dockerfile, continuation lines joined."""
    joined = re.sub(r'\\\n', ' ', re.sub(r'(?m)^\s*#.*\n', '', text))
    for line in joined.splitlines():
        if line.strip():
            word, _, rest = line.strip().partition(' ')
            yield word.upper(), rest.strip()


def ignored_by(rules, name):
    """Whether the rules of a .dockerignore leave a file out; the last that fits decides."""
    ignored = False
    parts = name.strip('/').split('/')
    for rule in rules:
        pattern = rule.lstrip('!').strip('/')
        if any(fnmatch.fnmatch('/'.join(parts[:n]), pattern) for n in range(1, len(parts) + 1)):
            ignored = not rule.startswith('!')
    return ignored


class Context:
    """What a build can copy from a fresh clone: the files git knows, less those of .dockerignore."""

    def __init__(self):
        listed = subprocess.run(['git', 'ls-files', '-z'], cwd=REPOSITORY, check=True, capture_output=True,
                                text=True).stdout
        rules = (REPOSITORY / '.dockerignore').read_text().split()
        self.files = [name for name in listed.split('\0')
                      if name and (REPOSITORY / name).is_file() and not ignored_by(rules, name)]

    def below(self, source):
        """(file, its path inside the destination) of one source of a COPY."""
        source = source.strip('/')
        for name in self.files:
            if source == '.':
                yield name, name
            elif name == source:
                yield name, pathlib.Path(name).name
            elif name.startswith(source + '/'):
                yield name, name[len(source) + 1:]


def copy_words(rest):
    words = shlex.split(rest)
    options = dict(word[2:].split('=', 1) for word in words if word.startswith('--'))
    names = [word for word in words if not word.startswith('--')]
    return options, names[:-1], names[-1]


class Stage:
    def __init__(self, base, name, root):
        self.base, self.name, self.root = base, name, pathlib.Path(root)
        self.steps, self.env = [], {'PATH': DOCKER_PATH}
        self.user, self.workdir = 'root', '/'
        self.health, self.entrypoint, self.command = [], [], []

    def key(self, context, stages):
        """Of everything that decides what the stage becomes, but what the archives hold today."""
        digest = hashlib.sha256(self.base.encode())
        for word, rest in self.steps:
            digest.update(f'{word} {rest}\n'.encode())
            if word == 'COPY':
                options, sources, _ = copy_words(rest)
                if 'from' in options:
                    digest.update(stages[options['from']].key(context, stages).encode())
                for source in [] if 'from' in options else sources:
                    for name, _ in context.below(source):
                        digest.update(name.encode() + (REPOSITORY / name).read_bytes())
        return digest.hexdigest()

    def build(self, debian, context, stages):
        mark = self.root.parent / f'{self.root.name}.key'
        key = self.key(context, stages)
        if mark.exists() and mark.read_text() == key:
            say(f'stage {self.name} is there already')
            for step in self.steps:
                self.note(*step)
            return
        mark.unlink(missing_ok=True)
        if self.root.exists():
            shutil.rmtree(self.root)
        subprocess.run(['cp', '-a', '--reflink=auto', str(debian), str(self.root)], check=True)
        (self.root / 'etc/dpkg/dpkg.cfg.d/docker').write_text(SLIM)
        (self.root / 'etc/apt/apt.conf.d/docker-clean').write_text(
            'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin || true"; };\n')
        for package in (self.root / 'var/cache/apt/archives').glob('*.deb'):
            package.unlink()
        for name in ('doc', 'man', 'info', 'locale'):
            shutil.rmtree(self.root / 'usr/share' / name, ignore_errors=True)
        shutil.copy('/etc/resolv.conf', self.root / 'etc/resolv.conf')
        if authority := os.environ.get('NODE_EXTRA_CA_CERTS'):
            target = self.root / 'opt/ca-of-this-machine.crt'
            shutil.copy(authority, target)
        for step in self.steps:
            say(f'{self.name}: {step[0]} {step[1][:90]}')
            before = time.monotonic()
            self.carry_out(*step, context, stages)
            if step[0] == 'RUN':
                say(f'{self.name}: that took {time.monotonic() - before:.0f} s')
        mark.write_text(key)

    def note(self, word, rest):
        """Instructions that change no file."""
        if word == 'ENV':
            self.env.update(pair.split('=', 1) for pair in shlex.split(rest))
        elif word == 'USER':
            self.user = rest
        elif word == 'WORKDIR':
            self.workdir = rest
        elif word == 'HEALTHCHECK':
            self.health = json.loads(rest[rest.index('CMD ') + 4:])
        elif word == 'ENTRYPOINT':
            self.entrypoint = json.loads(rest)
        elif word == 'CMD':
            self.command = json.loads(rest)

    def carry_out(self, word, rest, context, stages):
        self.note(word, rest)
        if word == 'RUN':
            subprocess.run(self.inside(['sh', '-c', rest]), check=True, stdin=subprocess.DEVNULL)
        elif word == 'COPY':
            self.copy(*copy_words(rest), context, stages)
        elif word == 'WORKDIR':
            (self.root / rest.strip('/')).mkdir(parents=True, exist_ok=True)
        elif word not in ('ENV', 'USER', 'HEALTHCHECK', 'ENTRYPOINT', 'CMD', 'EXPOSE', 'VOLUME'):
            raise SystemExit(f'{word} is not known here')

    def copy(self, options, sources, destination, context, stages):
        into_folder = destination.endswith('/') or destination in ('.', './')
        target = self.root / self.workdir.strip('/') if not destination.startswith('/') else self.root
        target /= destination.strip('/')
        if 'from' in options:
            for source in sources:
                origin = stages[options['from']].root / source.strip('/')
                target.mkdir(parents=True, exist_ok=True)
                subprocess.run(['cp', '-a', f'{origin}/.', str(target)], check=True)
            return
        for source in sources:
            found = list(context.below(source))
            if not found:
                raise SystemExit(f'COPY {source}: there is no such file in the context')
            for name, inner in found:
                file = source.strip('/') == name
                place = target if file and not into_folder else target / inner
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(REPOSITORY / name, place)

    def inside(self, command, more=None, limits=()):
        """The arguments that run a command in this stage as its user, with its environment and folder.
        Every link of the chain becomes the next, so that the process started is the command itself."""
        env = dict(self.env, **{name: os.environ[name] for name in PASSED if os.environ.get(name)}, **(more or {}))
        if 'NODE_EXTRA_CA_CERTS' in env:
            env['NODE_EXTRA_CA_CERTS'] = '/opt/ca-of-this-machine.crt'
        uid, gid, home = self.identity()
        env.setdefault('HOME', home)
        mounts = 'mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && exec "$@"'
        return ['unshare', '--mount', 'sh', '-c', mounts, str(self.root), 'chroot', str(self.root),
                'env', '-i', *[f'{name}={value}' for name, value in env.items()],
                'setpriv', f'--reuid={uid}', f'--regid={gid}', '--clear-groups', *limits,
                'sh', '-c', 'cd "$0" && exec "$@"', self.workdir, *command]

    def identity(self):
        for line in (self.root / 'etc/passwd').read_text().splitlines():
            name, _, uid, gid, _, home, _ = line.split(':')
            if self.user in (name, uid):
                return uid, gid, home
        raise SystemExit(f'stage {self.name} has no user {self.user}')


def stages_of(dockerfile, folder):
    stages = {}
    for word, rest in instructions(dockerfile.read_text()):
        if word == 'FROM':
            base, _, name = rest.partition(' AS ')
            name = name or 'image'
            stages[name] = Stage(base, name, pathlib.Path(folder) / name)
        else:
            list(stages.values())[-1].steps.append((word, rest))
    return stages
