"""Attacks on a service's limits, all at the same time, until a line comes on standard input, or its end.

  attacks.py API TOKEN ROOT NBD_PORT TLS PROVIDER_PORT

API is the address of REST, TOKEN an operator's token, ROOT a folder for endpoints, TLS whether NBD
is encrypted (yes or no). PROVIDER_PORT is where the service believes its OpenID provider, or 0: whoever
connects there is never answered. A line of JSON goes out at the end: how often each attack was tried.
"""
import asyncio
import collections
import json
import os
import random
import socket
import ssl
import struct
import subprocess
import sys
import urllib.request

MIB = 1 << 20
ADDRESSES = 49
BODIES, IDLE, LOGINS, TOKENS = 210, 1000, 10, 210
LISTERS, LISTS = 200, 8192
AHEAD, AHEAD_MIB, UNREAD = 8, 60, 12
PAUSE = 0.05  # seconds between two tries of an attacker
ENDS = 30  # seconds, in which the service has to end what is unfinished

READ, WRITE = 0, 1
LIST, STARTTLS, GO = 3, 5, 7

tries = collections.Counter()

# The connections of each attacker.
OPEN = {}


def option(code, data=b''):
    return struct.pack('>8sII', b'IHAVEOPT', code, len(data)) + data


def go(name):
    return option(GO, struct.pack('>I', len(name)) + name.encode() + struct.pack('>H', 0))


def request(kind, offset, length, payload=b''):
    return struct.pack('>IHHQQI', 0x25609513, 0, kind, 7, offset, length) + payload


async def connect(port, host):
    connection = socket.socket()
    connection.setblocking(False)
    connection.bind(('127.0.0.%d' % host, 0))
    try:
        await asyncio.get_running_loop().sock_connect(connection, ('127.0.0.1', port))
    except OSError:
        connection.close()
        raise
    reader, writer = await asyncio.open_connection(sock=connection, limit=65536)
    OPEN.setdefault(asyncio.current_task(), []).append(writer)
    return reader, writer


async def nbd(host):
    """A connection of which the handshake is as far as the options."""
    reader, writer = await connect(NBD_PORT, host)
    await reader.readexactly(18)
    writer.write(struct.pack('>I', 3))
    if TLS:
        writer.write(option(STARTTLS))
        await reader.readexactly(20)
        await writer.start_tls(TRUSTING)
    return reader, writer


async def chosen(name, host):
    """A connection that uses an export."""
    reader, writer = await nbd(host)
    writer.write(go(name))
    while True:
        _, _, kind, length = struct.unpack('>QIII', await reader.readexactly(20))
        await reader.readexactly(length)
        if kind == 1:
            return reader, writer
        if kind >> 31:
            raise ConnectionError('refused')


# The attacks. Each is one of many; where it returns or fails, it is tried again.


async def unfinished_body(number):
    """A POST of which the body never comes."""
    reader, writer = await connect(API_PORT, host(number))
    writer.write(b'POST /exports HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n'
                 b'Content-Length: 1000\r\n\r\n{')
    await closed(reader, writer)


async def idle(number):
    """A connection on which nothing comes."""
    reader, writer = await connect(API_PORT, host(number))
    await closed(reader, writer)


async def login(number):
    """A wrong token, each time from somebody else, if one believes what is forwarded."""
    await http(number, 'wrong-%d' % random.getrandbits(64),
               b'X-Forwarded-For: 10.%d.%d.%d\r\n' % tuple(random.randbytes(3)))


async def token(number):
    """What has the form of a JWT, with a key that the provider would have to be asked for."""
    await http(number, 'eyJhbGciOiJSUzI1NiIsImtpZCI6Ii%s.eyJzdWIiOiJhIn0.AAAA'
               % ''.join(random.choices('abcdefgh', k=8)))


