// French typography of the bank: `node test/content/typography.mjs [--write] file…` lists or mends
// plain spaces before « : ; ? ! % » and straight apostrophes, in French texts only. It edits the source
// text of each scalar in place, so that comments and layout stay as written.
import { readFileSync, writeFileSync } from 'node:fs';
import { isMap, isScalar, parseDocument, visit } from 'yaml';

const NBSP = '\u00a0';

/** Mends one French text, leaving code spans, fences and addresses alone. */
export function mendFrench(text, { apostrophes = true } = {}) {
  return text
    .split(/(```[\s\S]*?```|`[^`\n]*`|https?:\/\/\S+)/)
    .map((part, i) => {
      if (i % 2 === 1) return part;
      let mended = part
        .replace(/(?<=\S) (?=[:;?!»%€])/g, NBSP)
        .replace(/« ?(?=\S)/g, `«${NBSP}`)
        .replace(/(?<=[\p{L}\p{N}.…])(?=»)/gu, NBSP);
      if (apostrophes) mended = mended.replace(/(?<=\p{L})'(?=[\p{L}«*_\x60]|$)/gu, '’');
      return mended;
    })
    .join('');
}

/** Mends every French scalar of a YAML source; terms under `accept` are compared folded and stay. */
export function mendYaml(source) {
  const doc = parseDocument(source);
  if (doc.errors.length > 0) throw doc.errors[0];
  const edits = [];
  visit(doc, {
    Pair(_, pair) {
      const key = isScalar(pair.key) ? pair.key.value : undefined;
      if (key === 'accept' || key === 'en' || key === 'url') return visit.SKIP;
      if (key === 'fr' && isScalar(pair.value) && pair.value.range) {
        const [start, end] = pair.value.range;
        const raw = source.slice(start, end);
        const mended = mendFrench(raw, { apostrophes: pair.value.type !== 'QUOTE_SINGLE' });
        if (mended !== raw) edits.push({ start, end, mended });
      }
      return isMap(pair.value) || !isScalar(pair.value) ? undefined : visit.SKIP;
    },
  });
  let result = source;
  for (const { start, end, mended } of edits.reverse()) {
    result = result.slice(0, start) + mended + result.slice(end);
  }
  return result;
}

if (process.argv[1]?.endsWith('typography.mjs')) {
  const write = process.argv.includes('--write');
  let faults = 0;
  for (const file of process.argv.slice(2).filter((argument) => argument !== '--write')) {
    const source = readFileSync(file, 'utf8');
    const mended = mendYaml(source);
    if (mended === source) continue;
    faults += 1;
    if (write) writeFileSync(file, mended);
    console.log(`${write ? 'mended' : 'to mend'}: ${file}`);
  }
  process.exitCode = faults > 0 && !write ? 1 : 0;
}
