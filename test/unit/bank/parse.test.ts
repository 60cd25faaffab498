import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type Fault,
  LARGEST_FILE,
  type Parsed,
  parseExercise,
  parseQuestion,
  parseRules,
  parseTrack,
} from '../../../src/core/bank/parse.ts';
import {
  sampleExerciseHead,
  samplePoint,
  sampleQuestion,
  sampleRule,
  sampleTrack,
  yamlOf,
} from '../../support/samples.ts';

const FILE = 'monitoring/drift.yaml';
const SOURCE = yamlOf(sampleQuestion('drift', 'monitoring'));
const parse = (text: string) => parseQuestion(text, FILE, 'drift', 'monitoring');

/** The one fault of a text, with what stands at its place. */
function only<T>(parsed: Parsed<T>, source: string): Fault & { at: string } {
  assert.equal(parsed.value, undefined);
  assert.equal(parsed.faults.length, 1, JSON.stringify(parsed.faults));
  const [fault] = parsed.faults;
  assert.ok(fault);
  return { ...fault, at: (source.split('\n')[fault.line] ?? '').slice(fault.column) };
}

describe('a question file', () => {
  it('is read back as it was written', () => {
    const { value, faults } = parse(SOURCE);
    assert.deepEqual(faults, []);
    assert.deepEqual(value, sampleQuestion('drift', 'monitoring'));
  });

  it('may hold comments and any YAML layout', () => {
    const { value } = parse(`# a comment\n${SOURCE.replace('tags:\n  - drift', 'tags: [ drift ] # why')}`);
    assert.deepEqual(value?.tags, ['drift']);
  });

  it('is faulted at the line and field of a wrong value', () => {
    const source = SOURCE.replace('level: mid', 'level: expert');
    const { file, field, message, at } = only(parse(source), source);
    assert.equal(file, FILE);
    assert.equal(field, 'level');
    assert.equal(at, 'expert');
    assert.match(message, /junior,mid,senior/);
  });

  it('is faulted at the line and field of a wrong value deep inside', () => {
    const source = SOURCE.replace('penalty: 0.1\n', 'penalty: 0.9\n');
    const { field, message, at } = only(parse(source), source);
    assert.equal(field, 'pitfalls.1.penalty');
    assert.equal(at, '0.9');
    assert.match(message, /<= 0.25/);
  });

  it('is faulted for a missing field, by its name', () => {
    const source = SOURCE.replace('minutes: 4\n', '');
    const { field, message } = only(parse(source), source);
    assert.equal(field, '');
    assert.match(message, /'minutes'/);
  });

  it('is faulted for a language that is missing, where it is missing', () => {
    const source = SOURCE.replace('  en: Title of drift\n', '');
    const { field, message, at } = only(parse(source), source);
    assert.equal(field, 'title');
    assert.match(message, /'en'/);
    assert.match(at, /^fr: Titre de drift/);
  });

  it('is faulted for a key that nobody knows, by its name', () => {
    const source = `${SOURCE}wieght: 3\n`;
    const { field, message } = only(parse(source), source);
    assert.equal(field, '');
    assert.match(message, /wieght/);
  });

  it('is faulted for each of its faults', () => {
    const { faults } = parse(SOURCE.replace('level: mid', 'level: x').replace('minutes: 4', 'minutes: 400'));
    assert.deepEqual(faults.map(({ field }) => field).sort(), ['level', 'minutes']);
  });

  it('is faulted for the second of two points with one id', () => {
    const question = sampleQuestion('drift', 'monitoring');
    const source = yamlOf({ ...question, points: [...question.points, samplePoint('alert', 1)] });
    const { field, message, at } = only(parse(source), source);
    assert.equal(field, 'points.4.id');
    assert.equal(message, '"alert" stands twice');
    assert.equal(at, 'alert');
  });

  it('is faulted for a follow-up to a point that does not exist', () => {
    const source = SOURCE.replace('- point: alert', '- point: alarm');
    const { field, message, at } = only(parse(source), source);
    assert.equal(field, 'follow_ups.1.point');
    assert.equal(message, 'no point has the id "alarm"');
    assert.equal(at, 'alarm');
  });

  it('must have the name of its file and of its folder', () => {
    const id = only(parseQuestion(SOURCE, FILE, 'other', 'monitoring'), SOURCE);
    assert.deepEqual([id.field, id.at], ['id', 'drift']);
    const track = only(parseQuestion(SOURCE, FILE, 'drift', 'slo'), SOURCE);
    assert.deepEqual([track.field, track.at], ['track', 'monitoring']);
  });

  it('is faulted at the line where its syntax breaks', () => {
    const lines = SOURCE.split('\n');
    const source = [...lines.slice(0, 3), 'core: [unclosed', ...lines.slice(3)].join('\n');
    const { value, faults } = parse(source);
    assert.equal(value, undefined);
    assert.ok((faults[0]?.line ?? 0) >= 3, JSON.stringify(faults));
    assert.equal(faults[0]?.field, '');
  });

  it('is faulted for tabs, repeated keys and a second document', () => {
    for (const source of [`${SOURCE}\tx: 1\n`, `${SOURCE}level: mid\n`, `${SOURCE}---\n${SOURCE}`]) {
      const { value, faults } = parse(source);
      assert.equal(value, undefined);
      assert.ok(faults.length > 0 && (faults[0]?.line ?? 0) > 10, JSON.stringify(faults));
    }
  });

  it('is no question when it is empty, a list, or a word', () => {
    for (const source of ['', '# nothing', '- a\n- b\n', 'drift', 'null', '{}', '[]']) {
      assert.equal(parse(source).value, undefined, source);
      assert.ok(parse(source).faults.length > 0, source);
    }
  });

  it('is refused with aliases, and at once when they are a bomb', () => {
    const alias = SOURCE.replace('title:', 'title: &t').replace(
      /prompt:\n {2}fr: .*\n {2}en: .*\n/,
      'prompt: *t\n',
    );
    assert.match(alias, /prompt: \*t/);
    assert.match(only(parse(alias), alias).message, /alias/i);
    const letters = 'abcdefghi';
    const bomb = [...letters]
      .map(
        (letter, i) => `${letter}: &${letter} [${i === 0 ? '"lol"' : Array(9).fill(`*${letters[i - 1]}`)}]`,
      )
      .join('\n');
    const started = performance.now();
    assert.equal(parse(bomb).value, undefined);
    assert.ok(performance.now() - started < 1000);
  });

  it('is refused unread when it is larger than a megabyte', () => {
    const { message, line } = only(parse(`${SOURCE}# ${'x'.repeat(LARGEST_FILE)}`), SOURCE);
    assert.match(message, /larger than 1000000 bytes/);
    assert.equal(line, 0);
  });

  it('is refused at once when it is nested so deeply that it would exhaust the stack', () => {
    const steps = Array.from({ length: 1300 }, (_, i) => `${' '.repeat(i)}a:`).join('\n');
    const started = performance.now();
    for (const text of ['[', '{a: ', '- ', '[{', '? ', '[a, ']
      .map((open) => open.repeat(200_000))
      .concat(steps)) {
      assert.match(only(parse(text), text).message, /nested deeper than/);
    }
    assert.ok(performance.now() - started < 1000);
  });

  const keys = Object.keys(sampleQuestion('drift', 'monitoring'));
  const fragments = fc.array(
    fc.oneof(
      fc.constantFrom(...SOURCE.split('\n').map((line) => `${line}\n`)),
      fc.constantFrom(
        ...['\t', '- ', ': ', '? ', '&a ', '*a ', '!!js ', '!!set ', '<<: ', '| ', '%YAML 9\n'],
      ),
      fc.constantFrom(...['{', '}', '[', ']', '"', "'", '#', '---\n', '...\n', '\0', '\ufeff', '\r']),
      fc.constantFrom(...keys.map((key) => `${key}: `), '__proto__: ', 'constructor: '),
      fc.string({ unit: 'binary' }),
    ),
    { maxLength: 30 },
  );

  it('never makes the parser throw, and every fault lies in the file', () => {
    fc.assert(
      fc.property(fragments, (parts) => {
        const text = parts.join('');
        for (const { value, faults } of [
          parse(text),
          parseExercise(text, FILE, 'drift'),
          parseTrack(text, FILE, 'drift'),
          parseRules(text, FILE),
        ]) {
          assert.ok(value !== undefined || faults.length > 0, 'a value, or a reason why there is none');
          for (const { line, column } of faults) {
            assert.ok(line >= 0 && line <= text.split(/\r\n|\r|\n/).length && column >= 0);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('is faulted, not half read, when any one line of it is lost', () => {
    const lines = SOURCE.split('\n').slice(0, -1);
    for (const i of lines.keys()) {
      const { value, faults } = parse(lines.toSpliced(i, 1).join('\n'));
      if (value === undefined) assert.ok(faults.length > 0);
      else assert.deepEqual(faults, []);
    }
  });
});

describe('an exercise file', () => {
  const head = sampleExerciseHead('feast', 'feature-store');
  const source = yamlOf(head);

  it('is read with its checks, its rules and its strings', () => {
    const { value, faults } = parseExercise(source, 'e', 'feast');
    assert.deepEqual(faults, []);
    assert.deepEqual(value?.files, ['a.py']);
    assert.deepEqual(value?.strings['todo'], { fr: 'à compléter', en: 'to complete' });
    assert.equal(value?.rules?.['wrong']?.severity, 'error');
  });

  it('may have a diagram, in both languages', () => {
    assert.match(parseExercise(source, 'e', 'feast').value?.diagram?.fr ?? '', /^flowchart LR\n/);
    const { diagram: _diagram, ...rest } = head;
    const { value, faults } = parseExercise(yamlOf(rest), 'e', 'feast');
    assert.deepEqual(faults, []);
    assert.ok(value && !('diagram' in value));
    const text = yamlOf({ ...head, diagram: { fr: 'flowchart LR' } });
    assert.equal(only(parseExercise(text, 'e', 'feast'), text).field, 'diagram');
  });

  it('has no options unless it says so', () => {
    const { options: _options, ...rest } = head;
    assert.deepEqual(parseExercise(yamlOf(rest), 'e', 'feast').value?.options, {});
  });

  it('is faulted for a path that leaves its folder, and for a family that does not exist', () => {
    for (const path of ['/etc/passwd', 'a//b', 'a\\b', '']) {
      const text = yamlOf({ ...head, files: [path] });
      assert.equal(only(parseExercise(text, 'e', 'feast'), text).field, 'files.0', path);
    }
    const text = source.replace('family: python', 'family: shell');
    assert.equal(only(parseExercise(text, 'e', 'feast'), text).field, 'checks.0.family');
  });

  it('must have the name of its folder', () => {
    assert.equal(only(parseExercise(source, 'e', 'other'), source).field, 'id');
  });
});

describe('a track file', () => {
  it('is read back as it was written', () => {
    const track = sampleTrack('slo');
    assert.deepEqual(parseTrack(yamlOf(track), 't', 'slo'), { value: track, faults: [] });
  });

  it('is faulted for an address that is not https', () => {
    const track = sampleTrack('slo');
    const text = yamlOf(track).replace('https://example.org/book', 'javascript:alert(1)');
    assert.equal(only(parseTrack(text, 't', 'slo'), text).field, 'resources.0.url');
  });

  it('may have neither numbers nor questions to ask, as in a pack', () => {
    const { numbers: _numbers, to_ask: _toAsk, ...rest } = sampleTrack('slo');
    const { value, faults } = parseTrack(yamlOf(rest), 't', 'slo');
    assert.deepEqual(faults, []);
    assert.deepEqual([value?.numbers, value?.to_ask], [[], []]);
  });

  it('is faulted for a number without its reference, and for too few or too many', () => {
    const track = sampleTrack('slo');
    const [number] = track.numbers;
    assert.ok(number);
    const faultOf = (change: Readonly<Record<string, unknown>>) => {
      const text = yamlOf({ ...track, ...change });
      return only(parseTrack(text, 't', 'slo'), text);
    };
    const bare = faultOf({ numbers: [{ text: number.text }, number, number] });
    assert.deepEqual([bare.field, /'reference'/.test(bare.message)], ['numbers.0', true]);
    assert.equal(faultOf({ numbers: [number] }).field, 'numbers');
    assert.equal(faultOf({ numbers: Array(6).fill(number) }).field, 'numbers');
    assert.equal(faultOf({ to_ask: track.to_ask.slice(1) }).field, 'to_ask');
    assert.equal(faultOf({ to_ask: Array(5).fill(track.to_ask[0]) }).field, 'to_ask');
  });

  it('must have the name of its folder', () => {
    const text = yamlOf(sampleTrack('slo'));
    assert.equal(only(parseTrack(text, 't', 'rollout'), text).field, 'id');
  });
});

describe('a file of rules', () => {
  it('is read by the rules’ names', () => {
    const rules = { 'no-ttl': sampleRule(), 'bad-name': sampleRule({ severity: 'info' }) };
    assert.deepEqual(parseRules(yamlOf(rules), 'r'), { value: rules, faults: [] });
  });

  it('is faulted for a severity that does not exist, at its rule', () => {
    const text = yamlOf({ 'no-ttl': sampleRule() }).replace('severity: error', 'severity: fatal');
    const fault = only(parseRules(text, 'r'), text);
    assert.deepEqual([fault.field, fault.at], ['no-ttl.severity', 'fatal']);
  });
});
