// What the person at the terminal sees of a long step: one line with its time; a spinner only on a terminal.
const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/** Without a terminal, a step that takes longer than this says so, and again as often. */
const remindMs = 20_000;

/** An error whose message is meant for the person who ran the command: no stack is shown. */
export class UserError extends Error {
  /**
   * @param {string} message what went wrong
   * @param {string} next what to do about it
   */
  constructor(message, next) {
    super(`${message}\n  ${next}`);
    this.name = 'UserError';
  }
}

/** @param {number} ms */
export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/** @param {string} text */
export function say(text) {
  process.stderr.write(`${process.stderr.isTTY ? '\r\x1b[K' : ''}${text}\n`);
}

/** The steps under way, and when each began: several may run at once. @type {Map<string, number>} */
const active = new Map();
/** @type {NodeJS.Timeout | undefined} */
let spinner;
let frame = 0;

/** @param {number} started */
const since = (started) => seconds(performance.now() - started);

function draw() {
  const titles = [...active].map(([title, started]) => `${title}  ${since(started)}`).join('  ·  ');
  const width = (process.stderr.columns || 80) - 3;
  process.stderr.write(`\r\x1b[K${frames[frame++ % frames.length]} ${titles.slice(0, width)}`);
}

/**
 * Runs one long step and shows how long it takes.
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const out = process.stderr;
  const started = performance.now();
  active.set(title, started);
  if (out.isTTY) spinner ??= setInterval(draw, 100);
  const reminder = out.isTTY ? undefined : setInterval(() => say(`  ${title} … ${since(started)}`), remindMs);
  /** @param {string} mark */
  const end = (mark) => {
    clearInterval(reminder);
    active.delete(title);
    if (active.size === 0) {
      clearInterval(spinner);
      spinner = undefined;
    }
    say(`${mark} ${title}  ${since(started)}`);
  };
  try {
    const result = await work();
    end('✓');
    return result;
  } catch (error) {
    end('✗');
    throw error;
  }
}

/**
 * The last lines of a command's output, for an error message.
 * @param {string} output
 * @param {number} [count]
 */
export function lastLines(output, count = 12) {
  return output.trimEnd().split('\n').slice(-count).join('\n');
}
