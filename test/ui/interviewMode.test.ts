import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { startUi, type Ui } from '../support/ui.ts';

const SETTINGS = '{\n\t// As the candidate likes it.\r\n\t"editor.tabSize": 3, /* not 4 */\n}';
const COMMAND = 'Canari: Enter or Leave Interview Mode';

describe('the interview mode, when its extension host is killed', () => {
  let ui: Ui;
  const base = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'canari-mode-'));
  const folder = path.join(base, 'practice');
  const file = path.join(folder, '.vscode', 'settings.json');

  before(async () => {
    fs.cpSync(path.join('test', 'fixtures', 'sample-practice'), folder, { recursive: true });
    fs.mkdirSync(path.dirname(file));
    fs.writeFileSync(file, SETTINGS);
    ui = await startUi({ language: 'en', folder, settings: { 'canari.practiceFolder': folder } });
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await ui.screenshot('failed-interview-mode');
  });
  after(async () => {
    await ui.dispose();
    fs.rmSync(base, { recursive: true, force: true, maxRetries: 3 });
  });

  const storage = () => path.join(ui.userDataDir, 'User', 'globalStorage', 'canari.canari');
  const records = () =>
    fs.existsSync(storage())
      ? fs.readdirSync(storage()).filter((name) => name.startsWith('interview-mode-'))
      : [];
  const until = async (what: string, check: () => boolean) => {
    for (const end = Date.now() + 20_000; !check(); ) {
      assert.ok(Date.now() < end, `in vain: ${what}`);
      await ui.page.waitForTimeout(50);
    }
  };

  it('tells what is off and what is not, and shows that it is on', async () => {
    await ui.command(COMMAND);
    const { page } = ui;
    await page.locator('.notification-toast', { hasText: 'not under Canari’s switch' }).waitFor();
    await page.locator('.statusbar-item', { hasText: 'Interview mode' }).first().waitFor();
    assert.notEqual(fs.readFileSync(file, 'utf8'), SETTINGS);
    assert.equal(records().length, 1);
    await ui.screenshot('en-interview-mode');
  });

  it('puts the settings back byte for byte in the host that comes after', async () => {
    const record = fs.readFileSync(path.join(storage(), records()[0] ?? ''), 'utf8');
    const { pid } = JSON.parse(record) as { pid: number };
    process.kill(pid, 'SIGKILL');
    await until('the settings are as before', () => fs.readFileSync(file, 'utf8') === SETTINGS);
    await until('the record is gone', () => records().length === 0);
    await ui.page
      .locator('.statusbar-item', { hasText: 'Interview mode had not been left' })
      .first()
      .waitFor();
    assert.deepEqual(fs.readdirSync(path.dirname(file)), ['settings.json']);
  });

  it('can then be entered and left again', async () => {
    await ui.command(COMMAND);
    await until('the mode is on', () => records().length === 1);
    await ui.page
      .locator('.statusbar-item', { hasText: /Interview mode\s*$/ })
      .first()
      .waitFor();
    await ui.command(COMMAND);
    await until('the mode is off', () => records().length === 0);
    assert.equal(fs.readFileSync(file, 'utf8'), SETTINGS);
  });
});
