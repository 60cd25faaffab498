import type { PanelCommand } from '../../src/shared/protocol.ts';
import type { InterviewPage } from '../../src/shared/studyPages.ts';
import { minutesOf, secondsSince, tickWhileShown, wholeSeconds } from '../clock.ts';
import { busy, button } from '../components/index.ts';
import { el } from '../dom.ts';
import { host } from '../host.ts';
import { markdownBlock } from '../markdown.ts';
import type { Strings } from '../strings.ts';
import { actions, header } from './parts.ts';

interface Shown {
  readonly key: string;
  readonly nodes: readonly HTMLElement[];
  readonly update: (state: InterviewPage) => void;
}

const run = (command: PanelCommand) => () => void host.request('command/run', { command });

let shown: Shown | undefined;

/** A question of an interview. While only the time goes on the same elements are kept, with the focus in them. */
export function drawInterview(state: InterviewPage, strings: Strings): HTMLElement[] {
  const key = JSON.stringify({
    ...state,
    questionLeft: 0,
    totalLeft: 0,
    now: 0,
    end: strings('interviewEnd'),
  });
  if (shown?.key !== key || !shown.nodes[0]?.isConnected) shown = create(key, state, strings);
  shown.update(state);
  return [...shown.nodes];
}

function create(key: string, first: InterviewPage, strings: Strings): Shown {
  const question = el('span', { role: 'timer' });
  const whole = el('span', { role: 'timer' });
  const clocks = el(
    'dl',
    { class: 'clocks' },
    el('div', {}, el('dt', {}, strings('thisQuestion')), el('dd', {}, question)),
    el('div', {}, el('dt', {}, strings('wholeInterview')), el('dd', {}, whole)),
  );
  let [current, received] = [first, Date.now()];
  const stands = first.paused || first.busy !== undefined;
  const count = () => {
    const passed = stands ? 0 : secondsSince(received);
    question.textContent = told(current.questionLeft - passed, strings);
    whole.textContent = told(current.totalLeft - passed, strings);
  };
  tickWhileShown(clocks, count);
  return {
    key,
    nodes: [
      header(first.title, first.subtitle),
      clocks,
      status(first, strings),
      el(
        'div',
        { class: 'followup prompt' },
        first.isFollowUp && el('p', { class: 'tags' }, el('span', { class: 'tag' }, strings('followUpTag'))),
        markdownBlock(first.untrustedPrompt),
      ),
      buttons(first, strings),
      el('p', { class: 'muted assistance' }, first.assistance),
    ].filter((node) => node instanceof HTMLElement),
    update(state) {
      [current, received] = [state, Date.now()];
      count();
    },
  };
}

// The time that is left, or by how much it is over, said in the same tone.
function told(left: number, strings: Strings): string {
  return left > -1
    ? strings('timeLeft', { time: minutesOf(wholeSeconds(left)) })
    : strings('overBy', { time: minutesOf(Math.floor(-left)) });
}

function status({ busy: work, paused }: InterviewPage, strings: Strings): HTMLElement | undefined {
  if (work !== undefined) {
    return el('div', { class: 'running' }, el('p', { class: 'progress' }, busy(work), el('span', {}, work)));
  }
  return paused ? el('p', { class: 'notice' }, strings('paused')) : undefined;
}

function buttons({ busy: work, paused }: InterviewPage, strings: Strings): HTMLElement {
  const isFree = work === undefined;
  return actions(
    isFree &&
      !paused &&
      button('interview-hand-in', strings('interviewHandIn'), run('interviewHandIn'), 'primary'),
    isFree &&
      button(
        'interview-pause',
        paused ? strings('interviewResume') : strings('interviewPause'),
        run('interviewPause'),
        paused ? 'primary' : 'secondary',
      ),
    isFree && button('interview-skip', strings('skip'), run('interviewSkip')),
    button('interview-end', strings('interviewEnd'), run('interviewEnd')),
  );
}
