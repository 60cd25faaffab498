import type { BarView, ProgressPage, ReportPage, SegmentView, StackView } from '../src/shared/studyPages.ts';
import { type Child, el } from './dom.ts';
import type { Strings } from './strings.ts';

// The pictures of the study loop. Each says what it says by shape as well as by colour, is hidden from screen
// readers, and has its numbers beside it in words and below it in a table.

const KINDS = ['mastered', 'good', 'to_review', 'started', 'new'] as const;

/** How the lines of a chart differ, beyond their colours: by dashes and by markers. */
const SERIES = [
  { colour: 'blue', dash: '', marker: 'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z' },
  { colour: 'purple', dash: '7 4', marker: 'M-4 -4h8v8h-8z' },
  { colour: 'yellow', dash: '2 3', marker: 'M0 -5L5 4H-5z' },
  { colour: 'green', dash: '9 3 2 3', marker: 'M0 -5.5L5.5 0L0 5.5L-5.5 0z' },
  { colour: 'red', dash: '4 2', marker: 'M-4 -4L4 4M4 -4L-4 4' },
] as const;
type Series = (typeof SERIES)[number];

/** Bars made of counts, one below the other; `of` names what each stands for. */
export function stacks(
  list: readonly StackView[],
  caption: string,
  of: string,
  strings: Strings,
): HTMLElement {
  const words: Readonly<Record<SegmentView['kind'], string>> = {
    mastered: strings('mastered'),
    good: strings('good'),
    to_review: strings('toReview'),
    started: strings('started'),
    new: strings('new'),
  };
  const sum = ({ segments }: StackView, kind: SegmentView['kind']) =>
    segments.reduce((total, segment) => total + (segment.kind === kind ? segment.count : 0), 0);
  return chart({
    caption,
    picture: rows(
      list.map((stack) => {
        const bar = el('span', { class: 'stack', 'aria-hidden': 'true' });
        for (const { kind, count, text } of stack.segments) {
          if (count === 0) continue;
          const segment = el('span', { class: `swatch ${kind}`, title: text });
          segment.style.flexGrow = String(count);
          bar.append(segment);
        }
        return { label: stack.label, text: stack.text, bar };
      }),
    ),
    legend: KINDS.map((kind) => ({ swatch: el('span', { class: `swatch ${kind}` }), text: words[kind] })),
    head: [of, ...KINDS.map((kind) => words[kind])],
    body: list.map((stack) => [stack.label, ...KINDS.map((kind) => String(sum(stack, kind)))]),
    strings,
  });
}

/** Bars of values from 0 to 1, one below the other; `of` names what each stands for. */
export function bars(list: readonly BarView[], caption: string, of: string, strings: Strings): HTMLElement {
  return chart({
    caption,
    picture: rows(
      list.map(({ label, text, value }) => ({
        label,
        text,
        bar: withShare(el('span', { class: 'gauge', 'aria-hidden': 'true' }, el('span')), value ?? 0),
      })),
    ),
    head: [of, strings('score')],
    body: list.map(({ label, text }) => [label, text]),
    strings,
  });
}

/** Time taken against time given: a frame as long as what was given, hatched where it was not enough. */
export function timeBars(
  list: ReportPage['time']['rows'],
  caption: string,
  of: string,
  strings: Strings,
): HTMLElement {
  const longest = Math.max(1, ...list.flatMap(({ used, given }) => [used, given]));
  return chart({
    caption,
    picture: rows(
      list.map(({ title, text, used, given }) => ({
        label: title,
        text,
        bar: el(
          'span',
          { class: 'span', 'aria-hidden': 'true' },
          withShare(el('span', { class: 'given' }), given / longest),
          withShare(el('span', { class: 'used' }), Math.min(used, given) / longest),
          used > given &&
            withShare(el('span', { class: 'swatch over' }), (used - given) / longest, given / longest),
        ),
      })),
    ),
    legend: [
      { swatch: el('span', { class: 'swatch used' }), text: strings('timeUsed') },
      { swatch: el('span', { class: 'swatch given' }), text: strings('timeGiven') },
      { swatch: el('span', { class: 'swatch over' }), text: strings('timeOver') },
    ],
    head: [of, strings('time')],
    body: list.map(({ title, text }) => [title, text]),
    strings,
  });
}

