export { createPythonSandbox } from '../adapters/sandbox/python.ts';
export { runChecks } from '../core/checks/runChecks.ts';
