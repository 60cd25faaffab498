import assert from 'node:assert/strict';
import fc from 'fast-check';

// Bundled from the webview, whose own types (the page, its elements) stay out of this program.
const { toHtml } = require('../../webview/markdown.ts') as { toHtml(markdown: string): string };

const TAGS = 'p|h[3-6]|ul|ol|li|strong|em|del|code|pre|blockquote|hr|br|table|thead|tbody|tr|th|td|a';
const INERT = new RegExp(
  `^</?(?:${TAGS})(?: (?:href="https?://[^"<>]*"|class="language-[^"<>]*"|start="\\d+"|align="(?:left|right|center)"))?\\s*/?>$`,
);

/** Fails unless every tag of the output is one that only shows text, or a link to the web. */
function assertInert(html: string): void {
  for (const [tag] of html.matchAll(/<[^>]*>?/g)) assert.match(tag, INERT, html);
}

describe('untrusted Markdown', () => {
  it('keeps what it is for: emphasis, lists, code, tables, links to the web', () => {
    const html = toHtml(
      '**PSI** and _drift_\n\n1. one\n2. `two`\n\n| a | b |\n|:-|-:|\n| 1 | 2 |\n\n[doc](https://example.org/a?b=1&c=2)',
    );
    assert.match(html, /<strong>PSI<\/strong> and <em>drift<\/em>/);
    assert.match(html, /<ol>\s*<li>one<\/li>\s*<li><code>two<\/code><\/li>\s*<\/ol>/);
    assert.match(html, /<th align="left">a<\/th>/);
    assert.match(html, /<a href="https:\/\/example\.org\/a\?b=1&amp;c=2">doc<\/a>/);
    assertInert(html);
  });

  it('has its headings below those of the page', () => {
    assert.equal(toHtml('# One\n\n###### Six').replace(/\s/g, ''), '<h3>One</h3><h6>Six</h6>');
  });

  it('shows task lists by their marks, without a control', () => {
    const html = toHtml('- [x] done\n- [ ] open');
    assert.match(html, /☑ done/);
    assert.match(html, /☐ open/);
    assertInert(html);
  });

  const hostile = [
    ['<script>alert(1)</script>', 'a script'],
    ['text <script>alert(1)</script> text', 'a script inside a line'],
    ['<img src=x onerror=alert(1)>', 'an image with a handler'],
    ['<svg/onload=alert(1)>', 'a drawing with a handler'],
    ['<a href="javascript:alert(1)">x</a>', 'a raw link'],
    ['<iframe src="https://example.org"></iframe>', 'a frame'],
    ['<style>body{display:none}</style>', 'a style'],
    ['<form action=https://example.org><button>Send</button></form>', 'a form'],
    ['<div onclick="alert(1)">\n\ntext\n\n</div>', 'a block with a handler'],
    ['<!-- --><script>alert(1)</script>', 'a comment'],
    ['<scr<script>ipt>alert(1)</script>', 'a script inside a script'],
    ['[x](javascript:alert(1))', 'a script link'],
    ['[x](JaVaScRiPt:alert(1))', 'a script link in mixed case'],
    ['[x](\tjavascript:alert(1))', 'a script link behind a tab'],
    ['[x](&#106;avascript:alert(1))', 'a script link in entities'],
    ['[x](javascript&colon;alert(1))', 'a script link with a named entity'],
    ['[x](data:text/html,<script>alert(1)</script>)', 'a data link'],
    ['[x](command:canari.key.forget)', 'a command link'],
    ['[x](vscode://canari.canari/x)', 'an editor link'],
    ['[x](file:///etc/passwd)', 'a file link'],
    ['[x](//example.org)', 'a link without a scheme'],
    ['[x][1]\n\n[1]: javascript:alert(1)', 'a referenced script link'],
    ['<javascript:alert(1)>', 'a script autolink'],
    ['<command:canari.key.forget>', 'a command autolink'],
    ['![alt](https://example.org/pixel.png)', 'a remote image'],
    ['![x" onerror="alert(1)](https://example.org/x.png)', 'an image whose text leaves its attribute'],
    ['[x](https://example.org/"onmouseover="alert(1))', 'a link that leaves its attribute'],
    ['[x](https://example.org "t\\" onmouseover=\\"alert(1)")', 'a link title that leaves its attribute'],
    ['```"><script>alert(1)</script>\ncode\n```', 'a code block whose language leaves its attribute'],
    ['`<script>alert(1)</script>`', 'a script in code'],
    ['    <script>alert(1)</script>', 'a script in indented code'],
    ['| <script>alert(1)</script> |\n|-|\n| <img onerror=x> |', 'a script in a table'],
    ['# <img src=x onerror=alert(1)>', 'an image in a heading'],
    ['&lt;script&gt;alert(1)&lt;/script&gt;', 'an escaped script'],
    ['*<b onmouseover=alert(1)>x</b>*', 'a handler in emphasis'],
  ] as const;
  for (const [markdown, what] of hostile) {
    it(`is inert: ${what}`, () => {
      const html = toHtml(markdown);
      assertInert(html);
      assert.doesNotMatch(html, /<script/i);
      const tags = [...html.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replace(/"[^"]*"/g, '""')).join('');
      assert.doesNotMatch(tags, /\bon\w+\s*=/i);
      assert.doesNotMatch(html, /(?:href|src)\s*=\s*["']?\s*(?:javascript|data|command|vscode|file):/i);
    });
  }

  it('shows raw HTML as the text that it is', () => {
    assert.equal(toHtml('a <b>c</b>').trim(), '<p>a &lt;b&gt;c&lt;/b&gt;</p>');
  });

  it('shows the words of a link that it drops, and of an image', () => {
    assert.equal(toHtml('[the **words**](javascript:x)').trim(), '<p>the <strong>words</strong></p>');
    assert.equal(toHtml('![a chart](https://example.org/x.png)').trim(), '<p>a chart</p>');
  });

  it('is inert whatever it is made of', () => {
    const pieces = fc.oneof(
      fc.constantFrom(...hostile.map(([markdown]) => markdown)),
      fc.constantFrom(
        '<',
        '>',
        '"',
        "'",
        '&',
        '`',
        '```',
        '[',
        ']',
        '(',
        ')',
        '!',
        '\\',
        '\n',
        '\n\n',
        '    ',
        '| ',
        '- ',
      ),
      fc.constantFrom(
        'onerror=',
        'href=',
        'javascript:',
        'https://',
        '<a ',
        '<!--',
        ']]>',
        '&#x3c;',
        '\u0000',
        '[1]: ',
      ),
      fc.string({ unit: 'grapheme' }),
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        assertInert(toHtml(parts.join('')));
      }),
      { numRuns: 2000 },
    );
  });
});
