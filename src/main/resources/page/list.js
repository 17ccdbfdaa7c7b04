// The table of exports.

import {html, nothing} from './lib/lit-html/lit-html.js';
import {repeat} from './lib/lit-html/directives/repeat.js';
import {spark} from './plot.js';
import {hasEnded} from './store.js';
import {bytes, clock, duration, labels, percent, since, speed} from './words.js';

/** Rows on one page; more take long to draw. */
const ROWS = 100;

/** So many that have ended fold away by themselves. */
const FOLDED = 20;

const STATES = ['WAITING', 'STREAMING', 'INTERRUPTED', 'COMPLETED', 'FAILED', 'CANCELLED'];

const COLUMNS = [
  ['name', 'Name', (e) => e.name ?? e.id],
  ['direction', 'Direction', (e) => e.direction],
  ['state', 'State', (e) => STATES.indexOf(e.state)],
  ['progress', 'Progress', (e) => percent(e) ?? -1],
  ['throughput', 'Speed', (e) => e.throughput ?? -1],
  ['left', 'Time left', (e) => e.remainingSeconds ?? Infinity],
  ['attached', 'Attached', (e) => e.clients ?? -1],
  ['createdAt', 'Age', (e) => -Date.parse(e.createdAt)],
];

/** Where several pods share their exports. */
const POD = ['pod', 'Pod', (e) => e.pod ?? ''];

const columns = (pods) => (pods ? [...COLUMNS.slice(0, -1), POD, COLUMNS.at(-1)] : COLUMNS);

/** What somebody wants to see; of the list alone, so it is lost with the tab. */
const view = {text: '', state: '', direction: '', label: '', ended: null, sort: 'createdAt', down: false, page: 0};

export const word = (state) => html`<span class="state ${state.toLowerCase()}">${state}</span>`;

export function bar(export_) {
  const part = percent(export_);
  return html`
    <div class="progress">
      ${part === null
        ? nothing
        : html`<progress max="100" .value=${part} aria-label="Progress of ${export_.name ?? export_.id}"></progress>`}
      <span>${bytes(export_.position)}${part === null ? nothing : ` of ${bytes(export_.size)}, ${Math.floor(part)} %`}</span>
    </div>`;
}

/** Whether a client is there, and a peer as far as it is known. */
function attached(export_) {
  if (export_.clients === null) {
    return ''; // another pod knows
  }
  const clients = export_.clients === 1 ? '1 client' : `${export_.clients} clients`;
  if (hasEnded(export_)) {
    return export_.clients > 0 ? clients : '';
  }
  const missing = /peer/.test(export_.waitingFor ?? '');
  return `${clients}, ${missing ? 'no peer' : export_.state === 'WAITING' ? 'peer unknown' : 'peer'}`;
}

function matches(export_) {
  const own = labels(export_);
  const text = view.text.trim().toLowerCase();
  return (
    (!view.state || export_.state === view.state) &&
    (!view.direction || export_.direction === view.direction) &&
    (!view.label || own.some((label) => label.includes(view.label.trim()))) &&
    (!text ||
      [export_.name, export_.id, export_.path, export_.pod, export_.failure, export_.waitingFor, ...own].some(
        (value) => value?.toLowerCase().includes(text),
      ))
  );
}

function sorted(exports) {
  const key = columns(true).find(([name]) => name === view.sort)[2];
  const sign = view.down ? -1 : 1;
  const compare = (a, b) => {
    const [x, y] = [key(a), key(b)];
    return x < y ? -sign : x > y ? sign : a.id < b.id ? -1 : 1;
  };
  return exports.sort(compare);
}