/** Reviews of the days to come, one column a day. */
export function ahead(list: ProgressPage['ahead'], caption: string, strings: Strings): HTMLElement {
  const most = Math.max(1, ...list.map(({ due }) => due));
  const flag = () => el('span', { class: 'flag', 'aria-hidden': 'true' }, '⚑');
  const interview = strings('interviewDay');
  return chart({
    caption,
    picture: el(
      'div',
      { class: 'days', 'aria-hidden': 'true' },
      list.map(({ label, due, text, isInterview }) =>
        el(
          'div',
          { class: isInterview ? 'day interview' : 'day', title: text },
          el(
            'div',
            { class: 'column' },
            isInterview && flag(),
            due > 0 && el('span', {}, String(due)),
            withShare(el('span', { class: 'bar' }), due / most),
          ),
          el('span', { class: 'name' }, label),
        ),
      ),
    ),
    legend: list.some(({ isInterview }) => isInterview) ? [{ swatch: flag(), text: interview }] : [],
    head: [strings('day'), strings('reviews')],
    body: list.map(({ label, text, isInterview }) => [label, isInterview ? `${text} (${interview})` : text]),
    strings,
  });
}

/** What was done on each day: a row for each day of the week, a column for each week. */
export function calendar(
  weeks: ProgressPage['calendar'],
  weekdays: readonly string[],
  caption: string,
  strings: Strings,
): HTMLElement {
  const at = (row: number, column: number, node: HTMLElement) => {
    node.style.gridArea = `${row + 1} / ${column + 1}`;
    return node;
  };
  const cell = (level: number, title = '') => el('span', { class: `cell level-${level}`, title });
  const scale = el('span', { class: 'scale' }, ...[0, 1, 2, 3, 4].map((level) => cell(level)));
  const picture = el(
    'div',
    { class: 'heat', 'aria-hidden': 'true' },
    weekdays.map((name, row) => at(row + 1, 0, el('span', { class: 'of' }, name))),
    // A label is as wide as four weeks.
    weeks.map(({ label }, week) =>
      week % 4 === 0 && week + 4 <= weeks.length
        ? at(0, week + 1, el('span', { class: 'of week' }, label))
        : undefined,
    ),
    weeks.flatMap(({ days }, week) =>
      days.map(({ level, text }, row) => at(row + 1, week + 1, cell(level, text))),
    ),
  );
  return chart({
    caption,
    picture,
    legend: [{ before: strings('less'), swatch: scale, text: strings('more') }],
    head: [strings('weekOf'), ...weekdays],
    body: weeks.map(({ label, days }) => [
      label,
      ...weekdays.map((_, i) => {
        const day = days[i];
        return day ? String(day.count) : '–';
      }),
    ]),
    strings,
  });
}

