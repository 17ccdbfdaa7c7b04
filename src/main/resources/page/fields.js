// What the form asks for. The words are those of the API's description.

/** [name, kind, title, help]; kinds: text, choices, flag, size, time, labels, lines. */
export const FIELDS = [
  ['name', 'text', 'Name', 'Letters, digits, “.”, “_” and “-”. Without one, Sluice makes a name that nobody can guess.'],
  ['direction', ['write', 'read'], 'Direction', '“write”: NBD clients write, and the peer gets the bytes. “read”: the peer gives them.'],
  ['peer', ['path', 'http'], 'Peer', '“path”: a program on the service’s machine, at a FIFO or socket. “http”: any HTTP client.'],
  ['path', 'text', 'Path', 'The FIFO or Unix socket, as an absolute path below one of the roots. A FIFO is made if nothing is there.'],
  ['listen', 'flag', 'Make a socket', 'Sluice makes a Unix socket at the path, and one peer connects to it.'],
  ['ticket', 'flag', 'Ticket', 'The answer has a secret URL, for a peer without a token.'],
  ['size', 'size', 'Size', 'Such as 10G. Declare it if you know it: only then does a client’s last write tell that all has arrived.'],
  ['listed', 'flag', 'Listed', 'Clients that ask which exports there are are told of this one.'],
  ['digest', ['', 'SHA-256'], 'Digest', 'Of all bytes, shown when the stream has ended.'],
  ['rateLimit', 'size', 'Rate limit', 'Bytes per second, such as 50M. Empty: as fast as possible.'],
  ['labels', 'labels', 'Labels', 'Such as job=nightly, vm=vm1. They mean nothing to Sluice.'],
  ['clients.networks', 'lines', 'Networks', 'Only clients from these may use it, such as 10.0.0.0/8; one a line. Empty: from all.'],
  ['clients.subjects', 'lines', 'Subjects', 'Only clients with a certificate of these may use it, such as CN=backup,O=Example; one a line.'],
  ['peerTimeout', 'time', 'Peer timeout', 'How long a client’s request waits for the peer. Such as 10m; 0 is no limit.'],
  ['idleTimeout', 'time', 'Idle timeout', 'How long a stream that has begun may stand still.'],
  ['resumeTimeout', 'time', 'Resume timeout', 'How long an interrupted stream waits for another client.'],
  ['lifetime', 'time', 'Lifetime', 'How long the export may exist.'],
  ['reorderWindow', 'size', 'Reorder window', 'How many bytes are kept that come out of order.'],
  ['headWindow', 'size', 'Head window', 'How many bytes at the start can be written or read again.'],
  ['resumeWindow', 'size', 'Resume window', 'How many bytes are kept for a client that comes back.'],
  ['padTail', 'flag', 'Pad the tail', 'Fills the rest of the size with zeroes at the last client’s goodbye.'],
  ['acceptClose', 'flag', 'Accept a close', 'For read: a client that just closes its connection counts as one that said goodbye.'],
  ['acceptUnread', 'flag', 'Accept unread bytes', 'For read: bytes that no client asked for are not wanted.'],
  ['acceptExcess', 'flag', 'Accept excess', 'For read: input beyond the size is not wanted.'],
  ['copy', 'flag', 'Copy', 'For programs on the same machine that change what they have sent.'],
];

/** How many of them everybody needs; the others fold away. */
export const COMMON = 11;

/** The request's body of what was typed; what is empty is left out. */
export function bodyOf(data) {
  const body = {};
  for (const [name, kind] of FIELDS) {
    const value = (data.get(name) ?? '').toString().trim();
    if (value === '' || (name === 'peer' && value === 'path')) {
      continue;
    }
    if (kind === 'flag') {
      body[name] = true;
    } else if (kind === 'labels') {
      body[name] = Object.fromEntries(
        value.split(',').map((pair) => {
          const at = pair.indexOf('=');
          return at < 0 ? [pair.trim(), ''] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
        }),
      );
    } else if (kind === 'lines') {
      const [whole, part] = name.split('.');
      body[whole] = {...body[whole], [part]: value.split('\n').map((line) => line.trim()).filter(Boolean)};
    } else {
      body[name] = kind === 'size' && /^\d+$/.test(value) ? Number(value) : value;
    }
  }
  return body;
}
