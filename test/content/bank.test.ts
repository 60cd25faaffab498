import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { compileBank } from '../../src/adapters/compileBank.ts';
import { gateProse } from '../../src/core/grading/gate.ts';
import { estimate } from '../../src/core/grading/offline.ts';
import { scoreOf } from '../../src/core/grading/score.ts';
import { TermIndex } from '../../src/core/grading/terms.ts';
import type { Localized } from '../../src/core/language.ts';
import { LANGS } from '../../src/core/language.ts';
import { mendYaml } from './typography.mjs';

const bank = compileBank('questions');
const questions = Object.values(bank.bodies).flatMap((body) => Object.values(body.questions));
const exercises = Object.values(bank.bodies).flatMap((body) => Object.values(body.exercises));
const tracks = Object.values(bank.bodies).flatMap(({ track }) => (track ? [track] : []));

function yamlFiles(dir: string): string[] {
  return fs
    .readdirSync(dir, { recursive: true })
    .map((name) => path.join(dir, String(name)))
    .filter(
      (name) => name.endsWith('.yaml') && !/[\\/](scaffold|solution|alternatives|mutants)[\\/]/.test(name),
    );
}

/** Every text of an item in one language, for rules that hold for all of them. */
function texts(value: unknown, lang: keyof Localized, found: string[] = []): string[] {
  if (Array.isArray(value)) for (const item of value) texts(item, lang, found);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      if (key === 'accept') continue;
      if (key === lang && typeof item === 'string') found.push(item);
      else texts(item, lang, found);
    }
  }
  return found;
}

describe('the bank', () => {
  it('has no fault', () => {
    assert.deepEqual(bank.faults, []);
  });

  it('gives every track its page, and every track its questions', () => {
    for (const { id, entries } of bank.index.tracks) {
      assert.ok(bank.bodies[id]?.track, `${id}/track.yaml`);
      assert.ok(entries.length > 0, `${id} has questions`);
    }
  });

  it('names only exercises and questions that exist', () => {
    const ids = new Set(bank.index.entries.map(({ id }) => id));
    for (const question of questions) {
      for (const id of question.exercises) assert.ok(ids.has(id), `${question.id}: exercise ${id}`);
    }
    for (const body of Object.values(bank.bodies)) {
      for (const id of body.track?.questions ?? [])
        assert.ok(ids.has(id), `${body.track?.id}: question ${id}`);
    }
  });

  it('keeps French typography', () => {
    const faulty = yamlFiles('questions').filter((file) => {
      const source = fs.readFileSync(file, 'utf8');
      return mendYaml(source) !== source;
    });
    assert.deepEqual(faulty, [], 'mend with: node test/content/typography.mjs --write <files>');
  });

  it('uses no em dash and names none of its own sources', () => {
    for (const item of [...questions, ...exercises, ...tracks]) {
      for (const lang of LANGS) {
        for (const text of texts(item, lang))
          assert.doesNotMatch(text, /—|\bHuru\b/i, `${item.id} (${lang})`);
      }
    }
  });

  it('was checked within the last year', () => {
    for (const { id, checked } of [...questions, ...exercises, ...tracks]) {
      const months = (Date.now() - new Date(`${checked}-01`).getTime()) / (30 * 86_400_000);
      assert.ok(months < 13, `${id} was last checked in ${checked}`);
    }
  });
});

/** Every figure of a text, whatever the language's way of writing it, in ascending order. */
function figures(text: string, lang: keyof Localized): number[] {
  const plain =
    lang === 'fr'
      ? text.replace(/(?<=\d)\u202f(?=\d)/g, '').replace(/(?<=\d),(?=\d)/g, '.')
      : text.replace(/(?<=\d),(?=\d{3})/g, '');
  return [...plain.matchAll(/\d+(?:\.\d+)?/g)].map(([figure]) => Number(figure)).sort((a, b) => a - b);
}

for (const { id, numbers, to_ask } of tracks) {
  describe(`track ${id}`, () => {
    // A pack may leave both out; our own tracks may not.
    it('has numbers for the day before, and questions to ask', () => {
      assert.ok(numbers.length >= 3, `${numbers.length} numbers`);
      assert.ok(to_ask.length >= 2, `${to_ask.length} questions`);
    });

    it('gives the same figures in both languages, in plain and short text', () => {
      for (const { text } of numbers) {
        assert.deepEqual(figures(text.fr, 'fr'), figures(text.en, 'en'), text.en);
        for (const lang of LANGS) {
          assert.ok(text[lang].length <= 260, `${text[lang].length} characters: ${text[lang]}`);
          assert.doesNotMatch(text[lang], /[`*_]{2}|`|\n/);
        }
      }
    });

    it('asks as one speaks: a single line that ends with a question mark', () => {
      for (const ask of to_ask) {
        for (const lang of LANGS) assert.match(ask[lang], /^[^\n]{20,200}\?$/);
      }
    });
  });
}

for (const question of questions) {
  describe(`question ${question.id}`, () => {
    for (const lang of LANGS) {
      it(`earns every point with its own model answer, and no pitfall (${lang})`, () => {
        const { points, pitfalls } = estimate(question, question.model_answer[lang]);
        const missed = points.filter(({ verdict }) => verdict !== 'met').map(({ id }) => id);
        assert.deepEqual(missed, []);
        assert.deepEqual(
          pitfalls.filter(({ present }) => present).map(({ id }) => id),
          [],
        );
        assert.equal(scoreOf(question, points, pitfalls, []), 1);
        assert.equal(gateProse(question.model_answer[lang], Object.values(question.prompt)), undefined);
      });

      it(`earns nothing with the question itself (${lang})`, () => {
        const index = new TermIndex(question.prompt[lang]);
        const earned = question.points
          .filter(({ accept }) => accept && index.find(accept))
          .map(({ id }) => id);
        assert.deepEqual(earned, []);
        assert.equal(gateProse(question.prompt[lang], Object.values(question.prompt)), 'copied_question');
      });
    }

    it('says the same in both languages: as many groups of terms, and texts of a like length', () => {
      for (const { id, accept } of [...question.points, ...question.pitfalls]) {
        assert.equal(accept?.fr.length, accept?.en.length, `${id}: groups of accept`);
      }
      const ratio = question.model_answer.fr.length / question.model_answer.en.length;
      assert.ok(ratio > 0.85 && ratio < 1.6, `model answers differ in length by ${ratio.toFixed(2)}`);
    });
  });
}
