"""One side of a stream, a client or a peer, which moves a disk's bytes a step at a time.

Steps come in, a line each, and behind each a line goes out: a word, how far the side has come in the
disk, and the SHA-256 of what it has moved, which is all up to there unless it went on behind another.
"""
import hashlib
import socket
import struct
import sys
import time

REQUEST = 256 * 1024
READ, WRITE, DISC = 0, 1, 2


class Side:
    def __init__(self, position=0):
        self.position = position
        self.digest = hashlib.sha256()

    def moved(self, data):
        self.position += len(data)
        self.digest.update(data)

    def say(self, word, *more):
        print(word, self.position, self.digest.hexdigest(), *more, flush=True)

    def to(self, position):
        self.move(position - self.position)

    def slowly(self, count):
        """So many bytes more, one a second."""
        for _ in range(count):
            time.sleep(1)
            self.move(1)


class ReadingPeer(Side):
    def __init__(self, path):
        super().__init__()
        self.path = path

    def open(self):
        self.pipe = open(self.path, 'rb', 0)

    def move(self, count):
        while count > 0:
            data = self.pipe.read(min(count, REQUEST))
            if not data:
                raise EOFError('an early end')
            self.moved(data)
            count -= len(data)

    def end(self):
        while data := self.pipe.read(REQUEST):
            self.moved(data)
        self.pipe.close()

    def end_slowly(self, seconds):
        time.sleep(seconds)
        self.end()


class WritingPeer(Side):
    def __init__(self, path, disk):
        super().__init__()
        self.path = path
        self.disk = open(disk, 'rb')

    def open(self):
        self.pipe = open(self.path, 'wb', 0)

    def move(self, count):
        while count > 0:
            data = self.disk.read(min(count, REQUEST))
            count -= len(data)
            while data:
                written = self.pipe.write(data)
                self.moved(data[:written])
                data = data[written:]

    def end(self):
        self.move(self.disk.seek(0, 2) - self.disk.seek(self.position))
        self.pipe.close()

    def end_slowly(self, seconds):
        time.sleep(seconds)
        self.end()


class WebPeer(Side):
    """A peer that comes by HTTP."""

    def __init__(self, port, name, disk):
        super().__init__()
        self.port = int(port)
        self.name = name
        self.disk = open(disk, 'rb')
        self.size = self.disk.seek(0, 2)
        self.disk.seek(0)

    def request(self, method, *fields):
        self.socket = socket.create_connection(('127.0.0.1', self.port))
        lines = [f'{method} /exports/{self.name}/data HTTP/1.1', 'Host: localhost', *fields, '', '']
        self.socket.sendall('\r\n'.join(lines).encode())

    def receive_head(self):
        head = b''
        while not head.endswith(b'\r\n\r\n'):
            byte = self.socket.recv(1)
            if not byte:
                raise EOFError('no answer')
            head += byte
        if not head.startswith(b'HTTP/1.1 200'):
            raise OSError('the answer is %s' % head.split(b'\r\n')[0].decode())

    def end_slowly(self, seconds):
        time.sleep(seconds)
        self.end()


class ReadingWebPeer(WebPeer):
    def open(self):
        self.begun = False
        self.request('GET')

    def move(self, count):
        if not self.begun:
            self.receive_head()
            self.begun = True
        while count > 0:
            data = self.socket.recv(min(count, REQUEST))
            if not data:
                raise EOFError('an early end')
            self.moved(data)
            count -= len(data)

    def end(self):
        self.move(self.size - self.position)
        self.socket.close()


class WritingWebPeer(WebPeer):
    def open(self):
        self.request('PUT', f'Content-Length: {self.size}')

    def move(self, count):
        while count > 0:
            data = self.disk.read(min(count, REQUEST))
            count -= len(data)
            while data:
                sent = self.socket.send(data)
                self.moved(data[:sent])
                data = data[sent:]

    def end(self):
        self.move(self.size - self.position)
        self.receive_head()
        self.socket.close()


