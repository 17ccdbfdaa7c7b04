"""A reader that asks for all of an export, and leaves the last reply unread in its socket.

Arguments are the host, the port, the export, its size and, for TLS, who signed the server's certificate.
"""
import array
import fcntl
import socket
import ssl
import struct
import sys
import termios
import time

host, port, export, size, *authority = sys.argv[1:]
size = int(size)
REQUEST = 256 * 1024
LAST = 32 * 1024


def receive(count):
    parts = bytearray()
    while len(parts) < count:
        part = connection.recv(count - len(parts))
        if not part:
            raise EOFError('the service closed the connection')
        parts += part
    return bytes(parts)


def option(code, data=b''):
    connection.sendall(struct.pack('>8sII', b'IHAVEOPT', code, len(data)) + data)
    reply = 0
    while reply != 1:
        _, _, reply, length = struct.unpack('>QIiI', receive(20))
        receive(length)
        if reply < 0:
            sys.exit('option %d was refused' % code)


def ask(offset, length):
    connection.sendall(struct.pack('>IHHQQI', 0x25609513, 0, 0, 0, offset, length))


connection = socket.create_connection((host, int(port)))
receive(18)
connection.sendall(struct.pack('>I', 3))
if authority:
    option(5)
    context = ssl.create_default_context(cafile=authority[0])
    connection = context.wrap_socket(connection, server_hostname=host)
option(7, struct.pack('>I', len(export)) + export.encode() + struct.pack('>H', 0))
at = 0
while at < size - LAST:
    length = min(REQUEST, size - LAST - at)
    ask(at, length)
    receive(16 + length)
    at += length
ask(at, LAST)
unread = array.array('i', [0])
while unread[0] < LAST:
    time.sleep(0.01)
    fcntl.ioctl(connection.fileno(), termios.FIONREAD, unread)
print('asked', flush=True)
time.sleep(600)
