import { isFiller, type Token } from './words.ts';

// An item is a name, at most with a word or two beside it: "taux de null", "p99 latency".
const LONGEST_ITEM = 3;
// A shorter list is how anybody speaks.
const FEWEST_ITEMS = 4;
/** From so many items on, what a list names decides whether it claims anything. */
const LONG = 6;
/** The same for a list that is announced: "Le pipeline : …" says of what it is one. */
const LONG_ANNOUNCED = 9;
/** Share of the words in lists from which an answer is nothing but lists; terse notes stay below .4. */
const ALL_LISTS = 0.6;
/** So many points named in one list are too many to be claimed by it. */
export const SEVERAL_POINTS = 3;

const isComma = ({ text, isMark }: Token) =>
  isMark ? /^[,;/+•·]$/.test(text) : /^(and|et|or|ou)$/.test(text);

// What these part is not one list: a table's cells, a remark in brackets, the list and what it is a list of.
const isBorder = ({ text, isMark }: Token) => isMark && /^[|()[\]:→=–]$|^[-=]>$/.test(text);

// What stands before these is the head of what comes, not one of its items.
const isOpening = ({ text, isMark }: Token) => isMark && /^[([:→=–]$|^[-=]>$/.test(text);

// A piece with a subject, a copula or a negation is a clause, short as it may be.
const CLAUSE =
  /^(je|j|on|nous|il|elle|ils|elles|c|ca|est|sont|etait|sera|peut|doit|pas|sans|si|i|we|you|it|they|is|are|was|were|can|must|not|no|without|if)$/;

interface Item {
  readonly sentence: number;
  readonly start: number;
  readonly end: number;
  readonly words: number;
}

interface Enumeration {
  readonly items: readonly Item[];
  readonly isLong: boolean;
}

/** The enumerations of a text. One goes on over a full stop when the sentence held nothing but items. */
function enumerationsOf(text: readonly (readonly Token[])[]): Enumeration[] {
  const found: Enumeration[] = [];
  let items: Item[] = [];
  let isAnnounced = false;
  const close = (border?: Token) => {
    const isLong = items.length >= (isAnnounced ? LONG_ANNOUNCED : LONG);
    if (items.length >= FEWEST_ITEMS) found.push({ items, isLong });
    items = [];
    isAnnounced = border !== undefined && isOpening(border);
  };
  for (const [sentence, tokens] of text.entries()) {
    let [start, words, isClause, isOnlyItems] = [0, 0, false, true];
    for (let i = 0; i <= tokens.length; i++) {
      const token = tokens[i];
      if (token !== undefined && !isBorder(token) && !isComma(token)) {
        if (!token.isMark && !isFiller(token.text)) words++;
        isClause ||= CLAUSE.test(token.text);
        continue;
      }
      if (words > LONGEST_ITEM || isClause) {
        isOnlyItems = false;
        close();
      } else if (words > 0 && !(token !== undefined && isOpening(token))) {
        items.push({ sentence, start, end: i, words });
      }
      if (token !== undefined && isBorder(token)) {
        isOnlyItems = false;
        close(token);
      }
      [start, words, isClause] = [i + 1, 0, false];
    }
    // "Monitor." is a heading, unlike a name on a line of its own.
    const isHeading = items.at(-1)?.sentence === sentence && items.at(-2)?.sentence !== sentence;
    if (isOnlyItems && isHeading && tokens.at(-1)?.text === '.') items.pop();
    else if (isOnlyItems) continue;
    close();
  }
  close();
  return found;
}

/** The enumerations of a text: the one that each token is part of, and what is known of each. */
export interface Enumerations {
  /** Per sentence and token, the number of an enumeration. */
  readonly marks: readonly (readonly (number | undefined)[])[];
  /** Those that claim nothing, whatever they name. */
  readonly empty: ReadonlySet<number>;
  /** Those that claim nothing if they name several points. */
  readonly long: ReadonlySet<number>;
}

/**
 * A list of names claims nothing: an answer that explains says something of each, in longer pieces, and its lists are
 * short, few and about one thing. So no list counts of an answer that is made of lists, and neither does a long one
 * that goes over several points (which the caller knows).
 */
export function enumerations(text: readonly (readonly Token[])[]): Enumerations {
  const found = enumerationsOf(text);
  const total = text.flat().filter((token) => !token.isMark && !isFiller(token.text)).length;
  const listed = found.flatMap(({ items }) => items).reduce((sum, { words }) => sum + words, 0);
  const marks = text.map((tokens): (number | undefined)[] => tokens.map(() => undefined));
  for (const [number, { items }] of found.entries()) {
    for (const { sentence, start, end } of items) marks[sentence]?.fill(number, start, end);
  }
  const numbers = found.map((_, number) => number);
  return {
    marks,
    empty: new Set(listed > ALL_LISTS * total ? numbers : []),
    long: new Set(numbers.filter((number) => found[number]?.isLong)),
  };
}