class Client(Side):
    def __init__(self, host, port, export, size, position, disk):
        super().__init__(int(position))
        self.size = int(size)
        self.disk = open(disk, 'rb')
        self.disk.seek(self.position)
        self.left = 0  # bytes of the open request that are still to be moved
        self.open_replies = 0
        self.socket = socket.create_connection((host, int(port)))
        self.receive(18)
        name = export.encode()
        go = struct.pack('>I', len(name)) + name + struct.pack('>H', 0)
        self.socket.sendall(struct.pack('>I8sII', 3, b'IHAVEOPT', 7, len(go)) + go)
        reply = 0
        while reply != 1:
            _, _, reply, length = struct.unpack('>QIiI', self.receive(20))
            text = self.receive(length)
            if reply < 0:
                raise OSError('GO was refused: %s' % text.decode())

    def open(self):
        pass

    def receive(self, count):
        parts = bytearray()
        while len(parts) < count:
            part = self.socket.recv(count - len(parts))
            if not part:
                raise EOFError('the service closed the connection')
            parts += part
        return bytes(parts)

    def header(self, kind, length):
        return struct.pack('>IHHQQI', 0x25609513, 0, kind, 0, self.position, length)

    def reply(self):
        _, error, _ = struct.unpack('>IIQ', self.receive(16))
        if error:
            raise OSError('the reply had the error %d' % error)

    def goodbye(self):
        self.socket.sendall(self.header(DISC, 0))
        self.socket.close()

    def end(self):
        self.to(self.size)
        self.settle()
        self.goodbye()

    def end_slowly(self, seconds):
        """Says goodbye a byte a second, for so long; then the rest of it."""
        self.to(self.size)
        self.settle()
        goodbye = self.header(DISC, 0)
        for at in range(seconds):
            time.sleep(1)
            self.socket.sendall(goodbye[at:at + 1])
        self.socket.sendall(goodbye[seconds:])
        self.socket.close()


class WritingClient(Client):
    """Waits for each reply before the next request."""

    def settle(self):
        while self.open_replies:
            self.reply()
            self.open_replies -= 1

    def move(self, count):
        while count > 0:
            if not self.left:
                self.settle()
                self.left = min(REQUEST, self.size - self.position)
                self.socket.sendall(self.header(WRITE, self.left))
                self.open_replies = 1
            data = self.disk.read(min(count, self.left))
            self.left -= len(data)
            count -= len(data)
            while data:
                sent = self.socket.send(data)
                self.moved(data[:sent])
                data = data[sent:]


class ReadingClient(Client):
    def settle(self):
        pass

    def move(self, count, request=REQUEST):
        while count > 0:
            if not self.left:
                self.left = min(request, self.size - self.position)
                self.socket.sendall(self.header(READ, self.left))
                self.reply()
            data = self.receive(min(count, self.left))
            self.moved(data)
            self.left -= len(data)
            count -= len(data)

    def ask_to(self, position):
        """As to, but asks for nothing beyond."""
        whole = (position - self.position) // REQUEST * REQUEST
        self.move(whole)
        self.move(position - self.position, position - self.position)

    def slowly(self, count):
        self.move(self.left)
        for _ in range(count):
            time.sleep(1)
            self.move(1, 1)


KINDS = {
    'write-client': WritingClient,
    'read-client': ReadingClient,
    'write-peer': ReadingPeer,
    'read-peer': WritingPeer,
    'write-web-peer': ReadingWebPeer,
    'read-web-peer': WritingWebPeer,
}

side = Side()
try:
    side = KINDS[sys.argv[1]](*sys.argv[2:])
    side.say('ready')
    side.open()
    for line in sys.stdin:
        step, *numbers = line.split()
        getattr(side, step)(*map(int, numbers))
        side.say('done')
except (EOFError, OSError) as e:
    side.say('failed', e)
