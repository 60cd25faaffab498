// What a grade by a model costs beside the model: measured in the extension host against a server on this machine.
import * as fs from 'node:fs';
import * as vscode from 'vscode';
import { normalise } from '../../src/core/grading/normalise.ts';
import { buildRequest } from '../../src/core/grading/prompt.ts';
import { layOut } from '../../src/core/grading/sheet.ts';
import { LANGS } from '../../src/core/language.ts';
import type { Services } from '../../src/vscode/services.ts';
import { judge, readPrompt } from '../support/judge.ts';
import { type Behaviour, ModelServer, stalls } from '../support/modelServer.ts';

const SUBJECT = { type: 'question', id: 'drift-signals' } as const;
const QUOTE = 'I compare the last day with a reference window taken from the training data';

/** Milliseconds and tokens, by name. */
export async function measureGrading(services: Services): Promise<Record<string, number[]>> {
  const { bank, grading, models, panel, practice } = services;
  const server = await ModelServer.start();
  const config = vscode.workspace.getConfiguration('canari');
  const settings = { grader: 'openai', 'openai.baseUrl': server.baseUrl, 'openai.model': 'bench-model' };
  for (const [key, value] of Object.entries(settings))
    await config.update(key, value, vscode.ConfigurationTarget.Global);
  await models.confirm(server.origin);
  const question = await bank.question(SUBJECT.id);
  await practice.ensureAnswer(SUBJECT, question.track);
  const file = practice.answerFile(SUBJECT, question.track);

  let lastToken = 0;
  const replying: Behaviour = async ({ chat }, response) => {
    const prompt = readPrompt(chat.messages.map(({ content }) => content));
    const text = JSON.stringify(judge(prompt, () => ({ verdict: 'met', evidence: QUOTE })));
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (let i = 0; i < text.length; i += 40) {
      const delta = { choices: [{ index: 0, delta: { content: text.slice(i, i + 40) } }] };
      response.write(`data: ${JSON.stringify(delta)}\n\n`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    lastToken = performance.now();
    const end = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };
    response.end(`data: ${JSON.stringify(end)}\n\ndata: [DONE]\n\n`);
  };
  panel.show({ page: 'grade', subject: SUBJECT });
  const reports: number[] = [];
  const cancels: number[] = [];
  try {
    server.answer(replying);
    for (let i = 0; i < 12; i++) {
      fs.writeFileSync(file, `${QUOTE}, and I alert on a threshold, for the ${i}th time.`);
      const { grade } = await grading.grade(SUBJECT);
      await panel.refresh();
      if (grade.score !== 1) throw new Error(`the benchmark's grade is ${JSON.stringify(grade.failure)}`);
      // The first one loads what is loaded on use.
      if (i > 0) reports.push(performance.now() - lastToken);
    }
    server.answer(stalls('{"points": {'));
    for (let i = 0; i < 5; i++) {
      fs.writeFileSync(file, `${QUOTE}, and I give up for the ${i}th time, as anybody would.`);
      const graded = grading.grade(SUBJECT).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 300));
      const start = performance.now();
      grading.cancel(SUBJECT);
      await graded;
      cancels.push(performance.now() - start);
    }
  } finally {
    await server.stop();
  }
  return { report: reports, cancel: cancels, ...(await promptSizes(services)) };
}

/** Characters of each question's prompt around its model answer, in both languages. */
async function promptSizes({ bank }: Services): Promise<Record<string, number[]>> {
  const characters: number[] = [];
  for (const { id, type } of (await bank.catalogue()).entries) {
    if (type !== 'question') continue;
    const question = await bank.question(id);
    for (const lang of LANGS) {
      const answer = question.model_answer[lang];
      const { messages } = buildRequest({
        sheet: layOut(question, { seed: '0', answer }),
        prompt: question.prompt[lang],
        lang,
        feedbackLang: lang,
        texts: [{ file: '', normalised: normalise(answer) }],
        facts: [],
        nonce: 'N7F3A',
      });
      characters.push(messages.reduce((sum, { text }) => sum + text.length, 0));
    }
  }
  return { characters };
}
