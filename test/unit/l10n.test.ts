import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import type { EntryState } from '../../src/core/bank/catalogue.ts';
import { LEVELS, type TrackResource } from '../../src/core/bank/question.ts';
import type { Severity } from '../../src/core/checks/finding.ts';
import { ERROR_CODES } from '../../src/core/errors.ts';
import type { Delivery } from '../../src/core/grading/delivery.ts';
import type { CheckResult, GateReason, Notice, Provenance, Subject } from '../../src/core/grading/grade.ts';
import type { Band } from '../../src/core/grading/score.ts';
import type { Purpose } from '../../src/core/grading/trace.ts';
import { type Observed, RATINGS, ROLES } from '../../src/core/store/events.ts';
import type { Reason } from '../../src/core/study/today.ts';
import type { PointView } from '../../src/shared/protocol.ts';
import type { Settings } from '../../src/vscode/ids.ts';
import type { Rung } from '../../src/vscode/models.ts';
import { PANEL_KEYS } from '../../src/vscode/panel/strings.ts';
import { readSources } from '../support/sources.ts';

type Texts = Readonly<Record<string, string>>;

const read = (file: string) => JSON.parse(fs.readFileSync(file, 'utf8')) as Texts;
const TEXTS = { en: read('l10n/en.json'), fr: read('l10n/fr.json') };
const FRENCH = { 'l10n/fr.json': TEXTS.fr, 'package.nls.fr.json': read('package.nls.fr.json') };
const KEYS = Object.keys(TEXTS.en);
const SOURCES = readSources('src');
/** Reports are worded in the domain, by the same keys. */
const REPORT = 'src/core/study/reportText.ts';
const EDITOR = SOURCES.filter(({ file }) => file.startsWith('src/vscode/') || file === REPORT);
const PANEL = readSources('webview');

/** All values of a union: the compiler wants each of them named. */
const all = <T extends string>(names: Readonly<Record<T, true>>) => Object.keys(names);

const REASONS = { due: true, asked: true, weak: true, new: true } as const;

/** Keys that the program puts together, `<family>.<value>`, with every value that it may put there. */
const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  band: all<Band>({ weak: true, partial: true, good: true, excellent: true }),
  by: all<Exclude<Provenance['by'], 'model'>>({ offline: true, self: true, gate: true, none: true }),
  error: ERROR_CODES,
  gate: all<GateReason>({
    blank: true,
    copied_question: true,
    untouched_scaffold: true,
    near_empty: true,
    opener_only: true,
  }),
  grader: all<Settings['grader']>({ auto: true, openai: true, vscode: true, offline: true }),
  language: all<Settings['language']>({ auto: true, fr: true, en: true }),
  level: LEVELS,
  notice: all<Notice>({
    addresses_grader: true,
    echoes_question: true,
    echoes_rubric: true,
    single_reading: true,
  }),
  opening: all<Delivery['opening']>({ answers: true, restates_question: true, hedges: true, preamble: true }),
  outcome: all<CheckResult['outcome']>({ passed: true, failed: true, not_run: true }),
  purpose: all<Purpose>({
    reading: true,
    mend: true,
    evidence: true,
    set_aside: true,
    own_words: true,
    quotes: true,
    decoy: true,
    vote: true,
  }),
  assistance: all<Observed['inlineSuggestions']>({ on: true, off: true }),
  empty: ['due', 'today', 'weakest', 'other'],
  rated: RATINGS,
  rating: RATINGS,
  role: ROLES,
  today: ['open', ...all<Reason>(REASONS)],
  undo: ['attempt', 'rating'],
  why: all<Reason>(REASONS),
  resource: all<TrackResource['type']>({
    expert: true,
    video: true,
    documentation: true,
    book: true,
    course: true,
  }),
  rung: all<Rung>({ openai: true, vscode: true, offline: true }),
  severity: all<Severity>({ error: true, warning: true, info: true }),
  state: all<EntryState>({
    new: true,
    started: true,
    to_review: true,
    good: true,
    due: true,
    mastered: true,
  }),
  structure: all<Delivery['structure']>({ clear: true, some: true, none: true }),
  type: all<Subject['type']>({ question: true, exercise: true }),
  verdict: all<PointView['verdict']>({
    met: true,
    not_met: true,
    contradicted: true,
    unjudged: true,
    unverified: true,
    set_aside: true,
  }),
};

/** First parts of the keys: what is written `'<first>.<rest>'` in the editor's sources is a key. */
const firsts = new Set(KEYS.map((key) => key.split('.')[0] ?? ''));

/** Keys written out in the sources. */
const literals = new Set(
  EDITOR.flatMap(({ text }) => [...text.matchAll(/'([a-z]+)\.(\w+)'/g)])
    .filter(([, first = '']) => firsts.has(first))
    .map(([, first, rest]) => `${first}.${rest}`),
);

