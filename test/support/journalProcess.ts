import { type ChildProcess, spawn } from 'node:child_process';
import * as path from 'node:path';
import { build } from 'esbuild';

/** What a writer said so far. */
export interface Said {
  /** Ids that were acknowledged. */
  readonly acknowledged: string[];
  readonly lines: string[];
}

export interface Writer {
  readonly child: ChildProcess;
  readonly said: Said;
  /** Resolves when it has ended and everything that it said was read. */
  readonly ended: Promise<number | null>;
}

/** The writers' program, built into a folder. */
export async function buildWriter(folder: string): Promise<string> {
  const outfile = path.join(folder, 'journalWriter.mjs');
  const entryPoints = ['test/support/journalWriter.ts'];
  await build({ entryPoints, outfile, bundle: true, format: 'esm', platform: 'node', logLevel: 'warning' });
  return outfile;
}

/** Starts a process and hears it out, line by line. */
export function listen(
  command: string,
  args: readonly string[],
  onLine: (line: string, child: ChildProcess) => void = () => {},
): Writer {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const said: Said = { acknowledged: [], lines: [] };
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      said.lines.push(line.trim());
      const [word, id] = line.split(' ');
      if (word === 'ack' && id) said.acknowledged.push(id);
      onLine(line.trim(), child);
    }
  });
  return { child, said, ended: new Promise((resolve) => child.on('close', resolve)) };
}
