import type { CheckView, FindingView, GradePage, Place, PointView } from '../../src/shared/protocol.ts';
import { busy, button, checkbox } from '../components/index.ts';
import { type Child, el, section } from '../dom.ts';
import { host } from '../host.ts';
import type { Strings } from '../strings.ts';
import { actions, header, references } from './parts.ts';

// Verdicts differ by shape and by word, not by colour alone.
const MARKS: Readonly<Record<PointView['verdict'], string>> = {
  met: '✓',
  not_met: '✕',
  contradicted: '≠',
  unverified: '?',
  unjudged: '○',
};

const OUTCOME_MARKS: Readonly<Record<CheckView['outcome'], string>> = {
  passed: '✓',
  failed: '✕',
  not_run: '–',
};

export function drawGrade(state: GradePage, strings: Strings): HTMLElement[] {
  const top = header(state.title, state.subtitle);
  if (state.running) return [top, running(state.running, strings)];
  const nodes: (HTMLElement | undefined)[] = [
    top,
    headline(state),
    failure(state),
    state.gate ? el('p', { class: 'notice' }, state.gate) : undefined,
    state.suspicious ? el('p', { class: 'notice' }, state.suspicious) : undefined,
    section('checks', strings('checks'), state.checks.length > 0 && checks(state.checks, strings)),
    ...points(state, strings),
    section('pitfalls', strings('pitfalls'), pitfalls(state, strings)),
    state.followUp
      ? section('followup', strings('followUp'), el('p', { class: 'followup' }, state.followUp))
      : undefined,
    state.untrustedSummary
      ? section('summary', strings('graderSays'), el('p', {}, state.untrustedSummary))
      : undefined,
    nextActions(state, strings),
    references(state.references, strings),
  ];
  return nodes.filter((node) => node !== undefined);
}

function running(state: NonNullable<GradePage['running']>, strings: Strings): HTMLElement {
  const seconds = Math.max(0, Math.round((Date.now() - state.startedAt) / 1000));
  return el(
    'div',
    { class: 'running' },
    el(
      'p',
      { class: 'progress' },
      busy(state.text),
      el('span', {}, state.text),
      el('span', { class: 'muted' }, strings('elapsed', { seconds })),
    ),
    el(
      'ul',
      { class: 'cards' },
      state.points.map((point) => card(point, strings, false)),
    ),
    actions(button('cancel', strings('cancel'), () => void host.request('grade/cancel', {}))),
  );
}

function headline({ headline: head }: GradePage): HTMLElement | undefined {
  if (!head) return undefined;
  const meter = el('div', { class: 'meter', 'aria-hidden': 'true' }, el('span', { class: 'fill' }));
  meter.style.setProperty('--share', String(head.value ?? 0));
  return el(
    'div',
    { class: `headline band-${head.band}` },
    el(
      'p',
      { class: 'score' },
      el('span', { class: 'value' }, head.score),
      el('span', { class: 'band' }, head.bandText),
    ),
    head.value === undefined ? undefined : meter,
    el('p', { class: 'by' }, head.gradedBy),
    head.note === '' ? undefined : el('p', { class: 'muted' }, head.note),
  );
}

function failure({ failure: failed }: GradePage): HTMLElement | undefined {
  if (!failed) return undefined;
  return el(
    'div',
    { class: 'notice failure', role: 'alert' },
    el('p', {}, failed.message),
    actions(
      ...failed.steps.map(({ label, index }) =>
        button(
          `step-${index}`,
          label,
          () => void host.request('step/take', { index }),
          index === 0 ? 'primary' : 'secondary',
        ),
      ),
    ),
    el('p', { class: 'muted code' }, failed.code),
  );
}

function checks(list: readonly CheckView[], strings: Strings): HTMLElement {
  const order = { failed: 0, not_run: 1, passed: 2 } as const;
  const sorted = [...list].sort((a, b) => order[a.outcome] - order[b.outcome]);
  return el(
    'ul',
    { class: 'cards' },
    sorted.map((check) =>
      el(
        'li',
        {
          class: `card ${check.outcome === 'passed' ? 'good' : check.outcome === 'failed' ? 'bad' : 'open'}`,
        },
        line(OUTCOME_MARKS[check.outcome], check.outcomeText, check.title),
        check.reason ? el('p', { class: 'muted' }, check.reason) : undefined,
        check.findings.map((finding) => findingNode(finding, check.id, strings)),
      ),
    ),
  );
}

