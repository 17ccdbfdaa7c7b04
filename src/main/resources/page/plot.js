// Pictures of how fast a stream was.

import {nothing, svg} from './lib/lit-html/lit-html.js';
import uPlot from './lib/uplot/dist/uPlot.esm.js';
import {speed} from './words.js';

const WIDTH = 80;
const HEIGHT = 18;
const MINUTE = 60000;
const TALL = 220;

/** The last minute as a small line; its words are in the cell beside it. */
export function spark(samples) {
  if (samples.length < 2) {
    return nothing;
  }
  const now = Date.now();
  const most = Math.max(1, ...samples.map(([, value]) => value));
  const points = samples
    .map(([at, value]) => {
      const x = WIDTH - ((now - at) / MINUTE) * WIDTH;
      const y = HEIGHT - 1 - (value / most) * (HEIGHT - 2);
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join(' ');
  return svg`<svg class="spark" viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true"><polyline points=${points} /></svg>`;
}

const times = (_, all) => all.map((at) => new Date(at * 1000).toLocaleTimeString());

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** The plot of a stream's whole life, in an element that it owns until it is closed. */
export class Life {
  #element;
  #plot;
  #data = [[], []];
  #dark = matchMedia('(prefers-color-scheme: dark)');
  #recolor = () => {
    this.#plot.destroy();
    this.#draw();
  };
  #resized = new ResizeObserver(() =>
    this.#plot.setSize({width: this.#element.clientWidth, height: TALL}),
  );

  constructor(element) {
    this.#element = element;
    this.#draw();
    this.#dark.addEventListener('change', this.#recolor);
    this.#resized.observe(element);
  }

  #draw() {
    const axis = {stroke: color('--text'), grid: {stroke: color('--line')}, ticks: {stroke: color('--line')}};
    this.#plot = new uPlot(
      {
        width: this.#element.clientWidth,
        height: TALL,
        legend: {show: false},
        cursor: {show: false},
        scales: {y: {range: (_, __, most) => [0, Math.max(1, most)]}},
        axes: [{...axis, space: 90, values: times}, {...axis, size: 90, values: (_, all) => all.map((value) => speed(value))}],
        series: [{}, {stroke: color('--accent'), fill: color('--faint'), width: 2}],
      },
      this.#data,
      this.#element,
    );
  }

  show(samples) {
    this.#data = [samples.map(([at]) => at / 1000), samples.map(([, value]) => value)];
    this.#plot.setData(this.#data);
  }

  close() {
    this.#dark.removeEventListener('change', this.#recolor);
    this.#resized.disconnect();
    this.#plot.destroy();
  }
}

/** The same in words, for those who see no picture. */
export function summary(samples) {
  if (samples.length === 0) {
    return 'It has not begun.';
  }
  const values = samples.map(([, value]) => value);
  return `Between ${speed(Math.min(...values))} and ${speed(Math.max(...values))}. Of the time before this page was open, it is the average.`;
}