/** @param redraw draws the page again */
export function list(store, redraw) {
  const set = (change) => {
    Object.assign(view, {page: 0}, change);
    redraw();
  };
  const all = [...store.exports.values()];
  const pods = all.some((e) => e.pod);
  const found = all.filter(matches);
  const going = sorted(found.filter((e) => !hasEnded(e)));
  const ended = sorted(found.filter(hasEnded));
  const open = view.ended ?? ended.length <= FOLDED;
  const shown = open ? [...going, ...ended] : going;
  const pages = Math.max(1, Math.ceil(shown.length / ROWS));
  const page = Math.min(view.page, pages - 1);
  const rows = shown.slice(page * ROWS, (page + 1) * ROWS);
  return html`
    <h1>Exports</h1>
    ${filters(set, going.length, ended.length, open)}
    ${store.exports.size === 0 ? empty(store) : nothing}
    ${store.exports.size > 0 && shown.length === 0 ? html`<p>No export is like this.</p>` : nothing}
    ${rows.length === 0
      ? nothing
      : html`
          <div class="wide" role="region" aria-label="Exports" tabindex="0">
            <table>
              <thead><tr>${columns(pods).map((column) => heading(column, set))}</tr></thead>
              <tbody>${repeat(rows, (e) => e.id, (e) => row(e, store, pods))}</tbody>
            </table>
          </div>`}
    ${pages === 1
      ? nothing
      : html`
          <nav class="pages" aria-label="Pages of the list">
            <button ?disabled=${page === 0} @click=${() => set({page: page - 1})}>Back</button>
            <span>Page ${page + 1} of ${pages}</span>
            <button ?disabled=${page === pages - 1} @click=${() => set({page: page + 1})}>Next</button>
          </nav>`}`;
}

function empty(store) {
  return store.connection === 'live'
    ? html`<p>There is no export. ${store.role === 'viewer' ? nothing : html`<a href="#/new">Make one.</a>`}</p>`
    : html`<p>Nothing is known yet.</p>`;
}

function filters(set, going, ended, open) {
  const change = (name) => (event) => set({[name]: event.target.value});
  const option = (value, text, now) => html`<option value=${value} ?selected=${value === now}>${text}</option>`;
  return html`
    <form class="filters" role="search" @submit=${(event) => event.preventDefault()}>
      <label>Text <input type="search" name="text" .value=${view.text} @input=${change('text')}></label>
      <label>State
        <select name="state" @change=${change('state')}>
          ${option('', 'all', view.state)} ${STATES.map((state) => option(state, state, view.state))}
        </select></label>
      <label>Direction
        <select name="direction" @change=${change('direction')}>
          ${option('', 'both', view.direction)} ${option('write', 'write', view.direction)}
          ${option('read', 'read', view.direction)}
        </select></label>
      <label>Label <input name="label" placeholder="key=value" .value=${view.label} @input=${change('label')}></label>
      <label class="check"><input type="checkbox" name="ended" .checked=${open}
        @change=${(event) => set({ended: event.target.checked})}> with ${ended} that ended</label>
      <span role="status">${going} not ended</span>
    </form>`;
}

function heading([name, text], set) {
  const here = view.sort === name;
  return html`
    <th scope="col" aria-sort=${here ? (view.down ? 'descending' : 'ascending') : 'none'}>
      <button @click=${() => set({sort: name, down: here && !view.down})}>${text}${here
        ? html`<span aria-hidden="true">${view.down ? ' ▾' : ' ▴'}</span>`
        : nothing}</button>
    </th>`;
}

function row(export_, store, pods) {
  return html`
    <tr class=${hasEnded(export_) ? 'ended' : ''}>
      <th scope="row"><a href="#/exports/${encodeURIComponent(export_.id)}">${export_.name ?? export_.id}</a>
        ${labels(export_).map((label) => html`<span class="label">${label}</span>`)}</th>
      <td>${export_.direction}</td>
      <td>${word(export_.state)}</td>
      <td>${bar(export_)}</td>
      <td class="speed">${hasEnded(export_) ? nothing : spark(store.lastMinute(export_.id))} ${speed(export_.throughput)}</td>
      <td>${duration(export_.remainingSeconds)}</td>
      <td>${attached(export_)}</td>
      ${pods ? html`<td>${export_.pod}</td>` : nothing}
      <td title=${clock(export_.createdAt)}>${since(export_.createdAt)}</td>
    </tr>`;
}
