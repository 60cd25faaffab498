import type {
  CheckView,
  FindingView,
  GradePage,
  NoticeView,
  PanelCommand,
  PointView,
} from '../../src/shared/protocol.ts';
import { button, checkbox, linkButton } from '../components/index.ts';
import { type Child, el, section } from '../dom.ts';
import { host } from '../host.ts';
import { markdownBlock } from '../markdown.ts';
import type { Strings } from '../strings.ts';
import { drawHeadline } from './headline.ts';
import { actions, facts, header, references } from './parts.ts';
import { card, details, line, quote, tags } from './points.ts';
import { drawRunning } from './running.ts';

const OUTCOME_MARKS: Readonly<Record<CheckView['outcome'], string>> = {
  passed: '✓',
  failed: '✕',
  not_run: '–',
};

const run = (command: PanelCommand) => () => void host.request('command/run', { command });

export function drawGrade(state: GradePage, strings: Strings): HTMLElement[] {
  if (state.running) return drawRunning(state, state.running, strings);
  const nodes: (HTMLElement | undefined)[] = [
    header(state.title, state.subtitle),
    state.headline && drawHeadline(state.headline),
    schedule(state, strings),
    change(state),
    repeats(state, strings),
    contested(state),
    failure(state),
    state.gate ? el('p', { class: 'notice' }, state.gate) : undefined,
    ...state.notices.map((notice, i) => noticeNode(notice, i, strings)),
    section('checks', strings('checks'), state.checks.length > 0 && checks(state.checks, strings)),
    ...points(state, strings),
    section('pitfalls', strings('pitfalls'), pitfalls(state, strings)),
    state.untrustedSummary
      ? section('summary', strings('graderSays'), el('p', {}, state.untrustedSummary))
      : undefined,
    followUp(state, strings),
    nextActions(state, strings),
    delivery(state, strings),
    about(state, strings),
    references(state.references, strings),
  ];
  return nodes.filter((node) => node !== undefined);
}

function change({ change: since }: GradePage): HTMLElement | undefined {
  if (!since) return undefined;
  return el(
    'div',
    { class: 'change' },
    el('p', {}, since.text),
    since.caution ? el('p', { class: 'muted' }, since.caution) : undefined,
  );
}

function schedule({ schedule: text }: GradePage, strings: Strings): HTMLElement | undefined {
  if (!text) return undefined;
  return el(
    'div',
    { class: 'schedule' },
    el('p', {}, text),
    el(
      'p',
      { class: 'inline' },
      linkButton('rate', strings('rate'), run('rate')),
      linkButton('history', strings('history'), run('history')),
      linkButton('undo', strings('undo'), run('undo')),
    ),
  );
}

function repeats({ repeats: text }: GradePage, strings: Strings): HTMLElement | undefined {
  if (!text) return undefined;
  return el(
    'div',
    { class: 'notice' },
    el('p', {}, text),
    actions(button('grade-again', strings('again'), run('gradeAgain'))),
  );
}

function contested({ contested: own }: GradePage): HTMLElement | undefined {
  if (!own) return undefined;
  return el(
    'div',
    { class: 'notice' },
    el('p', {}, own.text),
    own.comment ? el('blockquote', {}, own.comment) : undefined,
  );
}

function noticeNode({ text, passages }: NoticeView, index: number, strings: Strings): HTMLElement {
  return el(
    'div',
    { class: 'notice' },
    el('p', {}, text),
    passages.map((passage, i) => quote(`notice-${index}-${i}`, passage.quote, passage.place, strings)),
  );
}

function followUp({ untrustedFollowUp: ask }: GradePage, strings: Strings): HTMLElement | undefined {
  if (!ask) return undefined;
  return section('followup', strings('followUp'), el('div', { class: 'followup' }, markdownBlock(ask)));
}

function delivery({ delivery: list }: GradePage, strings: Strings): HTMLElement | undefined {
  const told = facts(list);
  return section(
    'delivery',
    strings('delivery'),
    told && el('p', { class: 'muted' }, strings('deliveryIntro')),
    told,
  );
}

function about({ about: origin }: GradePage, strings: Strings): HTMLElement | undefined {
  if (!origin) return undefined;
  return section(
    'about',
    strings('about'),
    facts(origin.facts),
    actions(
      button('trace', strings('trace'), run('trace')),
      origin.contestable && button('contest', strings('contest'), run('contest')),
    ),
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
          chosen.map((point) => card(point, strings)),
        ),
    );
  return [
    list('missed', strings('pointsMissed'), some(['contradicted', 'set_aside', 'unverified', 'not_met'])),
    list('open', strings('pointsOpen'), some(['unjudged'])),
    list('met', strings('pointsEarned'), some(['met'])),
  ];
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
          tags(point),
          quote(point.id, point.quote, point.place, strings),
          point.nearMiss ? details(strings('nearMiss'), point.nearMiss) : undefined,
        ),
      ),
    ),
    actions(button('save-ticks', strings('tickSave'), save, 'primary')),
  );
}

function nextActions(state: GradePage, strings: Strings): HTMLElement {
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
    state.untrustedFollowUp !== undefined && button('follow-up', strings('followUpAnswer'), run('followUp')),
    // A kept grade would come again: its own button asks for a new one.
    state.repeats === undefined && button('again', strings('again'), run('again')),
    button('solution', strings('solution'), run('solution')),
  );
}