async def http(number, bearer, more=b''):
    reader, writer = await connect(API_PORT, host(number))
    writer.write(b'GET /exports HTTP/1.1\r\nHost: a\r\nConnection: close\r\n%s'
                 b'Authorization: Bearer %s\r\n\r\n' % (more, bearer.encode()))
    await closed(reader, writer)


async def lists(_):
    """As many LISTs as a handshake may have, all from one address, and nobody reads fast."""
    reader, writer = await nbd(2)
    writer.write(option(LIST) * LISTS)
    await closed(reader, writer)


async def ahead(number):
    """Fills an export's window beyond a gap that never closes, and stays or leaves."""
    reader, writer = await chosen('ahead-%d' % number, host(number))
    for at in range(1, AHEAD_MIB):
        writer.write(request(WRITE, at * MIB, MIB, bytes([1]) * MIB))
        await reader.readexactly(16)
    if number % 2:
        await asyncio.sleep(1)
    else:
        await closed(reader, writer)


async def unread(number):
    """Asks for 32 MiB in one reply, and reads nothing of it."""
    reader, writer = await chosen('unread-%d' % number, host(number))
    writer.transport.pause_reading()
    writer.write(request(READ, 0, 32 * MIB))
    await asyncio.sleep(5)


async def closed(reader, writer):
    """Waits until the service ends the connection."""
    async with asyncio.timeout(ENDS):
        while await reader.read(65536):
            pass


def host(number):
    return 3 + number % ADDRESSES


async def attacker(kind, number):
    while True:
        tries[kind.__name__] += 1
        try:
            await kind(number)
        except (OSError, EOFError, TimeoutError, ssl.SSLError):
            pass
        finally:
            for writer in OPEN.pop(asyncio.current_task(), []):
                writer.transport.abort()
        await asyncio.sleep(PAUSE)


def rest(method, path, body=None):
    made = urllib.request.Request(API + path, method=method,
                                  data=None if body is None else json.dumps(body).encode(),
                                  headers={'Authorization': 'Bearer ' + TOKEN,
                                           'Content-Type': 'application/json'})
    with urllib.request.urlopen(made, timeout=30) as answer:
        return answer.read()


def export(name, direction, size, **more):
    path = os.path.join(ROOT, name)
    rest('POST', '/exports', {'name': name, 'path': path, 'direction': direction, 'size': size, **more})
    return path


async def main():
    peers = []
    provider = None
    if PROVIDER_PORT:
        provider = socket.create_server(('127.0.0.1', PROVIDER_PORT), backlog=1000)
    for number in range(AHEAD):
        export('ahead-%d' % number, 'write', '1T', reorderWindow='64M')
    for number in range(UNREAD):
        path = export('unread-%d' % number, 'read', '1T')
        peers.append(subprocess.Popen(['sh', '-c', 'cat /dev/zero > "$0" 2>/dev/null', path]))
    kinds = [(unfinished_body, BODIES), (idle, IDLE), (login, LOGINS), (lists, LISTERS),
             (ahead, AHEAD), (unread, UNREAD)]
    if PROVIDER_PORT:
        kinds.append((token, TOKENS))
    tasks = [asyncio.create_task(attacker(kind, number))
             for kind, count in kinds for number in range(count)]
    await asyncio.sleep(2)
    print('begun', flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for name in ['ahead-%d' % n for n in range(AHEAD)] + ['unread-%d' % n for n in range(UNREAD)]:
        rest('DELETE', '/exports/%s?force=true' % name)
    for peer in peers:
        peer.wait()
    if provider:
        provider.close()
    print(json.dumps(tries))


API, TOKEN, ROOT = sys.argv[1:4]
API_PORT = int(API.rsplit(':', 1)[1])
NBD_PORT, TLS, PROVIDER_PORT = int(sys.argv[4]), sys.argv[5] == 'yes', int(sys.argv[6])
TRUSTING = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
TRUSTING.check_hostname = False
TRUSTING.verify_mode = ssl.CERT_NONE
asyncio.run(main())
