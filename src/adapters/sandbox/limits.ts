// What the parent, the child and the inside of the realm agree on: ceilings, exit codes, file names.

/** WebAssembly pages (64 KiB each) that the interpreter may hold: 512 MB. */
export const WASM_PAGES = 8192;

/** Pages that V8 grants any WebAssembly memory of the child: the backstop of `WASM_PAGES`. */
export const V8_WASM_PAGES = 16_384;

/** Resident bytes of the child, measured while the program runs; above, it exits with `EXIT_MEMORY`. */
export const RESIDENT_BYTES = 900_000_000;

/** Milliseconds between two looks at the resident size. */
export const MEMORY_CHECK_MS = 50;

/** Bytes kept of each of stdout and stderr; what follows is dropped, and the program interrupted once. */
export const STREAM_BYTES = 65_536;

/** Longest line of the protocol, in characters, in either direction. */
export const MESSAGE_CHARS = 2_000_000;

/** Most violations taken from one run. */
export const VIOLATIONS = 200;

/** Files that make up the sandbox, in its folder. */
export const RUNTIME_FILES = ['child.cjs', 'runtime.js', 'pyodide.asm.wasm', 'python_stdlib.zip'] as const;

/** Exit codes of the child that mean something to its parent. */
export const EXIT_MEMORY = 86;
export const EXIT_FATAL = 70;

/** How a run ended: the first character of what the realm answers, before the harness's JSON or a reason. */
export const ENDINGS = { ran: 'r', expired: 't', failed: 'f' } as const;

export type Ending = keyof typeof ENDINGS;