function findingNode(finding: FindingView, check: string, strings: Strings): HTMLElement {
  const { place, where } = finding;
  const id = `finding-${check}-${place.file}-${place.line}-${place.column}`;
  return el(
    'div',
    { class: `finding ${finding.severity}` },
    el('p', {}, el('strong', {}, strings('label', { label: finding.severityText })), finding.message),
    el('p', { class: 'muted' }, el('strong', {}, strings('label', { label: strings('why') })), finding.why),
    el(
      'p',
      { class: 'inline' },
      button(id, strings('openFile', { where }), () => void host.request('finding/open', place)),
      el('a', { href: finding.link.url }, finding.link.title),
    ),
  );
}

function points(state: GradePage, strings: Strings): (HTMLElement | undefined)[] {
  if (state.tickable && state.attempt) return [ticks(state, state.attempt, strings)];
  const some = (verdicts: readonly PointView['verdict'][]) =>
    state.points.filter(({ verdict }) => verdicts.includes(verdict));
  const list = (id: string, title: string, chosen: readonly PointView[]) =>
    section(
      id,
      `${title} (${chosen.length})`,
      chosen.length > 0 &&
        el(
          'ul',
          { class: 'cards' },
          chosen.map((point) => card(point, strings, true)),
        ),
    );
  return [
    list('missed', strings('pointsMissed'), some(['contradicted', 'unverified', 'not_met'])),
    list('open', strings('pointsOpen'), some(['unjudged'])),
    list('met', strings('pointsEarned'), some(['met'])),
  ];
}

function line(mark: string, word: string, text: string): HTMLElement {
  return el(
    'p',
    { class: 'claim' },
    el('span', { class: 'mark', 'aria-hidden': 'true' }, mark),
    el('span', {}, text),
    el('span', { class: 'verdict' }, word),
  );
}

function card(point: PointView, strings: Strings, isFinal: boolean): HTMLElement {
  const tone = point.verdict === 'met' ? 'good' : point.verdict === 'unjudged' ? 'open' : 'bad';
  return el(
    'li',
    { class: `card ${tone}` },
    line(MARKS[point.verdict], point.verdictText, point.statement),
    isFinal && quote(point.id, point.quote, point.place, strings),
    isFinal && point.untrustedReason ? el('p', {}, point.untrustedReason) : undefined,
    isFinal && point.nearMiss ? details(strings('nearMiss'), point.nearMiss) : undefined,
  );
}

function details(summary: string, text: string): HTMLElement {
  return el('details', {}, el('summary', {}, summary), el('p', {}, text));
}

function quote(id: string, text: string | undefined, place: Place | undefined, strings: Strings): Child {
  if (!text) return undefined;
  return el(
    'figure',
    { class: 'quote' },
    el('blockquote', {}, text),
    place &&
      el(
        'figcaption',
        {},
        button(`quote-${id}`, strings('showInAnswer'), () => void host.request('place/open', place)),
      ),
  );
}

function pitfalls(state: GradePage, strings: Strings): Child {
  if (state.pitfalls.length === 0) return undefined;
  return el(
    'ul',
    { class: 'cards' },
    state.pitfalls.map(({ statement, quote: text, place }, i) =>
      el('li', { class: 'card bad' }, line('!', '', statement), quote(`pitfall-${i}`, text, place, strings)),
    ),
  );
}

// The candidate's own verdicts: what a program estimated is ticked beforehand, with the words it saw.
function ticks(state: GradePage, attempt: string, strings: Strings): HTMLElement | undefined {
  const boxes = [...state.points].map((point) => ({
    point,
    box: checkbox(`tick-${point.id}`, point.statement, point.verdict === 'met'),
  }));
  const save = () => {
    const met = boxes.filter(({ box }) => box.checked()).map(({ point }) => point.id);
    void host.request('ticks/save', { attempt, met });
  };
  return section(
    'points',
    strings('points'),
    el('p', { class: 'muted' }, strings('tickIntro')),
    el(
      'ul',
      { class: 'cards' },
      boxes.map(({ point, box }) =>
        el(
          'li',
          { class: `card ${point.verdict === 'met' ? 'good' : 'open'}` },
          box.node,
          quote(point.id, point.quote, point.place, strings),
          point.nearMiss ? details(strings('nearMiss'), point.nearMiss) : undefined,
        ),
      ),
    ),
    actions(button('save-ticks', strings('tickSave'), save, 'primary')),
  );
}

function nextActions(state: GradePage, strings: Strings): HTMLElement {
  const run = (command: 'again' | 'solution' | 'drillNext' | 'drillStop') => () =>
    void host.request('command/run', { command });
  return actions(
    state.drill &&
      (state.drill.isLast
        ? button('drill-stop', strings('summary'), run('drillStop'), 'primary')
        : button(
            'drill-next',
            strings('next', { position: state.drill.position }),
            run('drillNext'),
            'primary',
          )),
    button('again', strings('again'), run('again')),
    button('solution', strings('solution'), run('solution')),
  );
}
