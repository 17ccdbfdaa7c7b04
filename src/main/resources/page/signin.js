// Asks for a token, which this tab alone keeps, or has an OpenID provider give one.

import {html, nothing} from './lib/lit-html/lit-html.js';
import {token} from './api.js';
import {signInAt} from './openid.js';

/** @param store knows why the last token, or none, was refused */
export function signIn(store, redraw) {
  const had = token.get() !== '';
  const problem = store.signInProblem ?? (had ? store.problem?.message : null);
  const submit = (event) => {
    event.preventDefault();
    token.set(new FormData(event.currentTarget).get('token').trim());
    event.currentTarget.reset();
    store.start();
    redraw();
  };
  const leave = async () => {
    try {
      await signInAt(store.openid);
    } catch (e) {
      store.signInProblem = e.message;
      redraw();
    }
  };
  return html`
    <h1>Sign in</h1>
    ${store.openid
      ? html`<p><button class="main" @click=${leave}>Sign in at ${new URL(store.openid.issuer).host}</button></p>
          <h2>Or with a token</h2>`
      : nothing}
    <form class="make" @submit=${submit}>
      <div class="field">
        <label for="token">Token</label>
        <input id="token" name="token" type="password" autocomplete="off" required
          aria-describedby="token-help token-problem" aria-invalid=${problem ? 'true' : 'false'}>
        <small id="token-help">It stays in this tab, and is gone when you close it.</small>
        <p id="token-problem" class="error" role="alert">${problem ?? nothing}</p>
      </div>
      <button class="main">Sign in</button>
    </form>`;
}
