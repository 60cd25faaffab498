export { stringify as toYaml } from 'yaml';
export { compilePack } from '../adapters/compileBank.ts';
