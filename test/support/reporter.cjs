// A mocha reporter: failures are told as they come out, with their differences, and the counts go to a file
// (`--reporter-option output=<file>`), from which the runner adds them up.
const fs = require('node:fs');
const path = require('node:path');
const { Base } = require('mocha').reporters;

module.exports = class extends Base {
  /**
   * @param {any} runner
   * @param {any} options
   */
  constructor(runner, options) {
    super(runner, options);
    const output = options.reporterOptions?.output;
    const counts = { passed: 0, failed: 0, skipped: 0 };
    /** @type {{ title: string, message: string }[]} */
    const failures = [];
    runner.on('pass', () => counts.passed++);
    runner.on('pending', () => counts.skipped++);
    runner.on('fail', (/** @type {any} */ test, /** @type {any} */ error) => {
      counts.failed++;
      failures.push({ title: test.fullTitle(), message: String(error?.message ?? error) });
    });
    runner.once('end', () => {
      if (this.failures.length > 0) Base.list(this.failures);
      if (output === undefined) return;
      fs.mkdirSync(path.dirname(output), { recursive: true });
      fs.writeFileSync(output, JSON.stringify({ ...counts, failures }));
    });
  }
};
