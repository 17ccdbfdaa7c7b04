"""A client that costs little, and what is at the other end of the pipe."""
import contextlib
import hashlib
import os
import socket
import ssl
import struct
import threading

from soaking.service import DISK, PATIENCE, SIZE, expect

READ, WRITE, DISC, ZEROES = 0, 1, 2, 6
STARTTLS, GO = 5, 7
REQUEST = 256 * 1024


class Peer(threading.Thread):
    """What is at the far end of the pipe; it stops after so many bytes."""

    def __init__(self, export, content=DISK, stop=None):
        super().__init__(daemon=True)
        self.export, self.content, self.stop = export, content, stop
        self.writes = export.request['direction'] == 'read'
        self.digest = hashlib.sha256()
        self.start()

    def open(self):
        if not self.export.request.get('listen'):
            return open(self.export.path, 'wb' if self.writes else 'rb', 0)
        with socket.socket(socket.AF_UNIX) as made:
            made.connect(self.export.path)
            return made.makefile('wb' if self.writes else 'rb', 0)

    def run(self):
        with self.open() as pipe, contextlib.suppress(ConnectionError):
            if self.writes:
                left = memoryview(self.content)[:self.stop]
                while left:
                    left = left[pipe.write(left):]
            else:
                while (self.stop is None or self.stop > 0) and (data := pipe.read(self.stop or REQUEST)):
                    self.digest.update(data)
                    self.stop = self.stop and self.stop - len(data)

    def ends(self, expected=None):
        self.join(PATIENCE)
        expect(self.is_alive(), False, 'whether the peer still runs')
        if expected:
            expect(self.digest.hexdigest(), expected, 'digest at the peer')


class Client:
    def __init__(self, export, way):
        if way == 'unix':
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.connect(export.service.unix)
        else:
            self.socket = socket.create_connection(('127.0.0.1', export.service.nbd))
        self.socket.settimeout(PATIENCE)
        self.receive(18)
        self.socket.sendall(struct.pack('>I', 3))
        if way == 'tls':
            expect(self.option(STARTTLS), 1, 'reply to STARTTLS')
            trust = ssl.create_default_context(cafile=os.path.join(export.service.pki, 'ca-cert.pem'))
            self.socket = trust.wrap_socket(self.socket, server_hostname='127.0.0.1')
        name = export.name.encode()
        self.chosen = self.option(GO, struct.pack('>I', len(name)) + name + struct.pack('>H', 0))

    def option(self, code, data=b''):
        self.socket.sendall(struct.pack('>8sII', b'IHAVEOPT', code, len(data)) + data)
        while True:
            _, _, reply, length = struct.unpack('>QIiI', self.receive(20))
            self.receive(length)
            if reply != 3:  # NBD_REP_INFO
                return reply

    def receive(self, count):
        parts = bytearray()
        while len(parts) < count:
            if not (part := self.socket.recv(count - len(parts))):
                raise ConnectionResetError('the service closed the connection')
            parts += part
        return bytes(parts)

    def send(self, kind, offset=0, length=0, data=b''):
        self.socket.sendall(struct.pack('>IHHQQI', 0x25609513, 0, kind, 7, offset, length) + data)

    def ask(self, *request):
        """The error in the reply."""
        self.send(*request)
        return struct.unpack('>IIQ', self.receive(16))[1]

    def write(self, start, end=SIZE):
        for at in range(start, end, REQUEST):
            data = DISK[at:min(end, at + REQUEST)]
            expect(self.ask(WRITE, at, len(data), data), 0, 'error of a write at %d' % at)

    def read(self, start, end=SIZE):
        data = b''
        for at in range(start, end, REQUEST):
            length = min(REQUEST, end - at)
            expect(self.ask(READ, at, length), 0, 'error of a read at %d' % at)
            data += self.receive(length)
        return data

    def goodbye(self):
        self.send(DISC)
        self.socket.close()

    def lost(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        self.socket.close()

    def told_off(self):
        """Goes on until the service has ended the connection."""
        with contextlib.suppress(OSError, AssertionError):
            while True:
                self.receive(1)
        self.socket.close()
