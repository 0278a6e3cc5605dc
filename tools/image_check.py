#!/usr/bin/env python3
"""./dev image-check: the Dockerfile without a container engine. Its instructions are carried out in chroots
(image_build.py); what comes of it is started as compose.yaml would start it, with a database and the
sandbox for providers, and asked whether it is well, gets a call, and is told to stop with a call alive.

  tools/image_check.py DEBIAN WORK   as root. DEBIAN: a bookworm root as debootstrap --variant=minbase makes it.
                                     WORK: gets a folder for each stage, which the next time is used again
                                     when nothing that decides it has changed
"""
import contextlib
import json
import os
import pathlib
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

from image_build import REPOSITORY, Context, say, stages_of

# As compose.yaml: no capability, no new privileges.
LIMITS = ('--bounding-set=-all', '--inh-caps=-all', '--no-new-privs')
failures = []


def expect(holds, what):
    say(f'{"ok    " if holds else "NOT OK"} {what}')
    if not holds:
        failures.append(what)


def free_port():
    with socket.socket() as one:
        one.bind(('127.0.0.1', 0))
        return one.getsockname()[1]


def wait_until(true, seconds):
    deadline = time.monotonic() + seconds
    while not (result := true()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return result


def status_of(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def size_of(folder):
    return int(subprocess.run(['du', '-smx', '--exclude=proc', '--exclude=dev', str(folder)], capture_output=True,
                              text=True, check=True).stdout.split()[0])


@contextlib.contextmanager
def database():
    """PostgreSQL over TCP and with a password, as compose.yaml's; yields its URL."""
    programs = max(pathlib.Path('/usr/lib/postgresql').glob('*/bin'))
    folder = pathlib.Path(tempfile.mkdtemp(prefix='centralita-image-'))
    (folder / 'password').write_text(secrets.token_hex(12))
    shutil.chown(folder, 'postgres')
    shutil.chown(folder / 'password', 'postgres')
    port = free_port()
    become = ['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups', '--']
    subprocess.run([*become, programs / 'initdb', '-D', folder / 'data', '-U', 'centralita', '-A', 'scram-sha-256',
                    '--pwfile', folder / 'password', '-E', 'UTF8', '--locale=C.UTF-8'],
                   check=True, stdout=subprocess.DEVNULL, cwd='/')
    server = subprocess.Popen([*become, programs / 'postgres', '-D', folder / 'data', '-p', str(port), '-k', '',
                               '-c', 'listen_addresses=127.0.0.1'], cwd='/', stderr=(folder / 'log').open('w'))
    try:
        if not wait_until(lambda: subprocess.run([programs / 'pg_isready', '-q', '-h', '127.0.0.1', '-p', str(port)],
                                                 check=False).returncode == 0, 30):
            raise SystemExit('PostgreSQL does not start: ' + (folder / 'log').read_text())
        yield f'postgresql://centralita:{(folder / "password").read_text()}@127.0.0.1:{port}/postgres'
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)
        shutil.rmtree(folder)


class Container:
    """A process of the image, with its log."""

    def __init__(self, image, arguments, env, log):
        self.log = pathlib.Path(log)
        self.started = time.monotonic()
        self.process = subprocess.Popen(image.inside([*image.entrypoint, *arguments], env, LIMITS),
                                        stdin=subprocess.DEVNULL, stdout=self.log.open('w'), stderr=subprocess.STDOUT)

    def stop(self, seconds):
        """SIGTERM; the exit status, or None when it took longer and was killed."""
        self.process.terminate()
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None


def healthy(image, env):
    return subprocess.run(image.inside(image.health, env, LIMITS), check=False, capture_output=True).returncode == 0


def memory_of(pid):
    for line in pathlib.Path(f'/proc/{pid}/status').read_text().splitlines():
        if line.startswith('VmRSS'):
            return int(line.split()[1]) // 1024
    return 0


def caller(image, env, steps, **more):
    return subprocess.Popen(image.inside([*image.entrypoint, 'caller', '--simulator', env['URL'], '--do', steps], env),
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)


def live_calls(env):
    request = urllib.request.Request(env['URL'] + '/api/v1/system', headers={'Authorization': 'Bearer ' + env['ADMIN_API_KEY']})
    try:
        with urllib.request.urlopen(request, timeout=2) as answer:
            return json.load(answer)['admission']['live']
    except OSError:
        return 0


def check_settings(image, work):
    """A container with mistakes in its .env says all of them, and with 2 that starting again is no use."""
    wrong = {'CENTRALITA_PORT': 'eight thousand', 'ADMIN_API_KEY': 'short', 'LOG_LEVEL': 'loud',
             'DRAIN_SECONDS': '-1', 'TRUSTED_PROXIES': 'the proxy'}
    container = Container(image, image.command, wrong, work / 'wrong.log')
    status = container.process.wait(10)
    text = container.log.read_text()
    expect(status == 2 and all(name in text for name in wrong),
           f'five mistakes in the environment are named at once, with status {status}')


def check_image(image, work):
    uid, gid, home = image.identity()
    expect(uid != '0', f'the server runs as uid {uid}')
    check_settings(image, work)
    port, sandbox_port = free_port(), free_port()
    with database() as url:
        sandbox = Container(image, ['sandbox', '--port', str(sandbox_port)], {}, work / 'sandbox.log')
        env = {'DATABASE_URL': url, 'ADMIN_API_KEY': secrets.token_hex(24), 'CENTRALITA_PORT': str(port),
               'CENTRALITA_HOST': '0.0.0.0', 'GROQ_BASE_URL': f'http://127.0.0.1:{sandbox_port}/openai/v1',
               'GROQ_API_KEY': 'sandbox', 'AZURE_SPEECH_ENDPOINT': f'http://127.0.0.1:{sandbox_port}',
               'AZURE_SPEECH_KEY': 'sandbox', 'DRAIN_SECONDS': '3', 'URL': f'http://127.0.0.1:{port}'}
        server = None
        try:
            for name in ('first', 'second'):
                server = Container(image, image.command, env, work / f'server-{name}.log')
                ready = wait_until(lambda: status_of(env['URL'] + '/ready') == 200, 30)
                expect(ready, f'{name} start: ready after {time.monotonic() - server.started:.2f} s, '
                              f'{memory_of(server.process.pid)} MB resident')
                if name == 'first':
                    expect(server.stop(10) == 0, 'SIGTERM without calls: it ends with status 0')
                    expect(not healthy(image, env), 'HEALTHCHECK fails when the server is stopped')
            expect(healthy(image, env), 'HEALTHCHECK succeeds when the server is alive')
            expect(status_of(env['URL'] + '/dashboard/v2') == 200, 'the dashboard is served')
            subprocess.run(image.inside(['espeak-ng', '-v', 'es', '-w', f'{home}/hello.wav',
                                         'Hola, buenos días.']), check=True)
            call = caller(image, env, f'wait-greeting; say {home}/hello.wav; wait-reply; hang-up')
            said, _ = call.communicate(timeout=90)
            (work / 'call.log').write_text(said)
            expect(call.returncode == 0 and ' user: ' in said, 'a call is answered, understood and ends well')
            call = caller(image, env, 'wait-end')
            expect(wait_until(lambda: live_calls(env) == 1, 15), 'a second call is alive')
            before = time.monotonic()
            status = server.stop(30)
            expect(status == 0, f'SIGTERM with a live call: it ends with status {status} after '
                                f'{time.monotonic() - before:.1f} s, DRAIN_SECONDS=3')
            said, _ = call.communicate(timeout=30)
            (work / 'drained.log').write_text(said)
            expect('server-stopping' in said and 'Disculpe' in said, 'the caller heard the apology first')
            expect(sandbox.process.poll() is None, 'the sandbox lived through it')
        finally:
            for one in (server, sandbox):
                if one is not None and one.process.poll() is None:
                    one.stop(10)


def main():
    if len(sys.argv) != 3 or os.geteuid() != 0:
        sys.exit(__doc__)
    debian, work = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    work.mkdir(parents=True, exist_ok=True)
    stages = stages_of(REPOSITORY / 'Dockerfile', work)
    context = Context()
    for stage in stages.values():
        stage.build(debian, context, stages)
    image = list(stages.values())[-1]
    say(f'the image is {size_of(image.root)} MB, {size_of(image.root / "usr/local")} of them in /usr/local')
    check_image(image, work)
    if failures:
        sys.exit(f'{len(failures)} things are not as they should be; the logs are in {work}')


main()
