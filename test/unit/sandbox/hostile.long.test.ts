import { hostile } from '../../fixtures/sandbox/hostile.ts';
import { openSandbox, type TestSandbox } from '../../support/sandbox.ts';
import { endsAsExpected } from './hostileEnding.ts';

describe('every hostile program', function () {
  this.timeout(120_000);
  let sandbox: TestSandbox;
  before(() => {
    sandbox = openSandbox();
  });
  after(() => sandbox.dispose());

  for (const program of hostile) {
    it(`is contained: ${program.name}`, async () => {
      endsAsExpected(program, await sandbox.observe(program.source, 1500));
    });
  }
});
