"""The package: what is in it, installing and removing it, its unit, and the server as the unit starts it."""
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

passed = failed = 0


def expect(what, got, wanted=True):
    global passed, failed
    if got == wanted:
        passed += 1
    else:
        failed += 1
        print(f'FAILED: {what}: got {str(got)[:1500]!r}, wanted {wanted!r}')


def run(*words, **options):
    """The exit code, and what was said on both streams."""
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    return done.returncode, done.stdout


folder = Path(tempfile.mkdtemp(prefix='suki-package-'))


def contents(deb):
    expect('the package', deb.is_file())
    fields = run('dpkg-deb', '-f', str(deb))[1]
    for library in ('libsqlite3-0', 'libpq5', 'libssl3', 'libzint2.11', 'libpangocairo-1.0-0', 'libcairo2', 'fonts-dejavu-core', 'tzdata',
                    'adduser'):
        expect(f'it depends on {library}', bool(re.search(rf'^Depends:.*\b{re.escape(library)}\b', fields, re.M)))
    listed = run('dpkg-deb', '-c', str(deb))[1]
    for path, mode in (('usr/bin/suki', '-rwxr-xr-x root/root'), ('lib/systemd/system/suki.service', '-rw-r--r-- root/root'),
                       ('etc/suki/suki.yaml', '-rw-r----- root/root'), ('usr/share/man/man1/suki.1.gz', '-rw-r--r-- root/root')):
        expect(f'{path} is {mode}', bool(re.search(rf'^{mode}.* \./{path}$', listed, re.M)))
    expect('lintian is content', run('lintian', '--allow-root', '--fail-on', 'error,warning', str(deb)), (0, ''))


def unit(root):
    """systemd's own opinion of the unit, with the paths of the package as it lies in `root`."""
    text = Path('packaging/systemd/suki.service').read_text()
    at = folder / 'unit' / 'suki.service'
    (at.parent / 'suki.service.d').mkdir(parents=True)
    verify = ('systemd-analyze', 'verify', '--man=no', str(at))
    at.write_text(text.replace('/usr/bin/suki', f'{root}/usr/bin/suki'))
    expect('the unit', run(*verify), (0, ''))
    shutil.copy('packaging/systemd/postgresql.conf', at.parent / 'suki.service.d')
    expect('the unit with its example', run(*verify), (0, ''))
    security = ('systemd-analyze', 'security', '--offline=yes', '--threshold=15', str(at))
    expect('its exposure is at most 1.5', run(*security)[0], 0)
    # Both can find something.
    at.write_text(text.replace('ProtectHome=', 'ProtectHom='))
    expect('a word that is none', 'ProtectHom' in run(*verify)[1])
    at.write_text(text.replace('NoNewPrivileges=yes\n', '').replace('CapabilityBoundingSet=\n', ''))
    expect('a unit that is less closed', run(*security)[0] != 0)


def installed(deb):
    """Installs, upgrades, removes and purges in a root of its own; what would touch this machine is only written down."""
    root = folder / 'root'
    for path in ('var/lib/dpkg/info', 'var/lib/dpkg/updates', 'var/lib/dpkg/triggers', 'run/systemd/system', 'etc'):
        (root / path).mkdir(parents=True)
    (root / 'var/lib/dpkg/status').touch()
    tools = folder / 'tools'
    tools.mkdir()
    calls = folder / 'calls'
    calls.touch()
    for name in ('adduser', 'chown', 'systemctl', 'deb-systemd-helper', 'deb-systemd-invoke'):
        tool = tools / name
        tool.write_text(f'#!/bin/sh\necho "{name} $*" >> {calls}\n')
        tool.chmod(0o755)

    def dpkg(*words):
        calls.write_text('')
        code, said = run('dpkg', f'--root={root}', '--force-depends', '--force-script-chrootless', '--force-not-root', '--force-confold', *words,
                         env={**os.environ, 'PATH': f'{tools}:{os.environ["PATH"]}', 'DEBIAN_FRONTEND': 'noninteractive'})
        expect(f'dpkg {words[0]}: {said}', code, 0)
        return calls.read_text(), said

    called, said = dpkg('--install', str(deb))
    expect('it makes its user', 'adduser --quiet --system --group --home /var/lib/suki' in called)
    expect('it starts the server', 'deb-systemd-invoke start suki.service' in called)
    expect('it says how to make a user, and makes none', ('suki user add NAME' in said, 'password' in said.lower()), (True, False))
    settings = root / 'etc/suki/suki.yaml'
    expect('the settings', oct(settings.stat().st_mode & 0o777), '0o640')
    expect('their folder', oct(settings.parent.stat().st_mode & 0o777), '0o750')
    data = root / 'var/lib/suki'
    expect('the data', oct(data.stat().st_mode & 0o777), '0o700')
    shutil.copytree(root, folder / 'served', symlinks=True)

    settings.write_text(settings.read_text() + 'log_level: warning\n')
    called, _ = dpkg('--install', str(deb))
    expect('an upgrade starts the new server', 'deb-systemd-invoke restart suki.service' in called)
    expect('and stops nothing before', 'stop' in called, False)
    expect('and keeps the settings', 'log_level: warning' in settings.read_text())
    (data / 'suki.db').write_text('points')
    called, _ = dpkg('--remove', 'suki')
    expect('removing stops it', 'deb-systemd-invoke stop suki.service' in called)
    expect('and leaves the settings', settings.exists())
    dpkg('--purge', 'suki')
    expect('purging leaves no settings', settings.exists(), False)
    expect('and the data', (data / 'suki.db').read_text(), 'points')
    return folder / 'served'


