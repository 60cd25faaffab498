import * as path from 'node:path';

/** Parts of the extension host that are loaded on first use, each a bundle of its own (`src/parts`). */
export interface Parts {
  readonly checks: typeof import('./parts/checks.ts');
  readonly grading: typeof import('./parts/grading.ts');
  readonly flows: typeof import('./parts/flows.ts');
  readonly openai: typeof import('./parts/openai.ts');
  readonly packs: typeof import('./parts/packs.ts');
  readonly pages: typeof import('./parts/pages.ts');
  readonly study: typeof import('./parts/study.ts');
}

/** Parts load each other too: they lie in one folder. */
const FOLDER = path.basename(__dirname) === 'parts' ? __dirname : path.join(__dirname, 'parts');

export function load<Name extends keyof Parts>(name: Name): Parts[Name] {
  return require(path.join(FOLDER, `${name}.cjs`)) as Parts[Name];
}
