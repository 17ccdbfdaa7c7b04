// Makes an export.

import {html, nothing} from './lib/lit-html/lit-html.js';
import {json} from './api.js';
import {forMaking} from './commands.js';
import {copyable} from './detail.js';
import {bodyOf, COMMON, FIELDS} from './fields.js';

const state = {errors: [], problem: null, body: {direction: 'write'}, busy: false};

export function form(redraw) {
  const changed = (event) => {
    state.body = bodyOf(new FormData(event.currentTarget));
    redraw();
  };
  const submit = async (event) => {
    event.preventDefault();
    const element = event.currentTarget;
    Object.assign(state, {errors: [], problem: null, busy: true, body: bodyOf(new FormData(element))});
    redraw();
    try {
      const made = await json('POST', 'exports', state.body);
      element.reset();
      state.body = {direction: 'write'};
      if (made.data?.url?.includes('ticket=')) {
        state.ticket = made.data.url; // it is shown once
      } else {
        location.hash = `#/exports/${encodeURIComponent(made.id)}`;
      }
    } catch (e) {
      state.problem = e;
      state.errors = e.errors ?? [];
    }
    state.busy = false;
    redraw();
    document.querySelector('[aria-invalid=true], #problem')?.focus();
  };
  const isShown = (error) => FIELDS.some(([name]) => isAbout(error, name));
  const elsewhere = state.errors.length === 0 || !state.errors.every(isShown);
  return html`
    <h1>Make an export</h1>
    ${state.ticket ? ticket(state, redraw) : nothing}
    <form class="make" novalidate @input=${changed} @submit=${submit}>
      ${FIELDS.slice(0, COMMON).map(field)}
      <details ?open=${FIELDS.slice(COMMON).some(([name]) => errorOf(name))}>
        <summary>More</summary>
        ${FIELDS.slice(COMMON).map(field)}
      </details>
      ${state.problem && elsewhere
        ? html`<p id="problem" class="error" role="alert" tabindex="-1">${state.problem.message}</p>`
        : nothing}
      <h2>The same by curl</h2>
      ${copyable('curl', forMaking(state.body))}
      <button class="main" ?disabled=${state.busy}>Make it</button>
    </form>`;
}

function ticket(state, redraw) {
  const done = () => {
    state.ticket = null;
    location.hash = '#/';
    redraw();
  };
  return html`
    <section class="note" aria-label="Ticket">
      <p>The export is made. This address is secret and is not shown again:</p>
      ${copyable('the address', state.ticket)}
      <button @click=${done}>I have it</button>
    </section>`;
}

const isAbout = (error, name) => error.field === name || error.field?.startsWith(`${name}.`);

const errorOf = (name) => state.errors.find((error) => isAbout(error, name));

function field([name, kind, title, help]) {
  const error = errorOf(name);
  const described = error ? `${name}-help ${name}-error` : `${name}-help`;
  return html`
    <div class="field">
      <label for=${name}>${title}</label>
      ${input(name, kind, described, error !== undefined)}
      <small id="${name}-help">${help}</small>
      ${error ? html`<p id="${name}-error" class="error">${error.detail}</p>` : nothing}
    </div>`;
}

function input(name, kind, described, wrong) {
  if (Array.isArray(kind)) {
    return html`<select id=${name} name=${name} aria-describedby=${described} aria-invalid=${wrong}>
      ${kind.map((value) => html`<option value=${value}>${value === '' ? 'none' : value}</option>`)}
    </select>`;
  }
  if (kind === 'lines') {
    return html`<textarea id=${name} name=${name} rows="2" spellcheck="false" aria-describedby=${described} aria-invalid=${wrong}></textarea>`;
  }
  if (kind === 'flag') {
    return html`<input type="checkbox" id=${name} name=${name} value="true" aria-describedby=${described} aria-invalid=${wrong}>`;
  }
  return html`<input id=${name} name=${name} autocomplete="off" spellcheck="false" aria-describedby=${described} aria-invalid=${wrong}>`;
}
