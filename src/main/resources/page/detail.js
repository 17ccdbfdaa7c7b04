// Everything there is to know of one export, and what can be done with it.

import {html, nothing} from './lib/lit-html/lit-html.js';
import {json, pathOf, send} from './api.js';
import {forClient, forPeer} from './commands.js';
import {bar, word} from './list.js';
import {Life, summary} from './plot.js';
import {hasEnded} from './store.js';
import {advice, bytes, clock, duration, period, speed} from './words.js';

/** Of the export that is open: its events, which no other event tells, and what was tried. */
let open = {};

const TIMES = new Set(['peerTimeout', 'idleTimeout', 'resumeTimeout', 'lifetime']);
const SIZES = new Set(['size', 'position', 'reorderWindow', 'headWindow', 'resumeWindow']);

export function copyable(what, line) {
  const copy = async (event) => {
    const button = event.currentTarget;
    await navigator.clipboard.writeText(line);
    button.textContent = 'Copied';
    setTimeout(() => (button.textContent = 'Copy'), 2000);
  };
  return html`<div class="line"><code tabindex="0">${line}</code>
    ${navigator.clipboard ? html`<button type="button" @click=${copy} aria-label="Copy the line for ${what}">Copy</button>` : nothing}</div>`;
}

/** Lets go of what is shown. */
export function leave() {
  open.life?.close();
  open = {};
}

/** Asks for the events when the state is another one, or the service is. */
async function ask(export_, store, redraw) {
  const now = `${export_.id} ${export_.state} ${store.connections}`;
  if (open.asked === now) {
    return;
  }
  open.asked = now;
  try {
    const details = await json('GET', pathOf(export_));
    if (open.asked === now) {
      open.events = details.events;
      redraw();
    }
  } catch {
    // The list says that the service cannot be reached, or that the export is gone.
  }
}

export function detail(export_, store, redraw) {
  if (open.id !== export_.id) {
    leave();
    open.id = export_.id;
  }
  ask(export_, store, redraw);
  const samples = store.samples.get(export_.id) ?? [];
  requestAnimationFrame(() => {
    const element = document.getElementById('life');
    if (element && samples.length > 1) {
      open.life ??= new Life(element);
      open.life.show(samples);
    }
  });
  return html`
    <p><a href="#/">All exports</a></p>
    <h1>${export_.name ?? export_.id} ${word(export_.state)}</h1>
    ${bar(export_)}
    <p>${[speed(export_.throughput), export_.remainingSeconds === null ? '' : `${duration(export_.remainingSeconds)} left`]
      .filter(Boolean).join(', ')}</p>
    ${happens(export_)}
    ${actions(export_, store, redraw)}
    <h2>How fast it was</h2>
    <div id="life" role="img" aria-label=${summary(samples)}></div>
    <p class="quiet">${summary(samples)}</p>
    ${ends(export_)}
    <h2>What happened</h2>
    <ol class="events">${(open.events ?? []).map(
      (event) => html`<li><time datetime=${event.at}>${clock(event.at)}</time> ${word(event.state)}
        at ${bytes(event.position)}${event.reason ? html`<br>${event.reason}` : nothing}</li>`,
    )}</ol>
    ${facts(export_)}`;
}

/** What it waits for, or what went wrong and what to do. */
function happens(export_) {
  return html`
    ${export_.failure
      ? html`<section class="note bad" aria-label="Failure"><p>${export_.failure}</p>
          ${export_.state === 'FAILED' ? html`<p><strong>What to do:</strong> ${advice(export_.failure)}</p>` : nothing}</section>`
      : nothing}
    ${export_.waitingFor && !hasEnded(export_)
      ? html`<p class="note" role="status">It waits for ${export_.waitingFor}.</p>`
      : nothing}
    ${export_.note ? html`<p class="note">${export_.note}</p>` : nothing}`;
}