/** Families of keys that are put together in the sources: `<family>.${…}`. */
const families = new Set(
  EDITOR.flatMap(({ text }) =>
    [...text.matchAll(/`([a-z]+)\.\$\{(?!string\})/g)].map((match) => match[1] ?? ''),
  ).filter((first) => firsts.has(first)),
);

const expanded = Object.entries(FAMILIES).flatMap(([family, values]) =>
  values.map((value) => `${family}.${value}`),
);
const places = (text: string) =>
  [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ''))].sort();

/** Names of the fields of an object literal; nothing when some of them come from elsewhere. */
function fields(literal: string): string[] | undefined {
  if (literal.includes('...')) return undefined;
  const flat = literal.replace(/\([^()]*\)|\[[^[\]]*\]/g, '');
  return flat.split(',').flatMap((part) => /^\s*(\w+)/.exec(part)?.[1] ?? []);
}

describe('the strings of the program', () => {
  it('have the same keys in both languages, in order', () => {
    assert.deepEqual(Object.keys(TEXTS.fr), KEYS);
    assert.deepEqual(KEYS, KEYS.toSorted());
  });

  it('have the same places to fill in both languages', () => {
    for (const key of KEYS) assert.deepEqual(places(TEXTS.fr[key] ?? ''), places(TEXTS.en[key] ?? ''), key);
  });

  it('are all there: every key that the program names, or puts together, exists', () => {
    const missing = [...literals, ...expanded].filter((key) => !KEYS.includes(key));
    assert.deepEqual(missing, []);
  });

  it('are all used', () => {
    const used = new Set([...literals, ...expanded]);
    assert.deepEqual(
      KEYS.filter((key) => !used.has(key)),
      [],
    );
  });

  it('are put together in the families known here, and in no other', () => {
    assert.deepEqual([...families].sort(), Object.keys(FAMILIES).sort());
  });

  it('are counted in one way and the other', () => {
    const counted = KEYS.filter((key) => key.startsWith('count.'));
    assert.ok(counted.length > 0);
    for (const texts of [TEXTS.en, TEXTS.fr]) {
      for (const key of counted) {
        const forms = (texts[key] ?? '').split('|');
        assert.equal(forms.length, 2, key);
        for (const form of forms) assert.deepEqual(places(form), ['n'], key);
      }
    }
  });

  it('get what they ask for from every call that names them', () => {
    const calls = EDITOR.flatMap(({ file, text }) =>
      [...text.matchAll(/\b(?:t|in)\(\s*(?:lang,\s*)?'(\w+\.\w+)'\s*(?:,\s*\{([^{}]*)\}\s*,?\s*)?\)/g)].map(
        ([, key = '', given = '']) => ({ file, key, given: fields(given) }),
      ),
    );
    assert.ok(calls.length > 60);
    for (const { file, key, given } of calls) {
      if (!given) continue;
      const unfilled = places(TEXTS.en[key] ?? '').filter((place) => !given.includes(place));
      assert.deepEqual(unfilled, [], `${file}: ${key}`);
    }
  });

  it('of failures get what they ask for wherever the failure is made', () => {
    const made = SOURCES.flatMap(({ file, text }) =>
      [...text.matchAll(/new AppError\(\s*'(\w+)'\s*(?:\)|,\s*\{([^{}]*)\})/g)].map(
        ([, code = '', given = '']) => ({
          file,
          code,
          given: fields(given),
        }),
      ),
    );
    assert.ok(made.length > 20);
    for (const { file, code, given } of made) {
      if (!given) continue;
      const unfilled = places(TEXTS.en[`error.${code}`] ?? '').filter((place) => !given.includes(place));
      assert.deepEqual(unfilled, [], `${file}: ${code}`);
    }
  });
});

describe('the strings of the panel', () => {
  const asked = new Set(
    PANEL.flatMap(({ text }) =>
      [...text.matchAll(/\bstrings(?:\(|\[)\s*'(\w+)'/g)].map((match) => match[1] ?? ''),
    ),
  );

  it('are those that its pages ask for, and no more', () => {
    const sent = PANEL_KEYS.map((key) => key.slice('panel.'.length));
    assert.deepEqual([...asked].sort(), sent.toSorted());
  });

  it('are sent once each', () => {
    assert.equal(new Set(PANEL_KEYS).size, PANEL_KEYS.length);
  });
});

describe('the French of the program', () => {
  const prose = (text: string) => text.replace(/`[^`]*`|\(command:[^)]*\)|https?:\/\/\S+/g, 'x');
  const rules: Readonly<Record<string, RegExp>> = {
    'a plain space before : ; ? ! » %': / [:;?!»%]/,
    'no space before ; ? ! »': /[\p{L}\p{N})][;?!»]/u,
    'no space before a colon': /\p{L}:/u,
    'a plain space, or none, after «': /«[^\u00a0\u202f]/,
    'a straight apostrophe or quotation mark': /['"]/,
    'three dots for an ellipsis': /\.\.\./,
  };
  for (const [file, texts] of Object.entries(FRENCH)) {
    for (const [what, rule] of Object.entries(rules)) {
      it(`has nowhere ${what} (${file})`, () => {
        const faulty = Object.entries(texts).filter(([, text]) => rule.test(prose(text)));
        assert.deepEqual(Object.fromEntries(faulty), {});
      });
    }
  }
});

describe('the words of the program', () => {
  it('hold no em dash, and no empty text', () => {
    const files = { ...FRENCH, 'l10n/en.json': TEXTS.en, 'package.nls.json': read('package.nls.json') };
    for (const [file, texts] of Object.entries(files)) {
      for (const [key, text] of Object.entries(texts)) {
        assert.doesNotMatch(text, /—/, `${file}: ${key}`);
        assert.notEqual(text.trim(), '', `${file}: ${key}`);
      }
    }
  });
});
