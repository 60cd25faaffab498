import assert from 'node:assert/strict';
import fc from 'fast-check';
import { marked } from 'marked';
import { KINDS } from '../../../src/core/bank/question.ts';
import type { Localized } from '../../../src/core/language.ts';
import { ROLES } from '../../../src/core/store/events.ts';
import type { InterviewReport, NextStep, ReportedAnswer } from '../../../src/core/study/interviewReport.ts';
import {
  kindKey,
  REPORT_KEYS,
  type ReportWords,
  roleKey,
  toHtml,
  toMarkdown,
} from '../../../src/core/study/reportText.ts';

/** Words that show what they were asked for: the key, and what is put into it. */
const WORDS: ReportWords = {
  lang: 'fr',
  t: (key, params = {}) => [key.replace('report.', '').replace('.', ' '), ...Object.values(params)].join(' '),
  percent: (share) => `${Math.round(share * 100)} %`,
  duration: (seconds) => `${seconds} s`,
  date: (day) => `le ${day}`,
  pick: ({ fr }) => fr,
  track: (id) => `parcours ${id}`,
  message: ({ code, params }) => [code, ...Object.values(params)].join(' '),
};

const own = (text: string): Localized => ({ fr: text, en: 'the other language' });

/** A report in which everything that somebody wrote is this text. */
function reportWith(text: string, change: Partial<InterviewReport> = {}): InterviewReport {
  const point = { id: 'p', statement: own(text), quote: text, reason: text };
  const answer: ReportedAnswer = {
    id: 'q',
    isFollowUp: false,
    title: own(text),
    track: 'slo',
    kind: 'scenario',
    level: 'mid',
    outcome: 'graded',
    score: 0.75,
    provenance: { by: 'model', model: text, destination: text },
    byChecks: false,
    points: [
      { ...point, verdict: 'met' },
      { ...point, verdict: 'not_met', recovered: true },
      { ...point, verdict: 'unverified' },
      { id: 'u', statement: own(text), verdict: 'unjudged' },
    ],
    pitfalls: [{ statement: own(text), quote: text }, { statement: own(text) }],
    checks: [
      { id: 'c', title: own(text), outcome: 'passed' },
      { id: 'd', title: own(text), outcome: 'failed' },
      { id: 'e', title: own(text), outcome: 'not_run' },
    ],
    summary: text,
    text,
    seconds: 200,
    allotted: 240,
    use: 'within',
  };
  const {
    title: _title,
    track: _track,
    kind: _kind,
    level: _level,
    provenance: _provenance,
    ...bare
  } = answer;
  const empty = { score: null, points: [], pitfalls: [], checks: [], text: '', use: 'unanswered' } as const;
  const next: readonly NextStep[] = [
    { kind: 'learn', id: 'q', title: own(text), missed: [own(text)], claimed: [own(text)] },
    { kind: 'practise', id: text, title: own(text), question: own(text) },
    { kind: 'answer', id: 'gone', title: own(text), reason: 'skipped' },
  ];
  return {
    id: 'i',
    ts: 0,
    day: '2026-11-23',
    role: 'ml-platform',
    level: 'senior',
    lang: 'en',
    from: 'job',
    terms: [text, text],
    overall: { mean: 0.75, graded: 1, asked: 4 },
    competences: [
      { kind: 'scenario', mean: 0.75, graded: 1, asked: 1 },
      { kind: 'code', mean: null, graded: 0, asked: 1 },
    ],
    tracks: [{ track: 'slo', mean: 0.75, graded: 1, asked: 1 }],
    answers: [
      answer,
      {
        ...answer,
        ...empty,
        id: 'failed',
        outcome: 'failed',
        failure: { code: 'provider_failed', params: { text } },
      },
      { ...bare, ...empty, id: text, outcome: 'not_reached' },
      { ...answer, ...empty, id: 'gone', outcome: 'skipped' },
      {
        ...answer,
        id: 'blank',
        outcome: 'graded',
        score: 0,
        gate: 'blank',
        provenance: { by: 'gate' },
        text: '',
      },
    ],
    best: { id: 'q', title: own(text), statement: own(text), what: 'met', quote: text },
    worst: { id: 'q', title: own(text), statement: own(text), what: 'pitfall', quote: text },
    time: { length: 1800, spent: 1900 },
    clarity: {
      answers: 2,
      openings: { answers: 1, restates_question: 0, hedges: 1, preamble: 0 },
      structures: { clear: 2, some: 0, none: 0 },
      words: 700,
      target: { low: 1040, high: 1200 },
      lengths: { short: 1, within: 0, long: 1 },
      hedges: [
        { text, count: 2 },
        { text, count: 1 },
      ],
      acronyms: [text],
    },
    graders: [
      { provenance: { by: 'model', model: text, destination: text }, byChecks: false, answers: 1 },
      { provenance: { by: 'offline' }, byChecks: true, answers: 1 },
    ],
    isMixed: true,
    assistance: { answers: 3, observed: 2, interviewMode: 1, suggestionsOn: 1, assistants: [text] },
    next,
    ...change,
  };
}

