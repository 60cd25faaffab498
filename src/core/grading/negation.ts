import type { Lang } from '../language.ts';
import { isGrammar, languageOf, type Token } from './words.ts';

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** Words by which a term says "not": any of them meets any other, as in "non déterministe", "pas déterministe". */
export const NEGATORS = set(
  'not never no without nor neither none pas jamais aucun aucune aucuns aucunes sans ni non',
);

const SUBJECTS: Readonly<Record<Lang, ReadonlySet<string>>> = {
  fr: set('je j on tu il ils elle elles nous vous ca c cela'),
  en: set('i we you he she it they this that there'),
};
// Subjects that start a clause of their own even without "and", since they are never objects.
const NEW_SUBJECTS: Readonly<Record<Lang, ReadonlySet<string>>> = {
  fr: set('je j on il ils c ca'),
  en: set('i we he she they'),
};
// What may stand between a subject and its verb: "je la surveille pas".
const CLITICS = set('le la les l y en me m te t se s lui leur');
const ARTICLES = set('le la les l un une des du de d');
const CONJUNCTIONS = set('and et or ou plus nor ni');
const ALTERNATIVES = set('or ou nor ni');

// Opposition, cause, consequence, time and relatives start another clause.
const TURNS = set(
  'mais but however cependant pourtant toutefois neanmoins yet although though whereas while tandis alors sinon ' +
    'otherwise else car because parce puisque since so donc therefore hence then puis ensuite qui which who whom ' +
    'whose where dont quand when lorsque lorsqu si if comme as before avant after apres once',
);
// A negation says of what comes after these that it is needed: "pas tant que", "not until", "never without".
const EXCEPTIONS = set('sans without unless until sauf excepte except hormis tant moins');
const STOPS = set('. ; : ! ? ( ) [ ] { } | – = > < -> =>');
const CONDITIONS = set('if si s when whenever quand lorsque lorsqu tant sitot');

// Verbs and adverbs whose denial affirms what follows: "n’oublie pas de", "don't skip", "ne se limite pas à", "not only".
const AFFIRMED_BY_NOT =
  /^(oubli|neglig|ignor|omet|hesit|content|limit|born|arret|suffi|manque(r|nt|z)?$|forget|forgot|overlook|neglect|skip|hesitat|fail|stop|miss|enough|assez|only|just$|merely|simply|solely|seulement|uniquement|simplement|juste$)/;
const AFFIRMED_BY_WITHOUT =
  /^(oubli|neglig|compter|parler|doute|cesse|exception|forget|neglect|mention|doubt|fail|question)/;
// What is denied of a subject when these are: "un seuil n'est pas nécessaire", "drift doesn't matter".
const WORTH =
  /^(ser(t|vent)$|servi|apporte|utile|necessaire|besoin|importe|indispensable|obligatoire|exist|interet|interess|need|requir|matter|useful|necessary|worth|place$|point$|concern|mandatory|relevant|argument|criter|reason|raison)/;
const USELESS =
  /^(inutiles?|superflue?s?|useless|unnecessary|needless|pointless|irrelevant|mythes?|myths?|academic)$/;
// After these, "que" and "that" open what is denied instead of a remark beside it.
const OPINIONS =
  /^(pens|croi|dis$|dit$|dire$|faut$|vrai|sure?s?$|certain|signifi|impliqu|garanti|besoin|peine|think|believ|mean|say|said|need|true|guarantee|impl|expect|assum|know|claim|want|convinc)/;
const CHECKS = /^(verif|control|regard|sai[st]$|savoir|check|know|look|ask|care|see$|test)/;

const LONGEST_ITEM = 5;
const MOST_ITEMS = 4;
const LONGEST_SUBJECT = 12;
// Nobody speaks clauses so long; it bounds the time that a hostile text takes.
const LONGEST_CLAUSE = 60;

interface Sentence {
  readonly tokens: readonly Token[];
  readonly lang: Lang;
}

/** A negation and the words that it denies, from `start` to before `end`. */
interface Denial {
  readonly at: number;
  readonly start: number;
  readonly end: number;
  /** Sets the scene for the clause after it, as in "Sans seuil, …", "Si le schéma ne tient pas, …". */
  readonly isFronted: boolean;
}

type Kind =
  /** Denies a verb, and with it what comes after: not, pas, never. */
  | 'verb'
  /** Denies what comes after: no, aucun, ni, inutile de. */
  | 'noun'
  /** Sets something aside, beside the clause: sans, instead of. */
  | 'aside';

