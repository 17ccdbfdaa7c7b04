// What to type at both ends of an export.

import {base, pathOf, token} from './api.js';
import {quote} from './words.js';

/** For curl; the token itself is for nobody to see. */
const authorization = () => (token.get() ? '-H "Authorization: Bearer $TOKEN" ' : '');

function nbdClient(uri) {
  const url = new URL(uri);
  const socket = url.searchParams.get('socket');
  const name = quote(decodeURIComponent(url.pathname.replace(/^\//, '')));
  if (socket) {
    return `nbd-client -unix ${quote(socket)} -N ${name} /dev/nbd0`;
  }
  return url.protocol === 'nbds:'
    ? `nbd-client -x -N ${name} ${url.hostname} ${url.port || 10809} /dev/nbd0`
    : `nbd-client -N ${name} ${url.hostname} ${url.port || 10809} /dev/nbd0`;
}

/** For a client of an export, with each of its addresses. */
export function forClient(export_) {
  return (export_.uris ?? []).flatMap((uri) => lines(export_, uri));
}

function lines(export_, uri) {
  const near = uri.includes('socket=') ? ' on the service’s machine' : '';
  return [
    {
      what: `qemu-img${near}`,
      line:
        export_.direction === 'write'
          ? `qemu-img convert -n -O raw disk.qcow2 ${quote(uri)}`
          : `qemu-img convert -f raw -O qcow2 ${quote(uri)} disk.qcow2`,
    },
    {
      what: `nbdcopy${near}`,
      line:
        export_.direction === 'write'
          ? `nbdcopy disk.img ${quote(uri)}`
          : `nbdcopy --synchronous ${quote(uri)} disk.img`,
    },
    {what: `nbd-client${near}`, line: nbdClient(uri)},
  ];
}

/** For its peer. */
export function forPeer(export_) {
  const writes = export_.direction === 'write';
  if (export_.peer === 'http') {
    const url = quote(new URL(pathOf(export_, '/data'), base).href);
    return [{what: 'curl', line: `curl --fail ${authorization()}${url} ${writes ? '-o' : '-T'} disk.img`}];
  }
  if (!export_.path) {
    return [];
  }
  const path = quote(export_.path);
  if (export_.listen) {
    const end = quote(`UNIX-CONNECT:${export_.path}`);
    return [
      {what: 'socat', line: writes ? `socat -u ${end} CREATE:disk.img` : `socat -u OPEN:disk.img ${end}`},
    ];
  }
  return [{what: 'cat', line: writes ? `cat ${path} > disk.img` : `cat disk.img > ${path}`}];
}

/** The request that makes an export like this. */
export function forMaking(fields) {
  return `curl --fail ${authorization()}${quote(new URL('exports', base).href)} --json ${quote(JSON.stringify(fields))}`;
}