class Service:
    """Starts the server as systemd does: by the unit's own words, with its socket and its watchdog."""

    def __init__(self, root, watchdog_us=None, **environment):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        address = str(folder / f'notify-{time.monotonic_ns()}')
        self.socket.bind(address)
        self.socket.settimeout(60)
        start = re.search(r'^ExecStart=(.*)$', (root / 'lib/systemd/system/suki.service').read_text(), re.M).group(1)
        words = [f'{root}{word}' if word.startswith('/') else word for word in start.split()]
        set_by_systemd = {'NOTIFY_SOCKET': address, 'HOME': str(root / 'var/lib/suki')}
        if watchdog_us: set_by_systemd['WATCHDOG_USEC'] = str(watchdog_us)
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                        env={**os.environ, **set_by_systemd, **environment})

    def hear(self):
        """The next datagram; the watchdog's are counted and passed over."""
        self.alive = 0
        while True:
            said = self.socket.recv(4096).decode()
            if said != 'WATCHDOG=1': return said
            self.alive += 1

    def hear_alive(self, times):
        for _ in range(times):
            if self.socket.recv(4096).decode() != 'WATCHDOG=1': return False
        return True

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        expect('it says that it stops', self.hear().split('\n')[0], 'STOPPING=1')
        expect('it stops', self.process.wait(timeout=60), 0)
        return self.process.stdout.read()


def served(root):
    place = {'SUKI_DB': str(root / 'var/lib/suki/suki.db'), 'SUKI_PORT': '0'}
    binary, settings = str(root / 'usr/bin/suki'), str(root / 'etc/suki/suki.yaml')
    code, said = run(binary, 'config', 'check', '--config', settings)
    expect('the settings of the package', (code, re.findall(r'^db +(\S+)', said, re.M)), (0, ['/var/lib/suki/suki.db']))
    service = Service(root, watchdog_us=900_000, **place)
    ready = service.hear()
    expect('it is ready', ready.startswith('READY=1\nSTATUS=serves http://127.0.0.1:'))
    base = ready.split('serves ')[1]
    expect('and it is', urllib.request.urlopen(f'{base}/readyz', timeout=20).status, 200)
    expect('it goes on saying that it lives', service.hear_alive(3))
    service.process.send_signal(signal.SIGHUP)
    expect('a reload of nothing leaves it alive', service.hear_alive(3))
    container(base.rsplit(':', 1)[1], True)
    said = service.stop()
    container(base.rsplit(':', 1)[1], False)
    expect('it made no secret', ('suki user add admin' in said, 'password  ' in said), (True, False))

    certificate, key = str(folder / 'cert.pem'), str(folder / 'key.pem')
    run('openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '9', '-subj', '/CN=suki',
        '-keyout', key, '-out', certificate)
    service = Service(root, SUKI_TLS_CERT=certificate, SUKI_TLS_KEY=key, **place)
    expect('it is ready with TLS', service.hear().startswith('READY=1\nSTATUS=serves https://'))
    service.process.send_signal(signal.SIGHUP)
    expect('it reads the certificate', bool(re.fullmatch(r'RELOADING=1\nMONOTONIC_USEC=[0-9]+', service.hear())))
    expect('and has read it', service.hear(), 'READY=1')
    service.stop()
    expect('nobody waited for a watchdog', service.alive, 0)


