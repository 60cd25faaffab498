import { Child, type Launch } from './process.ts';

const PROBE_MS = 10_000;

// Code from strings off in the child itself too, and a small JavaScript heap: the interpreter's memory is
// WebAssembly's, which has limits of its own.
const V8_FLAGS = ['--disallow-code-generation-from-strings', '--max-old-space-size=256'];

// Node's permission model: reading the runtime and the snapshot, and nothing else of files, no other
// process, no worker, no addon. It does not cover the network; the realm does.
const permissionFlags = (flag: string, readable: readonly string[]) => [
  '--no-warnings',
  flag,
  ...readable.map((dir) => `--allow-fs-read=${dir}`),
];

/** Flag sets from the strictest to none: which one a binary takes is found by trying. */
export function flagLadder(readable: readonly string[]): readonly (readonly string[])[] {
  return [
    [...V8_FLAGS, ...permissionFlags('--permission', readable)],
    [...V8_FLAGS, ...permissionFlags('--experimental-permission', readable)],
    V8_FLAGS,
    [],
  ];
}

/**
 * The strictest flags that this binary starts with. They are a second wall: under Electron some may be
 * refused or do nothing, and the realm has to hold without them.
 */
export async function probeFlags(
  launch: Omit<Launch, 'flags'>,
  readable: readonly string[],
): Promise<{ readonly flags: readonly string[]; readonly permission: boolean }> {
  let fallback: readonly string[] | undefined;
  for (const flags of flagLadder(readable)) {
    const child = new Child({ ...launch, flags }, 'probe', {});
    const timer = setTimeout(() => child.kill(), PROBE_MS);
    try {
      const { permission } = await child.ready;
      const asked = flags.some((flag) => flag.endsWith('permission'));
      if (permission || !asked) return { flags: fallback ?? flags, permission };
      // Started, but the model is not active: remembered, unless the older flag does better.
      fallback ??= flags;
    } catch {
      // Not known to this binary: the next set asks for less.
    } finally {
      clearTimeout(timer);
      child.kill();
      await child.ended;
    }
  }
  return { flags: fallback ?? [], permission: false };
}
