// Runs inside the extension host of a real VS Code: `run` is called by the editor, and its results are written
// where the runner reads them.
import * as fs from 'node:fs';
import * as path from 'node:path';
import Mocha from 'mocha';

interface Results {
  passed: number;
  failed: number;
  skipped: number;
  failures: { title: string; message: string }[];
}

export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 30_000 });
  // A word of a title, for running a few.
  const only = process.env['CANARI_HOST_ONLY'];
  if (only) mocha.grep(only);
  mocha.suite.emit('pre-require', globalThis, 'host', mocha);
  if (process.env['CANARI_HOST_SUITE'] === 'restricted') {
    await import('./suites/restricted.ts');
  } else {
    await import('./suites/surfaces.ts');
    await import('./suites/offline.ts');
    await import('./suites/openai.ts');
    await import('./suites/editorModel.ts');
    await import('./suites/afterGrade.ts');
    await import('./suites/evidence.ts');
    await import('./suites/exercises.ts');
    await import('./suites/drill.ts');
    await import('./suites/studyLoop.ts');
    await import('./suites/interview.ts');
    await import('./suites/interviewMode.ts');
    await import('./suites/portfolio.ts');
    await import('./suites/badInput.ts');
    // The last one: it deletes every record of the run.
    await import('./suites/data.ts');
  }
  const results: Results = { passed: 0, failed: 0, skipped: 0, failures: [] };
  await new Promise<void>((resolve) => {
    mocha
      .run(() => resolve())
      .on('pass', (test) => {
        results.passed += 1;
        console.log(`${test.duration ?? 0} ms ${test.fullTitle()}`);
      })
      .on('pending', () => {
        results.skipped += 1;
      })
      .on('fail', (test, error: Error) => {
        results.failed += 1;
        results.failures.push({ title: test.fullTitle(), message: error.stack ?? error.message });
        console.error(`✕ ${test.fullTitle()}\n${error.stack ?? error.message}`);
      });
  });
  const output = process.env['CANARI_HOST_RESULTS'] ?? path.join(__dirname, 'host-results.json');
  fs.mkdirSync(path.dirname(output), { recursive: true });
  fs.writeFileSync(output, JSON.stringify(results));
  if (results.failed > 0) throw new Error(`${results.failed} of ${results.passed + results.failed} failed`);
}
