// Numbers and states as people read them.

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];

export function bytes(count) {
  if (count === null || count === undefined) {
    return '';
  }
  let unit = 0;
  let number = count;
  while (number >= 1024 && unit < UNITS.length - 1) {
    number /= 1024;
    unit++;
  }
  return `${unit === 0 || number >= 100 ? Math.round(number) : number.toFixed(1)} ${UNITS[unit]}`;
}

export const speed = (perSecond) =>
  perSecond === null || perSecond === undefined ? '' : `${bytes(perSecond)}/s`;

export function duration(seconds) {
  if (seconds === null || seconds === undefined) {
    return '';
  }
  const whole = Math.max(0, Math.round(seconds));
  const parts = [
    [Math.floor(whole / 86400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ];
  const first = parts.findIndex(([number]) => number > 0);
  return first < 0
    ? '0 s'
    : parts
        .slice(first, first + 2)
        .filter(([number]) => number > 0)
        .map(([number, unit]) => `${number} ${unit}`)
        .join(' ');
}

export const since = (time) => duration((Date.now() - Date.parse(time)) / 1000);

export const clock = (time) => new Date(time).toLocaleString();

/** From 0 to 100; null without a size. */
export function percent(export_) {
  return export_.size ? Math.min(100, (100 * export_.position) / export_.size) : null;
}

/** ISO 8601 as the service has it, in words; PT0S is no limit. */
export function period(iso) {
  const match = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?$/.exec(iso ?? '');
  if (!match) {
    return iso ?? '';
  }
  const [, hours = 0, minutes = 0, seconds = 0] = match;
  const all = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return all === 0 ? 'no limit' : all < 1 ? `${all * 1000} ms` : duration(all);
}

export const labels = (export_) =>
  Object.entries(export_.labels ?? {}).map(([key, value]) => `${key}=${value}`);

/** What to do about a failure; the first that fits. */
const ADVICE = [
  [/opened by \d+ processes|more than one process/, 'See to it that one process alone opens the FIFO, and end those that are left from before. Then make the export again.'],
  [/of an earlier writer/, 'End the programs that use the FIFO, and delete it. Then make the export again.'],
  [/removed or replaced|(place of the FIFO|endpoint's place)/, 'Delete the export, and make it again.'],
  [/the service (was stopped|ended)|after a restart/, 'The service was stopped under the stream. Make the export again, and start both programs again.'],
  [/the lifetime of/, 'Make the export again with a longer lifetime.'],
  [/had to be filled|no room for it as long as/, 'The client writes out of order. Make the export again with a larger reorder window.'],
  [/input (ended|goes on)/, 'The peer gives another number of bytes than the size says. Make the export again with the right size, or without one.'],
  [/no peer |nobody has opened/, 'Start the peer before the client, or make the export again with a longer peer timeout.'],
  [/no client went on/, 'The client was lost. Make the export again, and start both programs again; with a longer resume timeout a client has more time to come back.'],
  [/stood still|did nothing|brought nothing new/, 'Look why the client or the peer stood still. Then make the export again.'],
  [/closed|left|hung up|broke|cut off/, 'Look why the client or the peer ended. Then make the export again, and start both again.'],
];

export function advice(failure) {
  const found = ADVICE.find(([pattern]) => pattern.test(failure ?? ''));
  return found ? found[1] : 'Make the export again, and start both programs again.';
}

/** One word of a shell command. */
export const quote = (word) =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