const NOTHING: InterviewReport = reportWith('x', {
  overall: { mean: null, graded: 0, asked: 1 },
  competences: [{ kind: 'concept', mean: null, graded: 0, asked: 1 }],
  tracks: [],
  answers: reportWith('x').answers.filter(({ outcome }) => outcome === 'skipped'),
  graders: [],
  isMixed: false,
  next: [],
  terms: [],
  assistance: { answers: 0, observed: 0, interviewMode: 0, suggestionsOn: 0, assistants: [] },
});

function withoutParts({
  best: _best,
  worst: _worst,
  clarity: _clarity,
  ...rest
}: InterviewReport): InterviewReport {
  return rest;
}

/** What a page shows of a piece of HTML. */
function textOf(html: string): string {
  return html
    .replace(/<[^>]*>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&#124;/g, '|')
    .replace(/&amp;/g, '&');
}

/** Line breaks of every kind as one, and what no page shows as the mark for it. */
function shown(text: string): string {
  return text
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(/(?![\t\n])\p{Cc}|\p{Bidi_Control}/gu, '\ufffd')
    .replace(/^\n+|\s+$/g, '');
}

const squeezed = (text: string) => text.replace(/[\s\u00a0]+/g, ' ').trim();

const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</style><style>body{display:none}</style>',
  '</blockquote></main><iframe src="https://example.org">',
  '<!-- -->',
  '&lt;b&gt; &amp;amp; &#60;',
  '[x](javascript:alert(1))',
  '![x](https://example.org/pixel.png)',
  '[x]: https://example.org',
  '<https://example.org>',
  'https://example.org/a_b?c=d&e=f, (www.example.org) and someone@example.org',
  'feature.py, example.com/path and 3.5',
  '//localhost/x',
  '# heading',
  '#',
  'title\n===',
  'title\n---',
  '---',
  '- list\n+ list\n* list\n1. list\n2) list',
  '- [x] done',
  '> quote',
  '```\ncode\n```',
  '~~~\ncode',
  '    code\n\tcode',
  '`code` ``a`b``',
  '\\`a@b.cd\\` `a@b.cd`c@d.ef',
  '**bold** _em_ ~~del~~ $x$',
  'a | b\n--|--\n1 | 2',
  ':-:',
  'line  \nbreak\\\nend\\',
  '\\<b>',
  'first\n\n\n\nsecond',
  'zero\u0000 bidi\u202e end',
  '\u2028- x',
  '\ud800',
  '{n} {title} {constructor}',
] as const;

const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom(...HOSTILE),
      fc.constantFrom(
        '<',
        '>',
        '"',
        "'",
        '&',
        '`',
        '[',
        ']',
        '(',
        ')',
        '!',
        '\\',
        '\n',
        '\n\n',
        '|',
        '@',
        '.',
        '://',
        'www.',
        ' ',
      ),
      fc.string({ unit: 'grapheme', maxLength: 5 }),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => parts.join(''));

