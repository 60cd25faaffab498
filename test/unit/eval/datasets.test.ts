import assert from 'node:assert/strict';
import * as path from 'node:path';
import {
  compile,
  isBlank,
  pointsOf,
  readCsv,
  readMohler,
  readSaf,
  stratified,
  wordOverlap,
} from '../../eval/datasets.ts';
import { Trouble } from '../../eval/options.ts';
import { useFolder, writeFiles } from '../../support/folders.ts';

const xml = (answers: string) => `<?xml version='1.0' encoding='UTF-8'?>
<question id="1.1" module="X">
   <questionText>Why are tickets numbered &amp; dated?
</questionText>
   <referenceAnswers>
     <referenceAnswer id="X_1.1_a1">
Numbers keep the order of arrival.
Dates show how old a ticket is.
</referenceAnswer>
   </referenceAnswers>
   <studentAnswers>${answers}</studentAnswers>
</question>`;

const answer = (response: string, score: string) =>
  `<studentAnswer id="a"><response>${response}</response><response_feedback>Well.</response_feedback><score>${score}</score></studentAnswer>`;

describe('SAF', () => {
  const folder = useFolder();

  it('is read from its own repository: the English answers that are there to test with', () => {
    writeFiles(folder(), {
      'data/unseen_questions/english/1.xml': xml(
        answer('They keep the order.', ' 0.5 ') +
          answer(' No submission. \n', '0') +
          answer('Dates &lt; age', '1'),
      ),
      'data/unseen_answers/english/2.xml': xml(answer('To sort them.', '0.25')),
      'data/unseen_questions/german/3.xml': xml(answer('Damit man sie ordnen kann.', '1')),
      'data/training/english/4.xml': xml(answer('For training.', '1')),
    });
    const { answers, blanks, frozen } = readSaf(folder());
    assert.deepEqual(answers.map(({ part, answer: text, score }) => [part, text, score]).sort(), [
      ['unseen_answers', 'To sort them.', 0.25],
      ['unseen_questions', 'Dates < age', 1],
      ['unseen_questions', 'They keep the order.', 0.5],
    ]);
    assert.equal(answers[0]?.question, 'Why are tickets numbered & dated?');
    assert.equal(blanks, 1);
    assert.match(frozen, /^[0-9a-f]{16}$/);
    assert.equal(
      readSaf(path.join(folder(), 'data', 'unseen_questions', 'english')).answers[0]?.part,
      'unseen_questions',
    );
  });

  it('is read from rows with the columns of its data card', () => {
    const row = {
      question: 'Q?',
      reference_answer: 'One claim. Another claim.',
      provided_answer: 'Yes it is.',
      score: 0.75,
    };
    writeFiles(folder(), {
      'saf.jsonl': `${JSON.stringify({ ...row, split: 'test_unseen_questions' })}\n${JSON.stringify({ ...row, provided_answer: 'No response' })}\n${JSON.stringify({ ...row, split: 'train' })}\n`,
    });
    const { answers, blanks } = readSaf(path.join(folder(), 'saf.jsonl'));
    assert.deepEqual(answers, [
      {
        part: 'unseen_questions',
        question: 'Q?',
        reference: row.reference_answer,
        answer: 'Yes it is.',
        score: 0.75,
      },
    ]);
    assert.equal(blanks, 1);
  });

  it('says what is wrong with a path that holds none of it', () => {
    assert.throws(() => readSaf(path.join(folder(), 'nowhere')), Trouble);
    writeFiles(folder(), { 'notes.csv': 'a,b\n1,2\n', 'torn.jsonl': '{"question":' });
    assert.throws(() => readSaf(path.join(folder(), 'notes.csv')), /no graded answers/);
    assert.throws(() => readSaf(path.join(folder(), 'torn.jsonl')), Trouble);
  });

  it('knows what was not handed in from an answer that is short', () => {
    for (const text of [
      '',
      ' ',
      'No submission.',
      'no response',
      'Empty Submission',
      '-',
      'N/A',
      'No answer!',
    ])
      assert.ok(isBlank(text), text);
    for (const text of ['No.', 'Duplex transmission.', 'No response is sent by the server.', '10.7'])
      assert.ok(!isBlank(text), text);
  });
});

describe('Mohler', () => {
  const folder = useFolder();

  it('is read from a table with marks from 0 to 5, with the two raters where they are told apart', () => {
    writeFiles(folder(), {
      'mohler.csv':
        'id,question,desired_answer,student_answer,score_me,score_other,score_avg\r\n' +
        '1.1,"What is it, in a word?","A ""thing""\nof two lines.",A thing.,4,2,3\r\n' +
        '1.1,"What is it, in a word?","A ""thing""\nof two lines.",Nothing at all.,1,0,\r\n',
    });
    const { answers } = readMohler(path.join(folder(), 'mohler.csv'));
    assert.deepEqual(
      answers.map(({ score, raters }) => [score, raters]),
      [
        [0.6, [0.8, 0.4]],
        [0.1, [0.2, 0]],
      ],
    );
    assert.equal(answers[0]?.reference, 'A "thing"\nof two lines.');
  });

  it('is drawn from so that each mark keeps its share, the same answers every time', () => {
    const all = Array.from({ length: 1_000 }, (_, i) => ({
      ...{ part: '', question: 'Q', reference: 'R', answer: String(i) },
      score: i < 700 ? 1 : i < 900 ? 0.6 : 0,
    }));
    const some = stratified(all, 100);
    assert.equal(some.length, 100);
    assert.equal(some.filter(({ score }) => score === 1).length, 70);
    assert.equal(some.filter(({ score }) => score === 0).length, 10);
    assert.deepEqual(stratified(all, 100), some);
    assert.equal(new Set(some.map((each) => each.answer)).size, 100);
  });
});

describe('a table', () => {
  it('may have tabs, quotes and line breaks in its fields', () => {
    assert.deepEqual(readCsv('A\tb\n1\t"x\ty"\n2\t"p\nq"\n'), [
      { a: '1', b: 'x\ty' },
      { a: '2', b: 'p\nq' },
    ]);
  });
});

describe('a reference answer', () => {
  it('has one point for each sentence and each item of a list, and none for headings and marks', () => {
    const reference = `Benefits:
● Fewer rules in the
switches (0.25)
● One view of the network
Note: naming two is enough.
The controller may fail. It is then a bottleneck.`;
    assert.deepEqual(pointsOf(reference), [
      'Fewer rules in the switches',
      'One view of the network',
      'The controller may fail.',
      'It is then a bottleneck.',
    ]);
  });

  it('is one point where nothing in it is a sentence', () => {
    assert.deepEqual(pointsOf('42'), ['42']);
  });

  it('becomes a rubric whose points weigh the same', () => {
    const { points, pitfalls } = compile('Packets are counted. Routes are drawn.');
    assert.deepEqual(
      points.map(({ id, weight, statement }) => [id, weight, statement.en]),
      [
        ['s01', 1, 'The answer says: Packets are counted.'],
        ['s02', 1, 'The answer says: Routes are drawn.'],
      ],
    );
    assert.deepEqual(pitfalls, []);
  });

  it('shares words with an answer, whatever their case', () => {
    assert.equal(wordOverlap('Packets are counted twice', 'counted PACKETS'), 0.5);
    assert.equal(wordOverlap('Packets are counted', ''), 0);
  });
});
