"""Connections to an NBD service that mean it no good, from 127.0.0.2 and on.

  hostile.py HOST PORT COUNT AT_ONCE [EXPORT...]

COUNT is how many in all, or 0 to go on until killed. EXPORT is what some of them use; it is to be
theirs alone. At the end a line goes out: how many connections there were, a second's share of them,
and how many the service kept open for longer than it should.
"""
import asyncio
import itertools
import random
import socket
import ssl
import struct
import sys
import time

ADDRESSES = 49
PATIENCE = 30  # seconds, in which the service has to end what is idle
READ, WRITE, DISC, FLUSH, TRIM, ZEROES = 0, 1, 2, 3, 4, 6
EXPORT_NAME, ABORT, LIST, STARTTLS, INFO, GO, STRUCTURED = 1, 2, 3, 5, 6, 7, 8
BIG = 0xFFFFFFFF

kept_open = 0


def option(code, data=b'', length=None):
    return struct.pack('>8sII', b'IHAVEOPT', code, len(data) if length is None else length) + data


def chosen(code, name, name_length=None, infos=0):
    length = len(name) if name_length is None else name_length
    return option(code, struct.pack('>I', length) + name + struct.pack('>H', infos))


def request(kind, offset, length, payload=b''):
    return struct.pack('>IHHQQI', 0x25609513, 0, kind, 7, offset, length) + payload


def flags(value=3):
    return struct.pack('>I', value)


def trusting():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def client_hello():
    out = ssl.MemoryBIO()
    try:
        TRUSTING.wrap_bio(ssl.MemoryBIO(), out).do_handshake()
    except ssl.SSLWantReadError:
        return out.read()


class Connection:
    def __init__(self, number):
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.bind(('127.0.0.%d' % (2 + number % ADDRESSES), 0))
        self.loop = asyncio.get_running_loop()

    async def connect(self, address):
        await self.loop.sock_connect(self.socket, address)

    async def send(self, data):
        await self.loop.sock_sendall(self.socket, data)

    async def receive(self, count):
        while count > 0:
            data = await self.loop.sock_recv(self.socket, count)
            if not data:
                raise ConnectionResetError('closed')
            count -= len(data)

    async def reply(self):
        """Receives some of the answer, whatever it is."""
        if not await self.loop.sock_recv(self.socket, 65536):
            raise ConnectionResetError('closed')

    async def closed(self):
        """Waits until the service ends the connection."""
        global kept_open
        try:
            async with asyncio.timeout(PATIENCE):
                while await self.loop.sock_recv(self.socket, 65536):
                    pass
        except TimeoutError:
            kept_open += 1

    def reset(self):
        if self.socket.fileno() < 0:
            return
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        self.socket.close()


# What they do, once connected. Where one returns, the connection is reset.


async def nothing(c):
    await c.closed()


async def a_byte_a_second(c):
    greeting = flags() + chosen(GO, b'any') * 100
    closed = asyncio.ensure_future(c.closed())
    for at in range(PATIENCE):
        done, _ = await asyncio.wait([closed], timeout=1)
        if done:
            break
        await c.send(greeting[at:at + 1])
    await closed


async def garbage(c):
    await c.send(random.randbytes(random.randrange(1, 5000)))
    await c.closed()


async def half_an_option(c):
    whole = chosen(GO, b'any')
    await c.send(flags() + whole[:random.randrange(1, len(whole))])
    await c.closed()


async def huge_option(c):
    await c.send(flags() + option(random.choice([EXPORT_NAME, LIST, INFO, GO]), b'x', BIG))
    await c.closed()


async def huge_name(c):
    await c.send(flags() + chosen(random.choice([INFO, GO]), b'x', BIG))
    await c.closed()


async def unknown_export(c):
    await c.send(flags() + option(EXPORT_NAME, random.randbytes(20)))
    await c.closed()


async def many_options(c):
    await c.send(flags() + option(random.randrange(20, 1000)) * 9000)
    await c.closed()


async def lists_without_reading(c):
    await c.send(flags() + option(LIST) * 2000)
    await asyncio.sleep(0.5)