const textAt = (tokens: readonly Token[], i: number) => tokens[i]?.text ?? '';

function isStop(tokens: readonly Token[], i: number): boolean {
  const token = tokens[i];
  return token === undefined || (token.isMark && STOPS.has(token.text));
}

/** Where the `ne` of a French negation stands, if it has one. */
function placeOfNe(tokens: readonly Token[], at: number): number | undefined {
  for (let i = at - 1; i >= Math.max(0, at - 6) && tokens[i]?.isMark === false; i--) {
    const text = textAt(tokens, i);
    if (text === 'ne' || text === 'n') return i;
    if (text === 'pas') return undefined;
  }
  return undefined;
}

/** The negation at a place: its kind and how many words it takes; nothing when the word denies nothing there. */
function negationAt({ tokens, lang }: Sentence, at: number): { kind: Kind; length: number } | undefined {
  const before = textAt(tokens, at - 1);
  const text = textAt(tokens, at);
  const [next, afterNext] = [textAt(tokens, at + 1), textAt(tokens, at + 2)];
  const nextWord = tokens
    .slice(at + 1, at + 4)
    .find((token) => !/^(de|d|to|bien|really|vraiment)$/.test(token.text));
  const affirms = AFFIRMED_BY_NOT.test(nextWord?.text ?? '') || AFFIRMED_BY_NOT.test(before);
  const isAfterthought = /^(ou|or|pourquoi|why)$/.test(before);
  switch (text) {
    case 'pas':
      if (affirms || isAfterthought || /^(que|qu|plus|moins|mal|rare)$/.test(next)) return undefined;
      if (next === 'a' && afterNext === 'pas') return undefined;
      if (/^(un|chaque|premier|petit)$/.test(before)) return undefined;
      return { kind: 'verb', length: 1 };
    case 'not':
      if (affirms || isAfterthought || /^(more|less|fewer|later|uncommon|until)$/.test(next))
        return undefined;
      return next === 'to' && afterNext === 'mention' ? undefined : { kind: 'verb', length: 1 };
    case 'jamais':
      return affirms || before === 'si' ? undefined : { kind: 'verb', length: 1 };
    case 'never':
      return affirms ? undefined : { kind: 'verb', length: 1 };
    case 'plus':
      if (placeOfNe(tokens, at) === undefined && !/^(besoin|jamais)$/.test(next)) return undefined;
      return /^(que|qu|tard|tot)$/.test(next) ? undefined : { kind: 'verb', length: 1 };
    case 'rien':
      return /^(pour|de)$/.test(before) || /^(que|qu)$/.test(next) ? undefined : { kind: 'verb', length: 1 };
    case 'nothing':
      return before === 'for' || next === 'but' ? undefined : { kind: 'verb', length: 1 };
    case 'nobody':
    case 'none':
    case 'neither':
    case 'impossible':
    case 'incapable':
    case 'unable':
      return { kind: 'noun', length: 1 };
    case 'personne':
      if ((next !== 'ne' && next !== 'n') || AFFIRMED_BY_NOT.test(afterNext)) return undefined;
      return { kind: 'noun', length: 2 };
    case 'no':
      if (/^(later|more|less|fewer|matter|doubt|sooner|wonder)$/.test(next)) return undefined;
      // "No, we compare": an answer to the question, which denies nothing of what comes.
      return tokens[at + 1]?.isMark ? undefined : { kind: 'noun', length: 1 };
    case 'non':
      if (affirms || isAfterthought || next === 'pas' || (tokens[at + 1]?.isMark ?? true)) return undefined;
      return { kind: 'noun', length: 1 };
    case 'aucun':
    case 'aucune':
      return { kind: 'noun', length: 1 };
    case 'ni':
    case 'nor':
      return { kind: 'noun', length: 1 };
    case 'sans':
    case 'without':
      return AFFIRMED_BY_WITHOUT.test(nextWord?.text ?? '') ? undefined : { kind: 'aside', length: 1 };
    case 'instead':
      return next === 'of' ? { kind: 'aside', length: 2 } : undefined;
    case 'rather':
      return next === 'than' ? { kind: 'aside', length: 2 } : undefined;
    case 'lieu':
      return before === 'au' && /^(de|d|du|des)$/.test(next) ? { kind: 'aside', length: 2 } : undefined;
    case 'place':
      return textAt(tokens, at - 2) === 'a' && before === 'la' && /^(de|d|du|des)$/.test(next)
        ? { kind: 'aside', length: 2 }
        : undefined;
    case 'plutot':
      return /^(que|qu)$/.test(next) ? { kind: 'aside', length: 2 } : undefined;
    case 'dont':
      return lang === 'en' ? { kind: 'verb', length: 1 } : undefined;
    default:
      return USELESS.test(text) ? { kind: 'noun', length: 1 } : undefined;
  }
}

