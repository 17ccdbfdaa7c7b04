// Which page is shown, and when it is drawn.

import {html, nothing, render} from './lib/lit-html/lit-html.js';
import {token} from './api.js';
import {detail, leave} from './detail.js';
import {form} from './form.js';
import {list} from './list.js';
import {signIn} from './signin.js';
import {Store} from './store.js';

/** Ages and small plots move on when nothing else does. */
const TICK = 1000;

const store = new Store();
const main = document.getElementById('main');
let drawn = '';

function place() {
  const [, kind = '', word = ''] = location.hash.split('/');
  return {kind, word: decodeURIComponent(word)};
}

function page() {
  if (store.connection === 'refused') {
    return ['Sign in', signIn(store, draw)];
  }
  const {kind, word} = place();
  if (kind === 'new' && store.role !== 'viewer') {
    return ['Make an export', form(draw)];
  }
  if (kind === 'exports') {
    const found = store.find(word);
    return found
      ? [found.name ?? found.id, detail(found, store, draw)]
      : ['No such export', gone(word)];
  }
  return ['Exports', list(store, draw)];
}

function gone(word) {
  leave();
  return store.connection === 'live'
    ? html`<p><a href="#/">All exports</a></p><h1>There is no export ${word}</h1>
        <p>It was deleted, or forgotten after its end.</p>`
    : html`<p>Nothing is known yet.</p>`;
}

function draw() {
  const {kind} = place();
  if (kind !== 'exports' || store.connection === 'refused') {
    leave();
  }
  const [title, content] = page();
  document.title = `${title} – Sluice`;
  render(content, main);
  render(nav(kind), document.getElementById('nav'));
  render(connection(), document.getElementById('connection'));
}

function nav(kind) {
  const link = (to, text, here) =>
    html`<a href=${to} aria-current=${here ? 'page' : 'false'}>${text}</a>`;
  const signOut = () => {
    token.clear();
    store.start();
  };
  if (store.connection === 'refused') {
    return nothing;
  }
  return html`${link('#/', 'Exports', kind === '')} ${store.role === 'viewer' ? nothing : link('#/new', 'Make one', kind === 'new')}
    ${store.role && token.get() ? html`<span class="quiet">${store.role}</span>
      <button @click=${signOut}>Sign out</button>` : nothing}`;
}

function connection() {
  switch (store.connection) {
    case 'live':
      return html`<span class="live">live</span>`;
    case 'lost':
      return html`<span class="lost">The connection is lost${store.problem ? `: ${store.problem.message}` : '.'}
        What you see may be old. It is tried again.</span>`;
    case 'connecting':
      return html`<span>connecting …</span>`;
    default:
      return nothing;
  }
}

function moved() {
  draw();
  if (drawn !== location.hash) {
    drawn = location.hash;
    main.focus({preventScroll: true});
    window.scrollTo(0, 0);
  }
}

store.onChange(draw);
window.addEventListener('hashchange', moved);
setInterval(() => document.hidden || draw(), TICK);
store.open();
