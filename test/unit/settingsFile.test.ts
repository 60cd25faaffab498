import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import fc from 'fast-check';
import { LEASE, type SettingPath, SettingsFile } from '../../src/adapters/settingsFile.ts';
import { type ErrorCode, isAppError } from '../../src/core/errors.ts';
import { useFolder } from '../support/folders.ts';

const fails = (code: ErrorCode) => (thrown: unknown) => isAppError(thrown) && thrown.code === code;

/** The id of a process that has ended. */
const ENDED = spawnSync(process.execPath, ['-e', '']).pid;

const KEY = 'editor.inlineSuggest.enabled';
const IN_MARKDOWN: SettingPath = ['[markdown]', KEY];
const PATHS: readonly SettingPath[] = [[KEY], IN_MARKDOWN];

const COMMENTED = '{\n\t// mine\r\n\t"editor.tabSize": 3, /* kept */\n}';

/** Comments, blank space, and what looks like either inside of strings. */
const filler = fc
  .array(fc.constantFrom(' ', '\n', '\r\n', '\t', '/* , } */', '// "x": {\n'), { maxLength: 3 })
  .map((parts) => parts.join(''));
const names = fc.constantFrom(
  '"editor.tabSize"',
  '"[yaml]"',
  '"// no comment"',
  '"a\\"}{,"',
  '""',
  '"[python]"',
);
const scalars = fc.constantFrom(
  'true',
  'false',
  'null',
  '-1.5e3',
  '"/* text */"',
  '"\\\\"',
  '[1, [], {"a": 1,},]',
);

/** An object as people write settings: comments anywhere, a comma too many. */
const object = (members: fc.Arbitrary<string>) =>
  fc
    .tuple(fc.array(fc.tuple(filler, members, filler), { maxLength: 4 }), filler, fc.boolean())
    .map(([rows, end, isTrailing]) => {
      const written = rows.map(([before, member, after]) => `${before}${member}${after}`).join(',');
      return `{${written}${isTrailing && rows.length > 0 ? ',' : ''}${end}}`;
    });
const member = (values: fc.Arbitrary<string>, keys: fc.Arbitrary<string> = names) =>
  fc.tuple(keys, filler, filler, values).map(([key, a, b, value]) => `${key}${a}:${b}${value}`);
const flat = object(member(scalars));
const ours = fc.oneof(
  member(fc.constantFrom('true', 'false', '"on"'), fc.constant(`"${KEY}"`)),
  member(object(member(scalars)), fc.constant('"[markdown]"')),
  member(object(member(fc.constant('true'), fc.constant(`"${KEY}"`))), fc.constant('"[markdown]"')),
);
const settingsText = fc
  .tuple(
    filler,
    object(
      fc.oneof({ weight: 3, arbitrary: member(fc.oneof(scalars, flat)) }, { weight: 1, arbitrary: ours }),
    ),
    filler,
  )
  .map((parts) => parts.join(''));

