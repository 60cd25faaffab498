// Pyodide as one would load it in Node, with no sandbox: what the escape battery is measured against.
// Reads a Python program on stdin, runs it, and stays a moment for what settles later.
import { createRequire } from 'node:module';
import path from 'node:path';
import { loadPyodide } from 'pyodide';

const indexURL = `${path.dirname(createRequire(import.meta.url).resolve('pyodide/package.json'))}/`;
let source = '';
for await (const chunk of process.stdin) source += chunk;
const pyodide = await loadPyodide({ indexURL });
const print = (text) => process.stdout.write(`${text}\n`);
pyodide.setStdout({ batched: print });
pyodide.setStderr({ batched: print });
try {
  pyodide.runPython(source);
} catch (error) {
  print(String(error));
}
setTimeout(() => process.exit(0), 300);