const TAG =
  /^<(?:\/?(?:header|main|footer|h[1-3]|p|strong|span|ul|ol|li|code|dl|div|dt|dd|table|caption|thead|tbody|tr|td|th|section|blockquote)|p class="(?:muted|score)"|h3 id="answer-\d+"|a href="#answer-\d+"|\/a|ol class="steps"|ul class="points"|li class="(?:good|bad|open)"|section class="card"|th scope="(?:row|col)"|span class="bar" aria-hidden="true"|span style="width:\d{1,3}%")>$/;

/** Fails unless the body holds our own tags alone. */
function assertInertHtml(html: string): void {
  const body = html.slice(html.indexOf('<body>') + '<body>'.length, html.lastIndexOf('</body>'));
  for (const [tag] of body.matchAll(/<[^>]*>?/g)) assert.match(tag, TAG);
  for (const [entity] of body.matchAll(/&[^;\s]*;?/g)) assert.match(entity, /^&(?:amp|lt|gt|quot|#39);$/);
  assert.doesNotMatch(body.replace(/<[^>]*>/g, ''), /["']/);
}

describe('the report as HTML', () => {
  for (const text of HOSTILE) {
    it(`shows as text: ${JSON.stringify(text)}`, () => {
      const html = toHtml(reportWith(text), WORDS);
      assertInertHtml(html);
      assert.doesNotMatch(html, /<script|<iframe|<img|<link/i);
      assert.equal(html.match(/<\/style>/g)?.length, 1);
    });
  }

  it('is inert, and shows what was written, whatever that is', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const html = toHtml(reportWith(text), WORDS);
        assertInertHtml(html);
        const quotes = [...html.matchAll(/<blockquote>([^<]*)<\/blockquote>/g)].map(([, inner = '']) =>
          textOf(inner),
        );
        if (text.trim() !== '') assert.equal(shown(quotes.at(-1) ?? ''), shown(text));
        assert.ok(quotes.length >= 4);
      }),
    );
  });

  const html = toHtml(reportWith('a text'), WORDS);

  it('stands alone: its own policy, no script, nothing from elsewhere', () => {
    assert.match(html, /^<!DOCTYPE html>\n<html lang="fr">\n/);
    assert.ok(
      html.includes(
        `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
      ),
    );
    assert.doesNotMatch(html, /<script|<link|<img|<iframe|\ssrc=|url\(|@import|https?:/);
    assert.match(toHtml(reportWith('a text'), { ...WORDS, lang: 'en' }), /<html lang="en">/);
  });

  it('has one first heading, and none that skips a level', () => {
    const levels = [...html.matchAll(/<h([1-6])[ >]/g)].map(([, level]) => Number(level));
    assert.equal(levels.filter((level) => level === 1).length, 1);
    assert.ok(
      levels.every((level, i) => level <= (levels[i - 1] ?? 0) + 1),
      levels.join(),
    );
  });

  it('has a caption and scopes in every table', () => {
    const tables = html.match(/<table>.*?<\/table>/gs) ?? [];
    assert.equal(tables.length, 3);
    for (const table of tables) {
      assert.match(table, /^<table><caption>[^<]+<\/caption><thead><tr><th scope="col">/);
      assert.doesNotMatch(table, /<th>/);
      for (const row of table.match(/<tbody>.*<\/tbody>/s)?.[0].match(/<tr>.*?<\/tr>/g) ?? [])
        assert.match(row, /^<tr><th scope="row">/);
    }
  });

  it('links a step to its answer in the report, where it is there', () => {
    const ids = new Set([...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id));
    const links = [...html.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id ?? '');
    assert.deepEqual(links, ['answer-1', 'answer-3', 'answer-4']);
    assert.ok(links.every((id) => ids.has(id)));
    assert.equal(ids.size, 5);
  });

  it('is made for paper, for the dark, and for grey', () => {
    assert.match(html, /@media print \{[\s\S]*@page|@page[\s\S]*@media print/);
    assert.match(html, /\.card \{[^}]*break-inside: avoid/);
    assert.match(html, /@media \(prefers-color-scheme: dark\)/);
    // Every verdict has a mark and a word beside its colour.
    for (const [, label = ''] of html.matchAll(/<li class="(?:good|bad|open)"><strong>([^<]*)/g))
      assert.match(label, /^[✓✗?!]/);
  });
});

const MARKDOWN_TAG =
  /^<(?:\/?(?:h[1-3]|p|ul|ol|li|strong|code|blockquote|table|thead|tbody|tr|th|td)|br|hr|ol start="\d+")>$/;

describe('the report as Markdown', () => {
  const render = (text: string) => marked.parse(text, { async: false, gfm: true });

  /** Fails unless what is rendered holds the tags of our own marks alone. */
  function assertInertMarkdown(markdown: string): void {
    for (const [tag] of render(markdown).matchAll(/<[^>]*>?/g)) assert.match(tag, MARKDOWN_TAG, markdown);
  }

  const structure = (markdown: string) =>
    [...render(markdown).matchAll(/<(h[1-6]|table|ol|hr)\b/g)].map(([, tag]) => tag).join(' ');

  const plain = structure(toMarkdown(reportWith('text'), WORDS));

  for (const text of HOSTILE) {
    it(`shows as text: ${JSON.stringify(text)}`, () => {
      const markdown = toMarkdown(reportWith(text), WORDS);
      assertInertMarkdown(markdown);
      assert.equal(structure(markdown), plain);
    });
  }

  it('is inert, and shows what was written, whatever that is', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const markdown = toMarkdown(reportWith(text), WORDS);
        assertInertMarkdown(markdown);
        if (squeezed(shown(text)) === '') return;
        assert.equal(structure(markdown), plain);
        const quotes = [...render(markdown).matchAll(/<blockquote>([\s\S]*?)<\/blockquote>/g)].map(
          ([, inner = '']) => squeezed(textOf(inner.replace(/<br>|<\/p>/g, ' '))),
        );
        assert.equal(quotes.at(-1), squeezed(shown(text)));
      }),
      { numRuns: 60 },
    );
  });

  it('keeps the lines and the indentation of an answer, as a quotation', () => {
    const { answers } = reportWith('Steps:\n  one\n\ttwo\n\nEnd *here*.');
    const markdown = toMarkdown({ ...reportWith('t'), answers: answers.slice(0, 1) }, WORDS);
    assert.ok(
      markdown.includes(
        '\n> Steps:\\\n> \u00a0\u00a0one\\\n> \u00a0\u00a0\u00a0\u00a0two\n>\n> End \\*here\\*.\n',
      ),
      markdown,
    );
  });

  it('makes no link of an address or of a bare name, and shows them as code', () => {
    const markdown = toMarkdown(
      reportWith('see (https://example.org/x), feature.py or me@example.org!'),
      WORDS,
    );
    assert.ok(
      markdown.includes('> see (`https://example.org/x`), `feature.py` or `me@example.org`!'),
      markdown,
    );
  });

  it('reads as it is meant to', () => {
    const markdown = toMarkdown(reportWith('text'), WORDS);
    assert.match(
      markdown,
      /^# title\n\nle 2026-11-23 · roleMlPlatform · level senior · 1800 s\n\n\*\*fact score 75 %\*\*\n\nscoreOf 1 4\n/,
    );
    assert.match(
      markdown,
      /\n1\. stepLearn text \(`q`\)\n {3}- whyMissed text\n {3}- pitfall text\n2\. stepPractise text \(`text`\)\n/,
    );
    assert.match(
      markdown,
      /\n\| competence \| mean \| counted \|\n\| --- \| --- \| --- \|\n\| kindScenario \| 75 % \| ofTotal 1 1 \|\n\| kindCode \| none \| ofTotal 0 1 \|\n/,
    );
    assert.match(markdown, /\ntimeTotal 1900 s 1800 s timeOver 100 s\n/);
    assert.match(
      markdown,
      /\n- \*\*✗ verdict not\\_met\*\* text\n {2}- recovered\n {2}- text\n\n {2}> text\n/,
    );
    assert.doesNotMatch(markdown, /\n\n\n/);
  });
});

describe('the text of a report', () => {
  const both = (report: InterviewReport, words = WORDS) => [toHtml(report, words), toMarkdown(report, words)];

  it('never shows a score when nothing was graded', () => {
    const words: ReportWords = { ...WORDS, percent: () => assert.fail('a score was shown') };
    for (const text of both(NOTHING, words)) {
      assert.match(text, /noScore/);
    }
  });

  it('says so when nothing was missed, and says nothing of it when nothing was graded', () => {
    for (const text of both(reportWith('x', { next: [] }))) assert.match(text, /noNext/);
    for (const text of both(NOTHING)) assert.doesNotMatch(text, /noNext/);
  });

  it('leaves out what there is not', () => {
    for (const text of both(withoutParts(NOTHING))) {
      assert.doesNotMatch(
        text,
        /\b(?:best|worst|clarity|mixed|tracks|assistantOther|assistantUnknown|yourAnswer)\b/,
      );
    }
  });

  it('says why each answer was not graded', () => {
    for (const text of both(reportWith('x'))) {
      for (const reason of ['provider_failed x', 'outcomeNotReached', 'outcomeSkipped', 'gate blank'])
        assert.ok(text.includes(reason) || text.includes(reason.replace(/_/g, '\\_')), reason);
    }
  });

  it('names all who graded, and says when they differ', () => {
    for (const text of both(reportWith('x'))) {
      assert.match(text, /by model/);
      assert.match(text, /by checks/);
      assert.match(text, /mixed/);
    }
  });

  it('tells what to do of every kind, and why', () => {
    const title = own('x');
    const steps: readonly NextStep[] = [
      { kind: 'redo', id: 'a', title, missed: [], claimed: [] },
      { kind: 'shorten', id: 'b', title, words: 900, high: 600 },
      { kind: 'structure', id: 'c', title, opening: 'preamble', structure: 'none' },
      { kind: 'structure', id: 'd', title, opening: 'answers', structure: 'some' },
      { kind: 'answer', id: 'e', title, reason: 'not_reached' },
    ];
    for (const text of both(reportWith('x', { next: steps }))) {
      for (const part of [
        'stepRedo x',
        'whyShorten 900 600',
        'whyOpening',
        'whyStructure',
        'stepAnswerNotReached x',
      ])
        assert.ok(text.includes(part), part);
      assert.equal(text.match(/whyOpening/g)?.length, 1);
    }
  });

  it('says where questions came from, by their terms where there are some', () => {
    for (const text of both(reportWith('x', { terms: ['ci-cd', 'psi'] })))
      assert.match(text, /fact fromJob ci-cd, psi/);
    for (const text of both(reportWith('x', { terms: [], from: 'model' }))) assert.match(text, /fromModel/);
  });

  it('has a word for what is empty, and none for what did not happen', () => {
    const full = reportWith('x');
    const point = { id: 'q', title: own('x'), statement: own('x'), what: 'not_met' } as const;
    assert.ok(full.clarity);
    const bare: InterviewReport = {
      ...full,
      best: { ...point, what: 'met' },
      worst: point,
      clarity: { ...full.clarity, hedges: [], acronyms: [], lengths: { short: 0, within: 2, long: 0 } },
      time: { length: 1800, spent: 1800 },
      lang: 'fr',
    };
    for (const text of both(bare)) {
      assert.match(text, /hedges(?:<\/dt><dd>| )nothing/);
      assert.match(text, /langFr/);
      assert.doesNotMatch(text, /timeOver|lengthShort|lengthLong/);
    }
  });

  it('is the same every time', () => {
    assert.deepEqual(both(reportWith('x')), both(reportWith('x')));
  });

  it('has a name for every role and every kind', () => {
    const keys: readonly string[] = REPORT_KEYS;
    for (const key of [...ROLES.map(roleKey), ...KINDS.map(kindKey)]) assert.ok(keys.includes(key), key);
    assert.deepEqual(keys, [...new Set(keys)].sort());
  });
});
