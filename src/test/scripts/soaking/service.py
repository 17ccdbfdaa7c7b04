"""The service that is soaked, its exports, and the disk that most of them carry."""
import contextlib
import hashlib
import http.client
import itertools
import json
import os
import random
import re
import shutil
import subprocess
import sys
import time

PATIENCE = 120  # seconds, for anything
KEPT = 50  # ended exports that the service remembers
MIB = 1 << 20
JAR = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../../../target/sluice.jar')
DISK = random.Random(1).randbytes(1_500_001)
SIZE = len(DISK)
NUMBERS = itertools.count(1)


def digest(data):
    return hashlib.sha256(data).hexdigest()


def expect(actual, expected, what):
    if actual != expected:
        raise AssertionError('%s: %s (expected: %s)' % (what, actual, expected))


def until(condition, what):
    """Waits for something, and answers it."""
    deadline = time.monotonic() + PATIENCE
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise AssertionError('not within %d s: %s' % (PATIENCE, what))
        time.sleep(0.01)
    return found


class Service:
    """The service as a process of its own, on free ports."""

    def __init__(self, folder):
        self.root = os.path.join(folder, 'root')
        self.unix = os.path.join(folder, 'nbd.sock')
        self.disk = os.path.join(folder, 'disk')
        self.pki = os.path.join(folder, 'pki')
        self.log = os.path.join(folder, 'log')
        with open(self.disk, 'wb') as disk:
            disk.write(random.randbytes(32 * MIB))
        self.disk_digest = digest(open(self.disk, 'rb').read())
        os.mkdir(self.pki)
        key, certificate = (os.path.join(self.pki, name) for name in ('key.pem', 'ca-cert.pem'))
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=sluice',
                        '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', certificate],
                       check=True, capture_output=True)
        jar = shutil.copy(JAR, folder)  # it may be built again meanwhile
        self.java = os.path.join(os.environ['JAVA_HOME'], 'bin')
        pem = '--spring.ssl.bundle.pem.nbd.keystore.'
        self.process = subprocess.Popen(
            [os.path.join(self.java, 'java'), '-jar', jar, '--server.port=0', '--sluice.nbd.port=0',
             '--sluice.nbd.unix-socket=' + self.unix, '--sluice.exports.roots=' + self.root,
             '--sluice.exports.store=' + self.root + '.store',
             '--sluice.exports.keep-ended=%d' % KEPT, '--sluice.nbd.tls.mode=allow', '--sluice.nbd.tls.bundle=nbd',
             pem + 'certificate=' + certificate, pem + 'private-key=' + key],
            stdout=open(self.log, 'wb'), stderr=subprocess.STDOUT, cwd=folder)
        self.port = self.nbd = 0

    def __enter__(self):
        self.port = int(self.logged(r'Tomcat started on ports? (\d+)'))
        self.nbd = int(self.logged(r'NBD listens on /127\.0\.0\.1:(\d+)'))
        self.logged('(Started SluiceApplication)')
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(PATIENCE)

    def text(self):
        return open(self.log, errors='replace').read()

    def logged(self, pattern):
        """What the log has for the pattern's group, once it has it."""
        try:
            until(lambda: self.process.poll() is not None or re.search(pattern, self.text()), 'the start')
            return re.search(pattern, self.text())[1]
        except (AssertionError, TypeError):
            self.process.kill()
            sys.exit('the service does not start:\n' + self.text())

    def call(self, method, path, body=None):
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            text = None if body is None else json.dumps(body)
            connection.request(method, path, text, {'Content-Type': 'application/json', 'Connection': 'close'})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def sample(self):
        pid = self.process.pid
        for _ in range(2):  # what the first frees may have had more
            subprocess.run([os.path.join(self.java, 'jcmd'), str(pid), 'GC.run'], check=True, capture_output=True)
            time.sleep(1)
        metrics = self.call('GET', '/actuator/prometheus')[1]
        heap = re.findall(r'^jvm_memory_used_bytes\{.*area="heap".* (\S+)$', metrics, re.M)
        return {
            'heap': int(sum(map(float, heap))),
            'resident': int(open('/proc/%d/statm' % pid).read().split()[1]) * os.sysconf('SC_PAGESIZE'),
            'descriptors': len(os.listdir('/proc/%d/fd' % pid)),
            'threads': len(os.listdir('/proc/%d/task' % pid)),
        }


class Export:
    def __init__(self, service, direction, size=SIZE, **fields):
        self.service = service
        self.name = 'soak-%d' % next(NUMBERS)
        self.path = os.path.join(service.root, self.name)
        self.request = {'name': self.name, 'path': self.path, 'direction': direction, 'size': size, **fields}
        status, body = service.call('POST', '/exports', self.request)
        expect(status, 201, body)

    def now(self):
        status, body = self.service.call('GET', '/exports/' + self.name)
        expect(status, 200, body)
        return json.loads(body)

    def ends(self, state):
        """Waits until it is in a state, which has to be the last if it ends."""
        def settled():
            now = self.now()
            return (now['endedAt'] or now['clients'] == 0 and now['state'] == state) and now

        ended = until(settled, '%s of %s' % (state, self.name))
        expect(ended['state'], state, ended)
        return ended

    def uri(self, way):
        return {'tcp': 'nbd://127.0.0.1:%d/%s' % (self.service.nbd, self.name),
                'tls': 'nbds://127.0.0.1:%d/%s?tls-certificates=%s' % (self.service.nbd, self.name, self.service.pki),
                'unix': 'nbd+unix:///%s?socket=%s' % (self.name, self.service.unix)}[way]

    def delete(self, expected=204):
        expect(self.service.call('DELETE', '/exports/%s?force=true' % self.name)[0], expected, 'deletion')