function actions(export_, store, redraw) {
  if (store.role !== 'operator') {
    return nothing;
  }
  const run = async (work) => {
    Object.assign(open, {problem: null, done: null});
    try {
      open.done = await work();
    } catch (e) {
      open.problem = e;
    }
    redraw();
  };
  const writes = export_.direction === 'write';
  const finish = (event) => {
    event.preventDefault();
    const more = new FormData(event.currentTarget).has('more');
    const body = !more ? {} : writes ? {pad: 'zero'} : {unread: 'accept'};
    run(async () => {
      const response = await send('POST', pathOf(export_, '/finish'), {body});
      return response.status === 202 ? 'It is being finished.' : 'It is finished.';
    });
  };
  const limit = (event) => {
    event.preventDefault();
    const value = new FormData(event.currentTarget).get('rateLimit').trim();
    run(async () => {
      await json('PATCH', pathOf(export_), {rateLimit: value === '' ? null : value});
      return value === '' ? 'There is no rate limit any more.' : `The rate limit is ${value} per second.`;
    });
  };
  const remove = () => {
    const dialog = document.getElementById('delete');
    dialog.returnValue = '';
    dialog.showModal();
  };
  const closed = (event) => {
    if (event.currentTarget.returnValue === 'delete') {
      run(async () => {
        await send('DELETE', pathOf(export_, '?force=true'));
        location.hash = '#/';
      });
    }
  };
  return html`
    <section class="actions" aria-label="Actions">
      ${hasEnded(export_)
        ? nothing
        : html`
            <form @submit=${finish}>
              <button>Finish</button>
              <label class="check"><input type="checkbox" name="more">
                ${writes ? 'with zeroes for the rest' : 'and let go of what was not read'}</label>
            </form>
            <form @submit=${limit}>
              <label>Rate limit <input name="rateLimit" placeholder="no limit" size="8"
                .defaultValue=${export_.rateLimit ? String(export_.rateLimit) : ''}
                aria-invalid=${open.problem ? 'true' : 'false'} aria-describedby="action-problem"></label>
              <button>Change</button>
            </form>`}
      <button class="danger" @click=${remove}>Delete …</button>
      <p id="action-problem" class="error" role="alert">${open.problem?.message ?? ''}</p>
      <p role="status">${open.done ?? ''}</p>
      <dialog id="delete" aria-labelledby="delete-title" @close=${closed}>
        <form method="dialog">
          <h2 id="delete-title">Delete ${export_.name}?</h2>
          <p>${hasEnded(export_)
            ? 'How it ended is forgotten.'
            : 'Its stream ends at once, and is not complete.'}</p>
          <button value="">Keep it</button>
          <button class="danger" value="delete">Delete ${export_.name}</button>
        </form>
      </dialog>
    </section>`;
}

function ends(export_) {
  if (hasEnded(export_)) {
    return nothing;
  }
  const lines = (title, all) =>
    all.length === 0
      ? nothing
      : html`<h2>${title}</h2>${all.map(({what, line}) => html`<h3>${what}</h3>${copyable(what, line)}`)}`;
  return html`${lines('The client', forClient(export_))}${lines('The peer', forPeer(export_))}`;
}

/** A field as people read it. */
function shown(name, value) {
  if (name === 'rateLimit') {
    return value ? speed(value) : 'no limit';
  }
  if (SIZES.has(name)) {
    return `${bytes(value)} (${value})`;
  }
  if (TIMES.has(name)) {
    return period(value);
  }
  if (name.endsWith('At')) {
    return clock(value);
  }
  if (name === 'throughput') {
    return speed(value);
  }
  if (name === 'remainingSeconds') {
    return duration(value);
  }
  if (Array.isArray(value)) {
    return value.join(', ');
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Everything that the API tells of it, apart from its events. */
function facts(export_) {
  const known = Object.entries(export_).filter(
    ([name, value]) => name !== 'events' && value !== null && value !== '',
  );
  return html`
    <h2>All fields</h2>
    <div class="wide" role="region" aria-label="All fields" tabindex="0"><table class="facts"><tbody>
      ${known.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${shown(name, value)}</td></tr>`)}
    </tbody></table></div>`;
}