/** Scores over time, a line for each grader; placed by shares of the picture, which takes the width there is. */
export function scores(lines: ProgressPage['scores'], caption: string, strings: Strings): HTMLElement {
  const days = new Map(lines.flatMap(({ values }) => values.map(({ day, label }) => [day, label] as const)));
  const order = [...days].sort(([a], [b]) => a.localeCompare(b));
  const [first, last] = [order[0], order.at(-1)];
  const [from, to] = [Date.parse(first?.[0] ?? ''), Date.parse(last?.[0] ?? '')];
  const x = (day: string) => (to > from ? (Date.parse(day) - from) / (to - from) : 0.5);
  const percent = (share: number) => `${Math.round(share * 10_000) / 100}%`;
  const plot = svg('svg', { class: 'plot' });
  for (const y of [0, 0.5, 1])
    plot.append(svg('line', { class: 'grid', x1: '0', x2: '100%', y1: percent(y), y2: percent(y) }));
  lines.forEach(({ grader, values }, i) => {
    const series = seriesAt(i);
    const group = svg('g', { class: `series ${series.colour}` });
    values.forEach(({ day, value }, n) => {
      const next = values[n + 1];
      if (!next) return;
      const [x1, x2] = [percent(x(day)), percent(x(next.day))];
      const [y1, y2] = [percent(1 - value), percent(1 - next.value)];
      group.append(svg('line', { x1, x2, y1, y2, 'stroke-dasharray': series.dash }));
    });
    for (const { day, value, label, text } of values) {
      const name = svg('title');
      name.textContent = `${strings('label', { label: grader })}${text} (${label})`;
      const place = svg('svg', { x: percent(x(day)), y: percent(1 - value), overflow: 'visible' });
      place.append(svg('path', { d: series.marker }, name));
      group.append(place);
    }
    plot.append(group);
  });
  return chart({
    caption,
    picture: el(
      'div',
      { class: 'scores', 'aria-hidden': 'true' },
      el('div', { class: 'axis y' }, ...[100, 50, 0].map((n) => el('span', {}, strings('percent', { n })))),
      el('div', { class: 'field' }, plot),
      el(
        'div',
        { class: 'axis x' },
        first && el('span', {}, first[1]),
        last && last !== first && el('span', {}, last[1]),
      ),
    ),
    legend: lines.map(({ grader }, i) => ({ swatch: sampleOf(seriesAt(i)), text: grader })),
    head: [strings('day'), ...lines.map(({ grader }) => grader)],
    body: order.map(([day, label]) => [
      label,
      ...lines.map(({ values }) => values.find((value) => value.day === day)?.text ?? '–'),
    ]),
    strings,
  });
}

function seriesAt(index: number): Series {
  return SERIES[index % SERIES.length] ?? SERIES[0];
}

function sampleOf({ colour, dash, marker }: Series): Element {
  return svg(
    'svg',
    { class: `sample series ${colour}`, width: '32', height: '12', viewBox: '-16 -6 32 12' },
    svg('line', { x1: '-16', x2: '16', y1: '0', y2: '0', 'stroke-dasharray': dash }),
    svg('path', { d: marker }),
  );
}

function withShare(node: HTMLElement, share: number, start = 0): HTMLElement {
  node.style.setProperty('--share', String(share));
  node.style.setProperty('--start', String(start));
  return node;
}

/** Names with their numbers in words, each above its bar. */
function rows(
  list: readonly { readonly label: string; readonly text: string; readonly bar: HTMLElement }[],
): HTMLElement {
  return el(
    'ul',
    { class: 'bars' },
    list.map(({ label, text, bar }) =>
      el('li', {}, el('span', { class: 'label' }, label), el('span', { class: 'number' }, text), bar),
    ),
  );
}

interface Chart {
  readonly caption: string;
  readonly picture: HTMLElement;
  readonly legend?: readonly { readonly before?: string; readonly swatch: Element; readonly text: string }[];
  readonly head: readonly string[];
  /** The first cell names its row. */
  readonly body: readonly (readonly string[])[];
  readonly strings: Strings;
}

function chart({ caption, picture, legend = [], head, body, strings }: Chart): HTMLElement {
  const column = (text: string) => el('th', { scope: 'col' }, text);
  const cell = (text: string, i: number) => (i === 0 ? el('th', { scope: 'row' }, text) : el('td', {}, text));
  return el(
    'figure',
    { class: 'chart' },
    el('figcaption', {}, caption),
    picture,
    legend.length > 0 &&
      el(
        'ul',
        { class: 'legend', 'aria-hidden': 'true' },
        legend.map(({ before, swatch, text }) => el('li', {}, before, swatch, text)),
      ),
    el(
      'details',
      {},
      el('summary', {}, strings('asTable')),
      el(
        'div',
        { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': caption },
        el(
          'table',
          {},
          el('caption', { class: 'visually-hidden' }, caption),
          el('thead', {}, el('tr', {}, head.map(column))),
          el(
            'tbody',
            {},
            body.map((row) => el('tr', {}, row.map(cell))),
          ),
        ),
      ),
    ),
  );
}

function svg(
  tag: string,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Exclude<Child, false | undefined>[]
): SVGElement {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}
