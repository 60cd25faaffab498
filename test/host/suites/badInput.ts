import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { asAppError } from '../../../src/core/errors.ts';
import { COMMANDS } from '../../../src/vscode/ids.ts';
import { DRIFT_ANSWER, eventually, freshStart, open, ROOT, write } from './helpers.ts';

const SUBJECT = { type: 'question', id: 'drift-signals' } as const;

function temporary(name: string): string {
  return fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), `canari-${name}-`));
}

describe('bad input', () => {
  it('names the line of a broken question file of a pack, and loads the rest', async () => {
    const pack = temporary('pack');
    const source = fs.readFileSync(path.join(ROOT, 'questions', 'monitoring', 'drift-signals.yaml'), 'utf8');
    fs.mkdirSync(path.join(pack, 'team'));
    const good = source
      .replace('id: drift-signals', 'id: our-drift')
      .replace('track: monitoring', 'track: team');
    fs.writeFileSync(path.join(pack, 'team', 'our-drift.yaml'), good);
    const broken = path.join(pack, 'team', 'broken.yaml');
    fs.writeFileSync(
      broken,
      good.replace('id: our-drift', 'id: broken').replace('level: mid', 'level: wizard'),
    );
    const { bank } = await freshStart({ packs: [pack] });
    await eventually('the good file is listed', async () =>
      assert.ok((await bank.catalogue()).get('our-drift')),
    );
    assert.equal((await bank.catalogue()).get('broken'), undefined);
    await eventually('the fault is a Problem at its line', () => {
      const [problem] = vscode.languages.getDiagnostics(vscode.Uri.file(broken));
      assert.match(problem?.message ?? '', /^level: /);
      assert.equal(problem?.range.start.line, 2);
    });
    await open('our-drift');
  });

  it('says that a pack’s folder is not there', async () => {
    const { bank } = await freshStart({ packs: [path.join(os.tmpdir(), 'no-such-pack')] });
    await eventually('the fault', async () => {
      await bank.catalogue();
      assert.equal(bank.faults.length, 1);
    });
    assert.ok((await bank.catalogue()).get('drift-signals'), 'the rest of the bank is there');
  });

  it('writes nothing into a folder with other content', async () => {
    const folder = temporary('repository');
    fs.writeFileSync(path.join(folder, 'README.md'), 'someone else’s');
    const { practice, bank } = await freshStart({ practiceFolder: folder });
    const question = await bank.question('drift-signals');
    await assert.rejects(
      practice.ensureAnswer(SUBJECT, question.track),
      (error) => asAppError(error).code === 'practice_folder_foreign',
    );
    assert.deepEqual(fs.readdirSync(folder), ['README.md']);
  });

  it('says that the practice folder cannot be written', async () => {
    // A file where the folder should be: not even root can write there.
    const file = path.join(temporary('file'), 'occupied');
    fs.writeFileSync(file, '');
    const { practice } = await freshStart({ practiceFolder: path.join(file, 'practice') });
    await assert.rejects(
      practice.ensureAnswer(SUBJECT, 'monitoring'),
      (error) => asAppError(error).code === 'practice_folder_unwritable',
    );
  });

  it('keeps going past a record that cannot be read', async () => {
    const { study, context, report } = await freshStart();
    const dir = path.join(context.globalStorageUri.fsPath, 'attempts');
    await study.record({ type: 'opened', subject: { type: 'question', id: 'never-graded' } });
    fs.writeFileSync(
      path.join(dir, '2020-torn.jsonl'),
      '{"v":1,"id":"x","ts":1,"type":"open\nnot json at all\n',
    );
    const told: string[] = [];
    const failure = report.failure.bind(report);
    report.failure = (error) => {
      told.push(asAppError(error).params['path'] ?? '');
      failure(error);
    };
    try {
      await study.refresh();
    } finally {
      report.failure = failure;
      fs.rmSync(path.join(dir, '2020-torn.jsonl'));
    }
    assert.match(told.join(), /2020-torn\.jsonl:1/);
    assert.equal((await study.history()).state('never-graded'), 'started');
  });

  it('does not grade, and says why, without a key', async () => {
    const { grading } = await freshStart({
      grader: 'openai',
      'openai.baseUrl': 'https://models.example.com/v1',
      'openai.model': 'm',
    });
    await open('drift-signals');
    await write(DRIFT_ANSWER);
    await vscode.commands.executeCommand(COMMANDS.grade);
    const { grade } = (await grading.last(SUBJECT)) ?? {};
    assert.equal(grade?.status, 'not_graded');
    assert.equal(grade?.failure?.code, 'no_api_key');
    assert.equal(grade?.score, null);
  });

  it('never accepts an address that would carry the key in the clear', async () => {
    const { grading } = await freshStart({
      grader: 'openai',
      'openai.baseUrl': 'http://models.example.com/v1',
      'openai.model': 'm',
    });
    await open('drift-signals');
    await write(DRIFT_ANSWER);
    await vscode.commands.executeCommand(COMMANDS.grade);
    assert.equal((await grading.last(SUBJECT))?.grade.failure?.code, 'endpoint_invalid');
  });
});
