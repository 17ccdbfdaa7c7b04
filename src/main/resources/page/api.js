// Requests to the service. The token is kept for this tab alone, and only ever sent as a header.

const KEY = 'sluice.token';

/** Where the service is, with the prefix of a proxy; it ends in a slash. */
export const base = new URL('.', document.baseURI);

export const token = {
  get: () => sessionStorage.getItem(KEY) ?? '',
  set: (value) => sessionStorage.setItem(KEY, value),
  clear: () => sessionStorage.removeItem(KEY),
};

/** What the service says is wrong (RFC 9457); without a service, that. */
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail ?? body.title ?? `The service answered with status ${status}.`);
    this.status = status;
    this.errors = body.errors ?? (body.field ? [{field: body.field, detail: body.detail}] : []);
  }
}

/** Sends a request and returns its response; whatever is no success is thrown as a Problem. */
export async function send(method, path, {body, headers = {}, signal, anonymous = false} = {}) {
  const all = {Accept: 'application/json', ...headers};
  if (token.get() && !anonymous) {
    all.Authorization = `Bearer ${token.get()}`;
  }
  if (body !== undefined) {
    all['Content-Type'] = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  }
  let response;
  try {
    response = await fetch(new URL(path, base), {
      method,
      headers: all,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
      credentials: 'omit',
      cache: 'no-store',
    });
  } catch (e) {
    if (signal?.aborted) {
      throw e;
    }
    throw new Problem(0, {detail: 'The service cannot be reached.'});
  }
  if (!response.ok) {
    throw new Problem(response.status, await response.json().catch(() => ({})));
  }
  return response;
}

export async function json(method, path, body) {
  return (await send(method, path, {body})).json();
}

/** What the service says of itself, and of whoever asks. */
export async function root(anonymous) {
  return (await send('GET', '.', {anonymous})).json();
}

/** The path of an export, which is known by its name, or by its id to those who see no names. */
export function pathOf(export_, rest = '') {
  return `exports/${encodeURIComponent(export_.name ?? export_.id)}${rest}`;
}
