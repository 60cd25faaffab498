import * as path from 'node:path';

/** Parts of the extension host that are loaded on first use, each a bundle of its own (`src/parts`). */
export interface Parts {
  readonly checks: typeof import('./parts/checks.ts');
  readonly grading: typeof import('./parts/grading.ts');
  readonly openai: typeof import('./parts/openai.ts');
  readonly packs: typeof import('./parts/packs.ts');
}

export function load<Name extends keyof Parts>(name: Name): Parts[Name] {
  return require(path.join(__dirname, 'parts', `${name}.cjs`)) as Parts[Name];
}
