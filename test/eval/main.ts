// The evaluation on a terminal: `npm run eval`.
import * as readline from 'node:readline/promises';
import { systemClock } from '../../src/adapters/models/clock.ts';
import { EXIT, evaluate } from './evaluate.ts';
import { parseOptions, Trouble, USAGE } from './options.ts';

/** Without a terminal, the progress is told as often as this. */
const REMIND_MS = 30_000;

function terminal() {
  const isTerminal = process.stderr.isTTY;
  let told = 0;
  return {
    say: (text: string) => void process.stderr.write(`${isTerminal ? '\r\x1b[K' : ''}${text}\n`),
    status: (text: string) => {
      if (isTerminal) process.stderr.write(`\r\x1b[K${text}`);
      else if (text !== '' && Date.now() - told >= REMIND_MS) {
        told = Date.now();
        process.stderr.write(`${text}\n`);
      }
    },
  };
}

async function confirm(question: string, signal: AbortSignal): Promise<boolean> {
  const reader = readline.createInterface({ input: process.stdin, output: process.stderr });
  // In raw mode the terminal's Ctrl-C comes here and not as a signal.
  reader.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    return /^(y|yes|o|oui)$/i.test((await reader.question(question, { signal })).trim());
  } catch {
    return false;
  } finally {
    reader.close();
  }
}

/** Runs a command; resolves with its exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  if (argv.includes('--help') || argv.includes('-h')) {
    process.stdout.write(`${USAGE}\n`);
    return EXIT.ok;
  }
  const stop = new AbortController();
  // npm and the terminal both send it: the second one is no impatience.
  const onSignal = () => stop.abort();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal);
  const { say, status } = terminal();
  const canAsk = process.stdin.isTTY && process.stderr.isTTY;
  try {
    const options = parseOptions(argv);
    const { code } = await evaluate(options, {
      ...{ clock: systemClock, env: process.env, say, status, signal: stop.signal },
      ...(canAsk ? { confirm: (question: string) => confirm(question, stop.signal) } : {}),
    });
    return stop.signal.aborted ? EXIT.stopped : code;
  } catch (error) {
    if (stop.signal.aborted) return EXIT.stopped;
    if (!(error instanceof Trouble)) throw error;
    say(error.message);
    return EXIT.trouble;
  }
}
