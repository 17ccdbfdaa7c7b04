// What is known of the exports, and how fast each one was.

import {root, token} from './api.js';
import {subscribe} from './events.js';
import {comeBack, isBack} from './openid.js';

const MINUTE = 60000;
/** Of less than this, in milliseconds, an average says nothing. */
const SHORT = 2000;
/** Of a stream's whole life: with twice as many, every other one is dropped. */
const MOST_SAMPLES = 2000;

const ENDED = new Set(['COMPLETED', 'FAILED', 'CANCELLED']);

export const hasEnded = (export_) => ENDED.has(export_.state);

/** Of the time that this page has not seen, only the average is known. */
function before(export_) {
  const from = Date.parse(export_.startedAt);
  const to = hasEnded(export_) ? Date.parse(export_.endedAt) : Date.now();
  if (to - from < SHORT && !hasEnded(export_)) {
    return [];
  }
  const average = to > from ? (1000 * export_.position) / (to - from) : 0;
  return [
    [from, average],
    [to, average],
  ];
}

/** Exports by their ids, each with `samples`: [milliseconds, bytes per second]. */
export class Store {
  exports = new Map();
  samples = new Map();
  /** 'connecting', 'live', 'lost' or 'refused'. */
  connection = 'connecting';
  /** How often it was made; what was asked for before the last time may be old. */
  connections = 0;
  /** Why it is lost or refused. */
  problem = null;
  /** What the caller may do: 'operator', 'viewer' or less; null while that is not known. */
  role = null;
  /** Where people can sign in; null if with a token alone. */
  openid = null;
  /** Why nobody came back from there with a token. */
  signInProblem = null;
  #listeners = new Set();
  #stop = () => {};
  #told = false;

  /** Calls this after changes, at most once for each picture that is drawn. */
  onChange(listener) {
    this.#listeners.add(listener);
  }

  #changed() {
    if (!this.#told) {
      this.#told = true;
      requestAnimationFrame(() => {
        this.#told = false;
        this.#listeners.forEach((listener) => listener());
      });
    }
  }

  /** Begins, perhaps with the token that a provider has for whoever comes back from it. */
  async open() {
    if (isBack()) {
      try {
        this.openid = (await root(true)).openid;
        token.set(await comeBack(this.openid));
      } catch (e) {
        this.signInProblem = e.message;
      }
    }
    this.start();
  }

  /** Begins anew, with another token. */
  start() {
    this.#stop();
    this.#reset();
    this.connection = 'connecting';
    this.#stop = subscribe({
      connected: () => {
        this.connections++;
        this.#connect('live', null);
      },
      event: (type, data) => this.#take(type, data),
      lost: (why) => {
        const refused = why?.status === 401 || why?.status === 403;
        this.#connect(refused ? 'refused' : 'lost', why ?? null);
        return !refused;
      },
    });
    this.#changed();
  }

  #connect(connection, problem) {
    if (connection !== this.connection) {
      this.#ask(connection);
    }
    this.connection = connection;
    this.problem = problem;
    this.#changed();
  }

  /** What whoever asks may do, or where to sign in. */
  async #ask(connection) {
    if (connection === 'lost') {
      return;
    }
    try {
      const {role, openid} = await root(connection === 'refused');
      Object.assign(this, {role, openid});
      if (connection === 'live') {
        this.signInProblem = null;
      }
    } catch {
      this.role = null; // the events say what is wrong
    }
    this.#changed();
  }

  #reset() {
    this.exports.clear();
    this.samples.clear();
  }

  #take(type, data) {
    if (type === 'reset') {
      this.#reset();
    } else if (type === 'deleted') {
      this.exports.delete(data.id);
      this.samples.delete(data.id);
    } else if (type === 'export' || type === 'progress') {
      const known = {...this.exports.get(data.id), ...data};
      this.exports.set(data.id, known);
      this.#sample(known);
    }
    this.#changed();
  }

  #sample(export_) {
    if (!export_.startedAt) {
      return;
    }
    const samples = this.samples.get(export_.id) ?? [];
    if (samples.length === 0) {
      samples.push(...before(export_));
    }
    if (!hasEnded(export_)) {
      samples.push([Date.now(), export_.throughput ?? 0]);
    } else if (samples.at(-1)[0] < Date.parse(export_.endedAt)) {
      samples.push([Date.parse(export_.endedAt), 0]);
    }
    this.samples.set(
      export_.id,
      samples.length > MOST_SAMPLES ? samples.filter((_, i) => i % 2 === 0) : samples,
    );
  }

  /** One by its name or id. */
  find(word) {
    return (
      this.exports.get(word) ?? [...this.exports.values()].find((export_) => export_.name === word)
    );
  }

  /** What was measured in the last minute. */
  lastMinute(id) {
    const from = Date.now() - MINUTE;
    return (this.samples.get(id) ?? []).filter(([at]) => at >= from);
  }
}