/** Whether a comma only parts the items of a list that a negation denies as a whole: "no schema, range or null checks". */
function isListed({ tokens, lang }: Sentence, at: number, comma: number, isAlone: boolean): boolean {
  if (comma - at > LONGEST_ITEM + 1) return false;
  let length = 0;
  let items = 1;
  for (let i = comma + 1; !isStop(tokens, i) && items <= MOST_ITEMS; i++) {
    const text = textAt(tokens, i);
    if (text === ',') {
      items += 1;
      length = 0;
    } else if (ALTERNATIVES.has(text) && tokens[i]?.accented !== 'où') {
      // "Sans seuil, l'alerte ou le rapport ne dit rien" is no list of three: that one would end the sentence.
      const isEnd = Array.from({ length: LONGEST_ITEM + 1 }, (_, k) => i + 1 + k).some((k) =>
        isStop(tokens, k),
      );
      return (isEnd || !isAlone) && !NEW_SUBJECTS[lang].has(textAt(tokens, i + 1));
    } else if (TURNS.has(text) || NEW_SUBJECTS[lang].has(text) || NEGATORS.has(text)) {
      return false;
    } else if (++length > LONGEST_ITEM) {
      return false;
    }
  }
  return false;
}

/** Where the clause after a negation ends, and the second negation that it ran into, if that makes it a condition. */
function scopeAfter(sentence: Sentence, at: number, from: number, kind: Kind, isFronted: boolean) {
  const { tokens, lang } = sentence;
  let isOpinion = false;
  const most = Math.min(tokens.length, from + LONGEST_CLAUSE);
  for (let i = from; i < most; i++) {
    const [text, before, next] = [textAt(tokens, i), textAt(tokens, i - 1), textAt(tokens, i + 1)];
    if (isStop(tokens, i)) return { end: i };
    if (text === ',') {
      if (!isListed(sentence, at, i, isFronted && kind !== 'noun')) return { end: i };
      continue;
    }
    if (tokens[i]?.isMark) continue;
    isOpinion ||= OPINIONS.test(text);
    if (
      EXCEPTIONS.has(text) &&
      !(text === 'moins' && before !== 'a') &&
      !(text === 'tant' && next !== 'que')
    ) {
      // "On ne compare pas, sans regret" has its comma; here both belong to the one clause.
      const isDouble = kind !== 'aside' && /^(sans|without)$/.test(text) && !CONJUNCTIONS.has(before);
      return isDouble ? { end: i, exception: i } : { end: i };
    }
    if (/^(si|if)$/.test(text) && CHECKS.test(before)) continue;
    if (TURNS.has(text) || tokens[i]?.accented === 'où') return { end: i };
    if (/^(que|qu|that)$/.test(text) && i > from && !isOpinion && kind !== 'aside') return { end: i };
    if (CONJUNCTIONS.has(text) && SUBJECTS[lang].has(next)) return { end: i };
    const isSubject =
      NEW_SUBJECTS[lang].has(text) || (isFronted && kind === 'aside' && SUBJECTS[lang].has(text));
    if (i > from && isSubject && !isOpinion && !/^(que|qu|that)$/.test(before)) return { end: i };
  }
  return { end: most };
}

/** Where the clause before a negation starts. */
function startOfClause(tokens: readonly Token[], at: number, overCommas: boolean): number {
  let [i, length] = [at, 0];
  for (; i > 0; i--) {
    const text = textAt(tokens, i - 1);
    if (isStop(tokens, i - 1) || TURNS.has(text)) break;
    if (text === ',') {
      if (!overCommas) break;
      length = 0;
    } else if (++length > LONGEST_SUBJECT) break;
  }
  return i;
}

