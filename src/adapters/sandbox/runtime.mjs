// The one script of the bare realm (bundled to dist/sandbox/runtime.js): its globals first, since Pyodide
// looks at them while its modules are evaluated; then Pyodide; then what the host may call.
// biome-ignore-all assist/source/organizeImports: the order is the point
import './inside/globals.ts';
import { loadPyodide, version } from 'pyodide';
import createPyodideModule from 'pyodide/pyodide.asm.mjs';
import { inside } from './inside/boot.ts';

// Taken, and deleted, by the host before anything else runs (see realm.ts).
globalThis.__canari = inside({ version, loadPyodide, createPyodideModule });
