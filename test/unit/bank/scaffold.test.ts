import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fillScaffold } from '../../../src/core/bank/scaffold.ts';

const STRINGS = {
  todo: { fr: 'à compléter', en: 'to complete' },
  price: { fr: '$& et $1', en: '$& and $1' },
};

describe('a scaffold', () => {
  it('has its keys filled in the language asked for', () => {
    assert.equal(
      fillScaffold('# {{todo}}\nx = 1 # {{todo}}\n', STRINGS, 'fr'),
      '# à compléter\nx = 1 # à compléter\n',
    );
    assert.equal(fillScaffold('# {{todo}}', STRINGS, 'en'), '# to complete');
  });

  it('keeps the braces that are not its own: templates of workflows, unknown keys', () => {
    const template =
      '{{ args.service }} {{inputs.name}} {{ $labels.pod }} {{unknown}} {{constructor}} {{__proto__}}';
    assert.equal(fillScaffold(template, STRINGS, 'fr'), template);
  });

  it('takes strings as they are, without patterns', () => {
    assert.equal(fillScaffold('{{price}}', STRINGS, 'en'), '$& and $1');
  });

  it('changes nothing where there is no key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        fc.pre(!text.includes('{{'));
        assert.equal(fillScaffold(text, STRINGS, 'en'), text);
      }),
    );
  });
});
