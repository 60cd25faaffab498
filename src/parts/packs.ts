export { compilePack } from '../adapters/compileBank.ts';