async def hello(c):
    await c.send(HELLO)
    await c.closed()


async def hello_in_time(c):
    await c.send(flags() + option(STARTTLS))
    await c.receive(18 + 20)
    await c.send(HELLO[:random.randrange(len(HELLO) + 1)])
    await asyncio.sleep(random.choice([0, 0.2]))


async def garbage_in_tls(c):
    await c.send(flags() + option(STARTTLS))
    await c.receive(18 + 20)
    await c.send(random.randbytes(500))
    await c.closed()


async def behind_starttls(c):
    await c.send(flags() + option(STARTTLS) + chosen(GO, b'any'))
    await c.closed()


async def reset_in_tls(c):
    """Shakes hands in TLS, and is gone somewhere behind that."""
    await c.send(flags() + option(STARTTLS))
    await c.receive(18 + 20)
    async with asyncio.timeout(5):
        reader, writer = await asyncio.open_connection(
            sock=c.socket, ssl=TRUSTING, server_hostname='')
        try:
            for data in [option(LIST), chosen(GO, random.choice(EXPORTS or [b'any'])),
                         request(READ, 0, 1000), request(WRITE, 0, 1000, bytes(500))]:
                if random.random() < 0.2:
                    break
                writer.write(data)
                await reader.read(65536)
        finally:
            writer.transport.abort()


def steps(export):
    """What a client sends and receives; none is a number of bytes, or something."""
    # Backwards, so that no flush fills the gap before it, which would fail the stream when another
    # comes there; and not far, since moving much would be another stream.
    at = random.randrange(1, 1 << 24)
    return [
        18,
        flags(),
        option(STRUCTURED),
        20,
        option(LIST),
        None,
        chosen(INFO, export),
        None,
        chosen(GO, export),
        None,
        request(WRITE, at + 50_000, 50_000, random.randbytes(50_000)),
        None,
        request(WRITE, at, 50_000, random.randbytes(50_000)),
        None,
        request(ZEROES, at + 100_000, 100_000),
        None,
        request(READ, at, 100_000),
        None,
        request(FLUSH, 0, 0) + request(TRIM, BIG << 10, BIG),
        None,
        request(9999, BIG, BIG),
        None,
        request(WRITE, at, BIG, b'x'),
    ]


def reset_at(step, half):
    async def reset(c):
        if not EXPORTS:
            return await unknown_export(c)
        way = steps(random.choice(EXPORTS))
        async with asyncio.timeout(5):  # one that is refused gets no answer
            for data in way[:step]:
                await take(c, data)
            if half and isinstance(way[step], bytes):
                await c.send(way[step][:random.randrange(1, len(way[step]))])
    return reset


async def take(c, data):
    if data is None:
        await c.reply()
    elif isinstance(data, int):
        await c.receive(data)
    else:
        await c.send(data)


async def attack(number, kind):
    connection = Connection(number)
    try:
        await connection.connect(ADDRESS)
        await kind(connection)
    except (OSError, TimeoutError):
        pass
    finally:
        connection.reset()


async def main():
    kinds = [nothing, a_byte_a_second, garbage, half_an_option, huge_option, huge_name,
             unknown_export, many_options, lists_without_reading, hello, hello_in_time,
             garbage_in_tls, behind_starttls, reset_in_tls]
    kinds += [reset_at(step, half) for step in range(23) for half in (False, True)]
    numbers = itertools.count() if COUNT == 0 else iter(range(COUNT))
    begun = time.monotonic()

    async def attacker():
        for number in numbers:
            await attack(number, kinds[number % len(kinds)])

    await asyncio.gather(*(attacker() for _ in range(AT_ONCE)))
    seconds = time.monotonic() - begun
    print('%d connections, %.0f a second, %d kept open' % (COUNT, COUNT / seconds, kept_open))


ADDRESS = (sys.argv[1], int(sys.argv[2]))
COUNT, AT_ONCE = int(sys.argv[3]), int(sys.argv[4])
EXPORTS = [name.encode() for name in sys.argv[5:]]
TRUSTING = trusting()
HELLO = client_hello()
random.seed(COUNT)
asyncio.run(main())