def container(base_port, is_up):
    """No image can be built in a test; what it says can be looked at, and its check asked."""
    text = Path('packaging/Containerfile').read_text()
    health = re.search(r'^HEALTHCHECK .*\\\n *CMD (\[.*\])$', text, re.M)
    words = json.loads(health.group(1))
    code, _ = run(*[word.replace('/8480 ', f'/{base_port} ') for word in words])
    expect(f'the container is healthy: {is_up}', code == 0, is_up)
    if not is_up: return
    last = text.split('\nFROM ')[-1]
    expect('its user is not root', re.findall(r'^USER (\S+)$', last, re.M), ['848:848'])
    settings = dict(word.split('=') for word in re.search(r'^ENV (.*)$', last, re.M).group(1).split())
    names = {f'SUKI_{name.upper()}' for name in re.findall(r'^(\w+) +', run('build/main/suki', 'config', 'check', '--db', 'x.db')[1], re.M)}
    expect('its variables are settings', set(settings) - {'HOME'} <= names)
    for source in re.findall(r'^COPY ((?!--)\S+) ', text, re.M): expect(f'{source} is there', Path(source).exists())


def system_calls(root):
    """What the unit forbids, the server does not ask for: seccomp itself needs a systemd, its lists do not."""
    unit_text = (root / 'lib/systemd/system/suki.service').read_text()
    filters = re.findall(r'^SystemCallFilter=(.*)$', unit_text, re.M)

    def members(names):
        found = set()
        for name in names:
            if not name.startswith('@'):
                found.add(name)
                continue
            lines = run('systemd-analyze', 'syscall-filter', name)[1].split('\n')[1:]
            found |= members(line.strip() for line in lines if line.strip() and not line.strip().startswith('#'))
        return found

    allowed = members(filters[0].split()) - members(filters[1].lstrip('~').split())
    trace = folder / 'trace'
    place = ('--db', str(folder / 'traced.db'))
    run('strace', '-f', '-qq', '-o', f'{trace}.demo', str(root / 'usr/bin/suki'), 'demo', *place, '--members', '20', '--years', '1')
    server = subprocess.Popen(('strace', '-f', '-qq', '-o', str(trace), str(root / 'usr/bin/suki'), 'serve', *place, '--port', '0'),
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    base = server.stdout.readline().split()[-1]
    for path in ('/readyz', '/'):
        expect(f'{path} while it is watched', urllib.request.urlopen(f'{base}{path}', timeout=60).status, 200)
    # Not the tracer is to be stopped, but its child.
    os.kill(int(Path(f'/proc/{server.pid}/task/{server.pid}/children').read_text()), signal.SIGTERM)
    server.wait(timeout=60)
    used = set(re.findall(r'^\d+ +(?:<\.\.\. )?([a-z_0-9]+)(?:\(| resumed)', Path(f'{trace}.demo').read_text() + trace.read_text(), re.M))
    expect('it was watched', {'openat', 'accept', 'fdatasync', 'epoll_wait'} <= used or sorted(used))
    # SQLite gives its files to the owner of the database, when it is root: in the unit nobody is.
    as_root = {'fchown'} if os.geteuid() == 0 else set()
    expect('it asks for nothing that the unit forbids', sorted(used - allowed - as_root), [])


try:
    code, built = run('bash', 'scripts/package.sh')
    expect('it is built', code, 0)
    package = Path(built.strip().split('\n')[-1])
    first = package.read_bytes()
    run('bash', 'scripts/package.sh')
    expect('the same tree gives the same bytes', package.read_bytes() == first)
    contents(package)
    place_of_it = installed(package)
    unit(place_of_it)
    served(place_of_it)
    system_calls(place_of_it)
finally:
    shutil.rmtree(folder, ignore_errors=True)
print(f'{passed} passed, {failed} failed')
sys.exit(1 if failed else 0)