describe('a settings file that is changed for a while', () => {
  const folder = useFolder();
  const store = () => path.join(folder(), 'store');
  const root = () => path.join(folder(), 'practice');
  const file = () => path.join(root(), '.vscode', 'settings.json');
  const open = (now = Date.now) => new SettingsFile(store(), root(), now);
  const record = () => {
    const [name, ...others] = fs.readdirSync(store());
    assert.ok(name !== undefined && others.length === 0, 'one record, and no draft of one');
    return path.join(store(), name);
  };
  const write = (text: string | Uint8Array) => {
    fs.mkdirSync(path.dirname(file()), { recursive: true });
    fs.writeFileSync(file(), text);
  };
  const text = () => fs.readFileSync(file(), 'utf8');
  const isFalse = (settings: SettingsFile) => PATHS.every((at) => settings.value(at) === false);
  /** Makes the record another process's. */
  const handTo = (pid: number) => {
    const held = JSON.parse(fs.readFileSync(record(), 'utf8')) as object;
    fs.writeFileSync(record(), JSON.stringify({ ...held, pid }));
  };
  const fresh = () => {
    for (const dir of [root(), store()]) fs.rmSync(dir, { recursive: true, force: true });
    fs.mkdirSync(root());
  };
  beforeEach(fresh);

  it('says what was asked for, and has the bytes of before again, whatever they were', () => {
    fc.assert(
      fc.property(fc.option(settingsText), (before) => {
        fresh();
        if (before !== null) write(before);
        const settings = open();
        settings.switchOff(PATHS);
        assert.ok(isFalse(settings));
        assert.deepEqual(settings.restore(), PATHS);
        if (before !== null) assert.equal(text(), before);
        else assert.deepEqual(fs.readdirSync(root()), []);
        assert.deepEqual(fs.readdirSync(store()), []);
      }),
      { numRuns: 100 },
    );
  });

  it('is put back by the next process after a crash, whether the change had been made or not', () => {
    for (const before of [undefined, '{}', COMMENTED]) {
      for (const isMade of [true, false]) {
        fresh();
        if (before !== undefined) write(before);
        open().switchOff(PATHS);
        if (!isMade && before !== undefined) write(before);
        if (!isMade && before === undefined) fs.rmSync(file());
        // What a crash leaves that comes while a file is written.
        for (const name of [file(), record()]) fs.writeFileSync(`${name}.canari`, '{');
        const next = open();
        assert.equal(next.owner(), 'gone');
        next.restore();
        if (before !== undefined) assert.equal(text(), before);
        const left = before === undefined ? [] : ['.vscode', path.join('.vscode', 'settings.json')];
        assert.deepEqual(fs.readdirSync(root(), { recursive: true }), left);
        assert.deepEqual(fs.readdirSync(store()), []);
        assert.equal(next.owner(), 'none');
      }
    }
  });

  it('has the record of before and after on the disk by the time that it is changed', () => {
    write(COMMENTED);
    const settings = open();
    settings.switchOff(PATHS);
    const held = JSON.parse(fs.readFileSync(record(), 'utf8')) as { before: string; after: string };
    assert.equal(Buffer.from(held.before, 'base64').toString(), COMMENTED);
    assert.equal(Buffer.from(held.after, 'base64').toString(), text());
    assert.ok(fs.statSync(record()).ctimeMs <= fs.statSync(file()).ctimeMs);
  });

  it('keeps every comment, space and key that is not ours', () => {
    write(COMMENTED);
    open().switchOff(PATHS);
    assert.equal(
      text(),
      `{\r\n\t"[markdown]": { "${KEY}": false },\r\n\t"${KEY}": false,\n\t// mine\r\n\t"editor.tabSize": 3, /* kept */\n}`,
    );
  });

  it('keeps what the candidate adds meanwhile, to the byte, and takes out our values alone', () => {
    fc.assert(
      fc.property(settingsText, (before) => {
        fresh();
        write(before);
        const settings = open();
        settings.switchOff(PATHS);
        // At the end, where no comment and no value of the file can hide it.
        const edit = (of: string) => `${of}\n// A word of the candidate's.\n`;
        write(edit(text()));
        settings.restore();
        assert.equal(text(), edit(before));
      }),
      { numRuns: 100 },
    );
  });

  it('takes our values out of a file that was written anew, and leaves the candidate’s own choice', () => {
    const cases: readonly [before: string, edited: string, left: string][] = [
      ['{}', `{"a":1,"${KEY}":false}`, '{"a":1}'],
      [
        '{}',
        `{\n  "a": 1,\n  // about it\n  "${KEY}": false, // so\n}`,
        '{\n  "a": 1,\n  // about it\n   // so\n}',
      ],
      ['{}', `{"${KEY}": true}`, `{"${KEY}": true}`],
      ['{}', `{"[markdown]": {"${KEY}": false, "b": 2}}`, '{"[markdown]": { "b": 2}}'],
      ['{}', `{"x": 1, "[markdown]": {"${KEY}": false}}`, '{"x": 1}'],
      ['{"[markdown]": {}}', `{"x": 1, "[markdown]": {"${KEY}": false}}`, '{"x": 1, "[markdown]": {}}'],
      [`{"${KEY}": true}`, `{"b": 2, "${KEY}": false}`, `{"b": 2, "${KEY}": true}`],
      [`{"${KEY}": "on"}`, `{"${KEY}": false, "b": 2}`, `{"${KEY}": "on", "b": 2}`],
      ['{}', `{"${KEY}": true, "${KEY}": false}`, `{"${KEY}": true}`],
    ];
    for (const [before, edited, left] of cases) {
      write(before);
      const settings = open();
      settings.switchOff(PATHS);
      write(edited);
      settings.restore();
      assert.equal(text(), left);
    }
  });

  it('keeps the record while the candidate has left the file broken', () => {
    write(COMMENTED);
    const settings = open();
    settings.switchOff(PATHS);
    const whole = text();
    write(whole.slice(0, -1));
    assert.throws(() => settings.restore(), fails('practice_folder_unwritable'));
    assert.equal(text(), whole.slice(0, -1));
    write(`${whole}\n`);
    settings.restore();
    assert.equal(text(), `${COMMENTED}\n`);
  });

  it('goes when it was not there and nothing else is left in it; a folder that holds more stays', () => {
    const settings = open();
    settings.switchOff(PATHS);
    write(`{\n\n"${KEY}": false\n}`);
    settings.restore();
    assert.deepEqual(fs.readdirSync(root()), []);

    settings.switchOff(PATHS);
    fs.writeFileSync(path.join(root(), '.vscode', 'launch.json'), '{}');
    settings.restore();
    assert.deepEqual(fs.readdirSync(path.join(root(), '.vscode')), ['launch.json']);
  });

  it('does not come back when the candidate has removed it', () => {
    write(COMMENTED);
    const settings = open();
    settings.switchOff(PATHS);
    fs.rmSync(file());
    settings.restore();
    assert.equal(fs.existsSync(file()), false);
    assert.equal(settings.owner(), 'none');
  });

  it('is not changed when it is not JSON with comments', () => {
    const broken = [
      '[]',
      '1',
      '{',
      '{"a"}',
      '{"a":}',
      '{"a":1 "b":2}',
      '{,}',
      '{"a":1}}',
      '{"a":"',
      '{a:1}',
      '/*',
      '{"a":[1 2]}',
    ];
    for (const before of [...broken, '{"[markdown]": 1}']) {
      write(before);
      assert.throws(() => open().switchOff(PATHS), fails('practice_folder_unwritable'), before);
      assert.equal(text(), before);
      assert.equal(open().owner(), 'none');
    }
  });

  it('may be empty, or hold comments alone', () => {
    for (const before of ['', '\n', '\uFEFF', '// nothing yet\n']) {
      write(before);
      const settings = open();
      settings.switchOff(PATHS);
      assert.ok(isFalse(settings), before);
      settings.restore();
      assert.equal(text(), before);
    }
  });

  it('stays a link, and keeps its rights', function () {
    if (process.platform === 'win32') this.skip();
    const real = path.join(folder(), 'dotfiles.json');
    fs.writeFileSync(real, COMMENTED, { mode: 0o640 });
    fs.mkdirSync(path.dirname(file()));
    fs.symlinkSync(real, file());
    const settings = open();
    settings.switchOff(PATHS);
    assert.ok(isFalse(settings));
    settings.restore();
    assert.equal(fs.readFileSync(real, 'utf8'), COMMENTED);
    assert.ok(fs.lstatSync(file()).isSymbolicLink());
    assert.equal(fs.statSync(real).mode & 0o777, 0o640);
  });

  it('belongs to the process that lives, as long as it shows so', () => {
    const settings = open();
    assert.equal(settings.owner(), 'none');
    settings.switchOff(PATHS);
    assert.equal(settings.owner(), 'mine');
    assert.equal(open().owner(), 'gone', 'an earlier process had the same id');
    handTo(process.ppid);
    assert.equal(open().owner(), 'other');
    const later = () => Date.now() + LEASE + 1;
    assert.equal(open(later).owner(), 'gone', 'another program has its id now');
    open(later).beat();
    assert.equal(open(later).owner(), 'other');
    handTo(ENDED);
    assert.equal(open().owner(), 'gone');
  });

  it('has a record of its own for each folder', () => {
    open().switchOff(PATHS);
    assert.equal(new SettingsFile(store(), path.join(folder(), 'elsewhere'), Date.now).owner(), 'none');
  });

  it('has a record that cannot be read set aside, with its path told', () => {
    for (const broken of ['', '{"v":1', '{"v":2}', 'null', '\0\0']) {
      fresh();
      open().switchOff(PATHS);
      const name = record();
      fs.writeFileSync(name, broken);
      assert.throws(
        () => open().owner(),
        (thrown) =>
          isAppError(thrown) &&
          thrown.code === 'store_unreadable' &&
          thrown.params['path'] === `${name}.unreadable`,
      );
      assert.equal(fs.readFileSync(`${name}.unreadable`, 'utf8'), broken);
      assert.equal(open().owner(), 'none');
    }
  });

  it('is not changed when the record cannot be written', () => {
    write(COMMENTED);
    fs.writeFileSync(store(), 'a file where the folder should be');
    assert.throws(() => open().switchOff(PATHS), fails('store_unwritable'));
    assert.equal(text(), COMMENTED);
  });

  it('leaves no record when it cannot be written itself', () => {
    fs.writeFileSync(path.join(root(), '.vscode'), 'a file where the folder should be');
    assert.throws(() => open().switchOff(PATHS), fails('practice_folder_unwritable'));
    assert.deepEqual(fs.existsSync(store()) ? fs.readdirSync(store()) : [], []);
  });
});
