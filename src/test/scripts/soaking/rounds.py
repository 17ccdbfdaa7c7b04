"""What becomes of exports. Each round answers for how many bytes it has compared."""
import contextlib
import os
import random
import subprocess

from soaking.service import DISK, MIB, PATIENCE, SIZE, Export, digest, expect
from soaking.sides import READ, REQUEST, WRITE, ZEROES, Client, Peer

HALF = SIZE // 2


def written(service, way, **fields):
    export = Export(service, 'write', **fields)
    peer, client = Peer(export), Client(export, way)
    client.write(0)
    client.goodbye()
    peer.ends(digest(DISK))
    ended = export.ends('COMPLETED')
    expect(ended.get('digestValue'), fields.get('digest') and digest(DISK), 'digest of the export')
    return SIZE


def read(service, way, **fields):
    export = Export(service, 'read', **fields)
    peer, client = Peer(export), Client(export, way)
    expect(digest(client.read(0)), digest(DISK), 'digest at the client')
    client.goodbye()
    peer.ends()
    ended = export.ends('COMPLETED')
    expect(ended.get('digestValue'), fields.get('digest') and digest(DISK), 'digest of the export')
    return SIZE


def written_with_a_digest(service, way):
    return written(service, way, digest='SHA-256')


def read_with_a_digest(service, way):
    return read(service, way, digest='SHA-256')


def written_to_a_socket(service, way):
    return written(service, way, listen=True)


def read_from_a_socket(service, way):
    return read(service, way, listen=True)


def written_by_two(service, way):
    export = Export(service, 'write')
    peer, first = Peer(export), Client(export, way)
    first.write(0, HALF)
    first.send(WRITE, HALF, REQUEST, DISK[HALF:HALF + 1000])
    first.lost()
    position = export.ends('INTERRUPTED')['position']
    second = Client(export, way)
    second.write(position)
    second.goodbye()
    peer.ends(digest(DISK))
    export.ends('COMPLETED')
    return SIZE


def read_by_two(service, way):
    export = Export(service, 'read')
    peer, first = Peer(export), Client(export, way)
    data = first.read(0, HALF)
    first.goodbye()  # or nobody could tell whether it had everything
    expect(export.ends('INTERRUPTED')['position'], HALF, 'position')
    second = Client(export, way)
    expect(digest(data + second.read(HALF)), digest(DISK), 'digest at the clients')
    second.goodbye()
    peer.ends()
    export.ends('COMPLETED')
    return SIZE


def written_backwards_and_finished(service, way):
    export = Export(service, 'write', size=SIZE + 1000)
    peer, client = Peer(export), Client(export, way)
    for at in range(SIZE // REQUEST * REQUEST, -1, -REQUEST):
        client.write(at, min(SIZE, at + REQUEST))
    client.lost()
    export.ends('INTERRUPTED')
    status, body = service.call('POST', '/exports/%s/finish' % export.name, {'pad': 'zero'})
    expect(status, 200, body)
    peer.ends(digest(DISK + bytes(1000)))
    export.ends('COMPLETED')
    return SIZE


def deleted(service, way):
    export = Export(service, random.choice(['write', 'read']))
    peer, client = Peer(export), Client(export, way)
    if peer.writes:
        client.read(0, HALF)
        client.send(READ, HALF, REQUEST)
    else:
        client.write(0, HALF)
    expect(service.call('DELETE', '/exports/' + export.name)[0], 409, 'deletion while a client is there')
    export.delete()
    client.told_off()
    peer.ends()
    return 0


def failed(service, way):
    export = Export(service, random.choice(['write', 'read']))
    peer, client = Peer(export, stop=HALF), Client(export, way)
    with contextlib.suppress(ConnectionError, AssertionError):
        (client.read if peer.writes else client.write)(0)
        raise RuntimeError('%s went on without its peer' % export.name)
    peer.ends()
    export.ends('FAILED')
    client.lost()
    return 0


def probed(service, way):
    export = Export(service, random.choice(['write', 'read']))
    client = Client(export, way)
    random.choice([client.goodbye, client.lost])()
    export.ends('WAITING')
    export.delete()
    return 0


def refused(service, way):
    """A stream comes through unharmed, whatever else is asked for."""
    export = Export(service, 'write')
    taken = {**export.request, 'name': 'soak-other'}
    for request, status in [(export.request, 409), (taken, 409), ({**taken, 'path': '/tmp/soak'}, 400),
                            ({**taken, 'size': 'much'}, 400), ({**taken, 'what': 1}, 400)]:
        expect(service.call('POST', '/exports', request)[0], status, 'status of %s' % request)
    peer, client = Peer(export), Client(export, way)
    client.write(0, HALF)
    stranger = Client(export, way)
    for request in [(WRITE, 0, 1000, DISK[:1000]), (WRITE, 1 << 40, 10, bytes(10)), (READ, 0, 0), (99,),
                    (ZEROES, 1 << 63, 1)]:
        if stranger.ask(*request) == 0:
            raise AssertionError('%s has succeeded' % (request,))
    stranger.lost()
    export.request['name'] = export.name = 'no-' + export.name
    nobody = Client(export, way)
    expect(nobody.chosen < 0, True, 'whether an export that is not there was refused')
    nobody.lost()
    export.name = export.name[3:]
    client.write(HALF)
    client.goodbye()
    peer.ends(digest(DISK))
    export.ends('COMPLETED')
    return SIZE


def run(*command):
    result = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    expect(result.returncode, 0, '%s %s' % (command, result.stderr))


def written_by_nbdcopy(service, way):
    return written_by(service, way, 'nbdcopy')


def written_by_qemu(service, way):
    return written_by(service, 'tcp' if way == 'tls' else way, 'qemu-img', 'convert', '-n', '-f', 'raw', '-O', 'raw')


def written_by(service, way, *client):
    export = Export(service, 'write', size=32 * MIB)
    peer = Peer(export)
    run(*client, service.disk, export.uri(way))
    peer.ends(service.disk_digest)
    export.ends('COMPLETED')
    return 32 * MIB


def read_by_nbdcopy(service, way):
    export = Export(service, 'read', size=32 * MIB)
    peer = Peer(export, open(service.disk, 'rb').read())
    copy = export.path + '.copy'
    run('nbdcopy', export.uri(way), copy)
    expect(digest(open(copy, 'rb').read()), service.disk_digest, 'digest of the copy')
    os.unlink(copy)
    peer.ends()
    export.ends('COMPLETED')
    return 32 * MIB


CHEAP = [written, read, written_with_a_digest, read_with_a_digest, written_to_a_socket, read_from_a_socket,
         written_by_two, read_by_two, written_backwards_and_finished, deleted, failed, probed, refused]
REAL = [written_by_nbdcopy, written_by_qemu, read_by_nbdcopy]
