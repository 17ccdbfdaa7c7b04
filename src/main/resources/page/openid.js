// Signs in with an OpenID provider: authorization code with PKCE (OpenID Connect Core 1.0, 3.1; RFC 7636).

import {base} from './api.js';

const KEY = 'sluice.openid';

const text = (bytes) =>
  btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

const random = () => text(crypto.getRandomValues(new Uint8Array(32)));

async function ask(url, options = {}) {
  let response;
  try {
    response = await fetch(url, {credentials: 'omit', ...options});
  } catch {
    throw new Error(`The provider cannot be reached at ${url}.`);
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Error(`The provider refuses: ${answer.error_description ?? answer.error ?? response.status}.`);
  }
  return answer;
}

const discover = ({issuer}) => ask(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);

/** Leaves for the provider's page, which leads back to this one. */
export async function signInAt(openid) {
  if (!crypto.subtle) {
    throw new Error('The browser signs in by HTTPS or on localhost only.');
  }
  const {authorization_endpoint: page} = await discover(openid);
  const verifier = random();
  const state = random();
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  sessionStorage.setItem(KEY, JSON.stringify({state, verifier, place: location.hash}));
  const url = new URL(page);
  Object.entries({
    response_type: 'code',
    client_id: openid.clientId,
    redirect_uri: base.href,
    scope: openid.scope,
    state,
    code_challenge: text(new Uint8Array(hash)),
    code_challenge_method: 'S256',
  }).forEach(([name, value]) => url.searchParams.set(name, value));
  location.assign(url);
}

/** Whether the provider has just led back here. */
export const isBack = () => {
  const words = new URLSearchParams(location.search);
  return words.has('state') && (words.has('code') || words.has('error'));
};

/** The token that the provider gives for what it has put into the address, which is cleared. */
export async function comeBack(openid) {
  const words = new URLSearchParams(location.search);
  const known = JSON.parse(sessionStorage.getItem(KEY) ?? '{}');
  sessionStorage.removeItem(KEY);
  history.replaceState(null, '', base.pathname + (known.place ?? ''));
  if (!known.state || words.get('state') !== known.state) {
    throw new Error('This sign-in was not begun in this tab. Begin again.');
  }
  if (words.has('error')) {
    throw new Error(`The provider refuses: ${words.get('error_description') ?? words.get('error')}.`);
  }
  const {token_endpoint: url} = await discover(openid);
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code: words.get('code'),
    redirect_uri: base.href,
    client_id: openid.clientId,
    code_verifier: known.verifier,
  });
  return (await ask(url, {method: 'POST', body})).access_token;
}
