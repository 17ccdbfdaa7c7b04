// Server-Sent Events, by fetch: EventSource cannot send a token.

import {send} from './api.js';

const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 15000;
/** A service that has missed three heartbeats is lost; it says of how many seconds. */
const HEARTBEAT = 'Sluice-Heartbeat';
const USUAL_HEARTBEAT = 15;
const MISSED = 3;
const SLACK = 5000;

/** Splits what comes into events: {type, data, id}. */
export async function* parse(chunks) {
  const decoder = new TextDecoder();
  let text = '';
  let event = {};
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, {stream: true});
    const lines = text.split('\n');
    text = lines.pop();
    for (const line of lines) {
      if (line === '') {
        yield event;
        event = {};
        continue;
      }
      const at = line.indexOf(':');
      const field = at < 0 ? line : line.slice(0, at);
      const value = at < 0 ? '' : line.slice(at + 1).replace(/^ /, '');
      if (field === 'event') {
        event.type = value;
      } else if (field === 'data') {
        event.data = event.data === undefined ? value : `${event.data}\n${value}`;
      } else if (field === 'id') {
        event.id = value;
      }
    }
  }
}

async function* chunksOf(response, alive) {
  const reader = response.body.getReader();
  for (;;) {
    const {done, value} = await reader.read();
    if (done) {
      return;
    }
    alive();
    yield value;
  }
}

/**
 * Subscribes to what becomes of all exports, until it is stopped; comes back by itself.
 *
 * @param on.event is given each event
 * @param on.connected is called when events come, and before the first one
 * @param on.lost is given why none come; returns whether to try again
 * @return what stops it
 */
export function subscribe(on) {
  let stopped = false;
  let last;
  let current;

  async function once() {
    current = new AbortController();
    let silence;
    let heartbeat = USUAL_HEARTBEAT;
    const alive = () => {
      clearTimeout(silence);
      silence = setTimeout(() => current.abort(), MISSED * heartbeat * 1000 + SLACK);
    };
    try {
      alive();
      const headers = {Accept: 'text/event-stream'};
      if (last) {
        headers['Last-Event-ID'] = last;
      }
      const response = await send('GET', 'exports/events', {headers, signal: current.signal});
      heartbeat = Number(response.headers.get(HEARTBEAT)) || USUAL_HEARTBEAT;
      alive();
      on.connected();
      for await (const event of parse(chunksOf(response, alive))) {
        last = event.id ?? last;
        if (event.type) {
          on.event(event.type, JSON.parse(event.data));
        }
      }
    } finally {
      clearTimeout(silence);
    }
  }

  async function always() {
    let pause = FIRST_PAUSE;
    while (!stopped) {
      const began = Date.now();
      let why;
      try {
        await once();
      } catch (e) {
        why = e;
      }
      if (stopped || !on.lost(why)) {
        return;
      }
      pause = Date.now() - began > LONGEST_PAUSE ? FIRST_PAUSE : Math.min(2 * pause, LONGEST_PAUSE);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  always();
  return () => {
    stopped = true;
    current?.abort();
  };
}