/** Whether a word of content stands right before a negation that wants a verb there. */
function isVerbLike(tokens: readonly Token[], at: number): boolean {
  const before = tokens[at - 1];
  return (
    before !== undefined && !before.isMark && !isGrammar(before.text) && textAt(tokens, at + 1) !== 'longer'
  );
}

/** Where the denied words before a negation start: the verb of "ne surveille pas", of "je surveille pas". */
function scopeBefore({ tokens, lang }: Sentence, at: number, kind: Kind, end: number): number {
  const text = textAt(tokens, at);
  const around = tokens.slice(Math.max(0, at - 2), Math.min(end, at + 5));
  const isWorthless = USELESS.test(text)
    ? /^(est|sont|is|are|serait|be|semble|reste|un|une|a)$/.test(textAt(tokens, at - 1))
    : kind === 'verb' || text === 'no'
      ? around.some((token) => WORTH.test(token.text))
      : false;
  if (isWorthless && !SUBJECTS[lang].has(textAt(tokens, startOfClause(tokens, at, false)))) {
    return startOfClause(tokens, at, true);
  }
  // "We compare no distributions": what is done to none is not done.
  if (/^(no|aucune?|nothing)$/.test(text) && isVerbLike(tokens, at)) return at - 1;
  if (kind !== 'verb' || /^(not|never|nothing|dont)$/.test(text)) return at;
  const ne = placeOfNe(tokens, at);
  if (ne !== undefined) return ne + 1;
  // Spoken French drops the `ne`; what tells the verb then is the subject before it, and no article between.
  for (let i = at - 1; i >= Math.max(0, at - 4); i--) {
    if (tokens[i]?.isMark) break;
    if (!SUBJECTS.fr.has(textAt(tokens, i))) continue;
    const verb = tokens.slice(i + 1, at).findIndex((token) => !CLITICS.has(token.text));
    const rest = tokens.slice(i + 2 + verb, at);
    return verb < 0 || rest.some((token) => ARTICLES.has(token.text)) ? at : i + 1 + verb;
  }
  return at;
}

/** Whether a negation is part of a condition, which supposes instead of denying: "if the schema does not match, …". */
function isSupposed(tokens: readonly Token[], at: number): boolean {
  const first = Math.max(0, at - LONGEST_CLAUSE);
  for (let i = at - 1; i >= first && !isStop(tokens, i) && textAt(tokens, i) !== ','; i--) {
    const text = textAt(tokens, i);
    // "s" is "s'il" here, while the pronoun has its verb.
    if (text === 's' ? /^ils?$/.test(textAt(tokens, i + 1)) : CONDITIONS.has(text)) return true;
    if (/^(mais|but|then|alors)$/.test(text)) return false;
  }
  return false;
}

/**
 * What a sentence denies: for each of its tokens, the place of the negation that denies it. A negation reaches to the
 * end of its clause, and in French back to its verb; two that meet ("never without"), and one that is part of a
 * condition, deny nothing.
 */
export function denials(tokens: readonly Token[]): (number | undefined)[] {
  const sentence: Sentence = { tokens, lang: languageOf(tokens) };
  const found: Denial[] = [];
  const lifted = new Set<number>();
  for (let at = 0; at < tokens.length; at++) {
    const negation = negationAt(sentence, at);
    if (negation === undefined) continue;
    const isFronted = at === 0 || isStop(tokens, at - 1) || textAt(tokens, at - 1) === ',';
    const { kind, length } = negation;
    const { end, exception } = scopeAfter(sentence, at, at + length, kind, isFronted);
    if (exception !== undefined) lifted.add(at).add(exception);
    const isCondition = isSupposed(tokens, at);
    if (isCondition) lifted.add(at);
    // "Without a baseline, one cannot compare" and "if there is no baseline, …": together a condition as well.
    const last = found.at(-1);
    if (last?.isFronted && kind !== 'aside' && !isStop(tokens, last.end)) {
      const isFar = tokens.slice(last.end + 1, at).some((token) => token.isMark);
      if (!isFar) lifted.add(last.at).add(at);
    }
    const start = scopeBefore(sentence, at, kind, end);
    found.push({ at, start, end, isFronted: isCondition || (isFronted && kind === 'aside') });
  }
  const denied: (number | undefined)[] = tokens.map(() => undefined);
  for (const { at, start, end } of found) {
    if (lifted.has(at)) continue;
    for (let i = start; i < end; i++) if (i !== at && !tokens[i]?.isMark) denied[i] ??= at;
  }
  return denied;
}
