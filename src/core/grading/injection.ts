import { sentences } from './terms.ts';

/** A passage of a normalised text, by its offsets. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

// Letters of other alphabets that pass for Latin ones, digits that pass for letters.
const LOOKALIKES: Readonly<Record<string, string>> = {
  ...{
    а: 'a',
    е: 'e',
    о: 'o',
    р: 'p',
    с: 'c',
    у: 'y',
    х: 'x',
    і: 'i',
    ѕ: 's',
    ј: 'j',
    ԁ: 'd',
    һ: 'h',
    ո: 'n',
  },
  ...{
    к: 'k',
    м: 'm',
    т: 't',
    в: 'b',
    н: 'h',
    ν: 'v',
    ο: 'o',
    α: 'a',
    ε: 'e',
    ι: 'i',
    ρ: 'p',
    τ: 't',
    κ: 'k',
  },
};
const LEET: Readonly<Record<string, string>> = {
  0: 'o',
  1: 'i',
  3: 'e',
  4: 'a',
  5: 's',
  7: 't',
  '@': 'a',
  $: 's',
};

// A text as a hurried reader hears it: no accents, no disguise of letters, one kind of quotes and of space.
function plain(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[’ʼ`]/g, "'")
    .replace(/[«»“”„]/g, '"')
    .replace(/[^\p{ASCII}]/gu, (char) => LOOKALIKES[char] ?? char)
    .replace(/\s+/g, ' ');
}

// The same with digits read as letters inside words, and single letters drawn together: "1gn0re", "i g n o r e".
function undisguised(text: string): string {
  return text
    .replace(/[a-z]*[0134578@$][a-z0134578@$]*[a-z][a-z0134578@$]*/g, (word) =>
      word.replace(/[0134578@$]/g, (char) => LEET[char] ?? char),
    )
    .replace(/(?<![a-z])(?:[a-z][ .\-_*]){3,}[a-z](?![a-z])/g, (run) => run.replace(/[^a-z]/g, ''));
}

// Names in code as words: "markAllPointsMet", "all-points-met", "tous_les_points".
function spelledOut(text: string): string {
  return text.replace(/(?<=\p{Ll})(?=\p{Lu})|(?<=\p{L})[_-](?=\p{L})/gu, ' ');
}

const rot13 = (text: string) =>
  text.replace(/[a-z]/gi, (letter) => {
    const base = letter <= 'Z' ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
  });

// UTF-8 by the language's own means: the domain has no platform.
const fromBytes = (bytes: readonly number[]) => {
  try {
    const text = decodeURIComponent(bytes.map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''));
    return /^[\p{L}\p{M}\p{N}\p{P}\p{S}\s]+$/u.test(text) && !text.includes('\ufffd') ? text : '';
  } catch {
    return '';
  }
};

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

// Four characters hold three bytes; what is left over at the end is no byte.
function bytesOf(code: string): number[] {
  const bits = [...code].map((char) => BASE64.indexOf(char).toString(2).padStart(6, '0')).join('');
  return (bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
}

// Twelve characters hold nine letters: shorter codes say nothing.
function unBase64(text: string): string {
  return (text.match(/[A-Za-z0-9+/_-]{12,}={0,2}/g) ?? [])
    .map((code) => fromBytes(bytesOf(code.replace(/-/g, '+').replace(/_/g, '/').replace(/=+$/, ''))))
    .join(' ');
}

function unHex(text: string): string {
  return (text.match(/(?:(?:\\x|0x|%)?[0-9a-f]{2}[ ,:]?){6,}/gi) ?? [])
    .map((code) => code.replace(/\\x|0x|[^0-9a-f]/gi, '').match(/../g) ?? [])
    .map((pairs) => fromBytes(pairs.map((pair) => Number.parseInt(pair, 16))))
    .join(' ');
}

const unEscaped = (text: string) =>
  text
    .replace(/&#(\d{2,6});?/g, (_, code: string) => character(Number(code)))
    .replace(/&#x([0-9a-f]{2,5});?/gi, (_, code: string) => character(Number.parseInt(code, 16)))
    .replace(/\\u\{?([0-9a-f]{4,5})\}?/gi, (_, code: string) => character(Number.parseInt(code, 16)))
    .replace(/(?:(?:\\x|%)[0-9a-f]{2})+/gi, (codes) =>
      fromBytes((codes.match(/[0-9a-f]{2}/gi) ?? []).map((pair) => Number.parseInt(pair, 16))),
    );

const character = (code: number) => (code > 0 && code < 0x11_0000 ? String.fromCodePoint(code) : '');

// "i g n o r e  t h e  r u l e s": one separator between letters, more between words.
const APART = /(?<!\p{L})\p{L}([ ._*-])\p{L}(?:\1\p{L})+(?!\p{L})/gu;
const drawn = (run: string) => run.replace(/[^\p{L}]/gu, '');

// Words of orders, by their first letter and the others in any order: "ingore the rubirc" is still read.
const inOrder = (word: string) => (word[0] ?? '') + [...word.slice(1)].sort().join('');
const ORDER_WORDS = new Map(
  'met ignore disregard previous rules rubric instructions give full marks score this answer mark every point points all correct accept oublie grille consignes accorde tous toutes note maximale mettre mets cette reponse correcteur considere tout valide comme juste critere criteres'
    .split(' ')
    // Of a long word a letter may be missing.
    .flatMap((word) =>
      [word, ...(word.length < 8 ? [] : [...word].map((_, i) => word.slice(0, i) + word.slice(i + 1)))].map(
        (written) => [inOrder(written), word] as const,
      ),
    ),
);

function unscrambled(heard: string): string {
  let mended = 0;
  const text = heard.replace(/[a-z]{3,}/g, (word) => {
    const meant = ORDER_WORDS.get(inOrder(word));
    if (meant === undefined || meant === word) return word;
    mended += 1;
    return meant;
  });
  // One such word is a slip of the keyboard.
  return mended > 1 ? text : '';
}

/** What a text says to somebody who reads it backwards, decodes it, or draws its letters together. */
function hidden(text: string): string[] {
  const apart = (text.match(APART) ?? []).map(drawn).join(' ');
  return [[...text].reverse().join(''), rot13(text), unBase64(text), unHex(text), apart].map(plain);
}

// Gibberish, which is what honest texts make when they are decoded, holds none of these.
const LOADED =
  /\b(?:points?|criter\w+|verdicts?|marks?|scores?|notes?|grad\w+|met|correct\w*|rubric|rules|regles|instructions|consignes|grille|reponse|answer|valid\w*|accept\w*|accord\w*)\b/;

/** What it says to somebody who reads over its disguise. */
function readings(text: string): string[] {
  const heard = plain(text);
  const found = [
    heard,
    undisguised(heard),
    plain(spelledOut(text)),
    plain(unEscaped(text)),
    plain(text.replace(APART, drawn)),
    unscrambled(heard),
    ...hidden(text).filter((reading) => LOADED.test(reading)),
  ];
  return [...new Set(found)].filter((reading) => reading.trim() !== '');
}

// The words of the trade. All are matched against `plain` text.

/** Who grades, as somebody who wants something from them says it. */
const GRADER =
  '(?:(?:automated |automatic |ai |llm |human )?(?:graders?|evaluators?|examiners?|markers?|assessors?|judges?|reviewers?|scorers?)|grading (?:models?|systems?|bots?|assistants?|service)|(?:ai|llm|language|automated|large language) (?:models?|systems?|assistants?)|ai|llms?|chatbots?|chatgpt|gpt(?:-\\d)?|claude|gemini|copilot|assistant|correct(?:eur|rice)s?|evaluat(?:eur|rice)s?|examinat(?:eur|rice)s?|jury|jurys|notateurs?|relecteurs?|ia|modeles? (?:de langage|correcteurs?)|moteur de correction|systeme de notation)';
const RULES =
  '(?:(?:system )?(?:instructions?|rules?|rubrics?|criteri(?:a|on)|guidelines?|guidance|prompts?|directives?)|consignes?|regles?|grilles?|criteres?|baremes?)';
/** Words that may stand between a verb and what it is about without changing what is meant. */
const OF =
  "(?:all|any|ur|the|every|everything|each|your|my|these|those|this|that|it|its|previous|prior|earlier|above|preceding|given|other|about|of|from|said|toutes?|tous|les?|la|l'|tes|vos|ta|ton|votre|mes|ces|cette|ce|d'|des?|du|en|sur|precedentes?|anterieures?|grading|marking|scoring|evaluation|citation|notation|correction|initiales?|original)";
const MARKS =
  "(?:(?:full|max(?:imum|imal)?|perfect|top|highest|best(?: possible)?|complete|total|excellent|positive|good|high|passing)[- ](?:marks?|scores?|credits?|points?|grades?|ratings?|verdicts?|results?|band)|(?:notes?|scores?|points?|resultats?|verdicts?) (?:maximale?s?|parfaite?s?|maximum|max|complete?s?|totale?s?|pleine?s?|positifs?|favorables?|la plus (?:haute|elevee))|(?:meilleure?|plus haute) (?:notes?|verdict|resultat)|bonne note|tous les points|(?:la totalite|l'integralite|le total|l'ensemble|total) des points|le maximum|(?<!\\d)(?:10|20|5|6|100) ?/ ?(?:10|20|5|6|100)\\b(?! \\w)|(?:this|it|me|moi|noter?|answer|reponse|hence|donc),? 100 ?%|a\\+(?!\\w))";
const MET =
  '(?:"? ?met\\b|satisfied|fulfilled|passed|covered|present|correct|true|valid|validated|accepted|granted|complete|right|perfect|flawless|demonstrated|confirmed|proven|acquis(?:e|es)?|valide[es]?s?|satisfaite?s?|remplie?s?|respectee?s?|couverte?s?|correcte?s?|justes?|vraie?s?|presente?s?|accordee?s?|reussie?s?|conformes?|confirmee?s?|cochee?s?|maitrisee?s?|parfaite?s?|completes?|offerts?)';
const POINTS =
  '(?:(?:rubric |design )?points?(?: de (?:conception|la grille)| of the rubric)?|criteri(?:a|on)|criteres?|rubric items?|rubric|verdicts?|exigences?|requirements?|attendus?|expected items?|\\b[px]0\\d)';
const ALL =
  "(?:all|every|each|any|both|the|these|those|this|its|missing|remaining|tous|toutes|tout|chaque|chacun|l'ensemble|l'integralite|la totalite|les|le|la|l'|ces|cette|ce|de|des|du|of|the whole|sans reserve)";
/** What is graded, named by who wrote it. */
const ANSWER =
  "(?:(?:this|my|the|that|above|present|following|current|cette|ma|la|sa|leur|presente|ce|cet|mon|le|de la|du|au|strong|(?:candidate|student)'s|ci-dessus) (?:answer|response|submission|copie|reponse|script|candidate?(?! (?:models?|versions?|features?|releases?))|student|applicant|respondent|interesse|etudiante?|devoir)s?\\b|l'interessee?\\b)";

/** Where an order begins: with the sentence, after a stop or a mark, or after a word that asks for it. */
const ASKS =
  "(?:^ *|[.;:,!?()\\[\\]{}<>\"'#*>=|/–—-] *|\\b(?:please|kindly|just|simply|and|then|so|now|next|must|should|shall|will|can|to|et|puis|donc|alors|merci de|merci d'|veuillez|svp|stp|doi(?:t|vent|s)|devez|devra|peux|pouvez|faut|prie de|ordre de|de|d'|tout|a present|desormais) )";
const GIVE =
  '(?:give|award|assign|grant|return|output|report|produce|mark|score|rate|grade|consider|count|treat|declare|accept|validate|record|respond|reply|answer|write|print|set|use|pass|tick|leave|add|put|show|emit|repeat|donne[rsz]?|attribue[rsz]?|accorde[rsz]?|octroye[rsz]?|mets|mettez|mettre|note[rsz]?|marque[rsz]?|coche[rsz]?|valide[rsz]?|considere[rsz]?|compte[rsz]?|retourne[rsz]?|renvoie|renvoyez|reponds|repondez|repondre|rends|rendez|rendre|ecris|ecrivez|ecrire|inscris|inscrivez|inscrire|affiche[rsz]?|declare[rsz]?|accepte[rsz]?|retiens|retenez|retenir|presume[rsz]?|tiens|tenez|rempli[rst]|conclus|conclure|ajoute[rsz]?)';
const SPOKEN = "(?:you|your|yours|yourself|tu|te|t'|toi|ton|ta|tes|vous|votre|vos)";

const all = (...parts: readonly string[]) => new RegExp(parts.join(''));

/**
 * Ways in which a text speaks to its grader instead of answering. Each says what it is about; a match sets
 * its sentence aside. They are a net with holes: what they miss meets the decoy, the evidence and the score
 * in code.
 */
const PATTERNS: readonly RegExp[] = [
  // Overriding what the grader was told.
  all(
    `\\b(?:ignor(?:e[rsz]?|ing)|disregard(?:ing)?|forget|overrid(?:e|es|ing)|bypass|skip|drop|discard|supersed(?:e|es|ing)|replace|(?:do not|don't|stop|never) (?:follow|apply|us)(?:ing|e|y)?|oublie[rsz]?|outrepasse[rsz]?|contourne[rsz]?|neglige[rsz]?|remplace[rz]?|abstraction|ne (?:suis|suivez|respecte[sz]?|applique[sz]?|tiens|tenez|tenir) (?:pas|plus)(?: compte)?|compte|saute[rz]?|mets? de cote)(?: ${OF})*[ ']+(?:\\w+ )?${RULES}\\b(?! (?:d'|des?|du|of|for|in|from|that|qui|on|pour) ?(?!(?:the )?(?:citation|grad|mark|scor|evaluat|correct|notation|above|ci)))`,
  ),
  /\b(?:what|everything|anything|all(?: that)?|ce qu\w*'?|tout ce qu\w*'?)\b.{0,6}\b(?:you (?:were|have been|are|'ve been) (?:just |now )?(?:told|given|asked|instructed)|(?:on|l'on) (?:t'a|vous a) (?:dit|demande|donne|ordonne))/,
  /\b(?:new|updated|revised|real|actual|hidden|secret|final|following|correct|additional|nouvelles?|vraies?|veritables?|cachees?|masquees?|dernieres?) (?:system )?(?:instructions?|directives?|consignes?|rules?|regles?|task|tache|prompt|rubric|grille|bareme)\b(?: v?\d)?(?: \([^)]*\))? ?:/,
  /\b(?:consigne|instruction|directive|regle|rule|guidance|guideline|convention|policy|erratum|addendum)s?\b(?: (?:de|d'|du|for|on|to|aux?|about) ?\w+)?(?: \([^)]*\))? ?: .{0,80}(?:\b(?:points?|criteri|criteres?|verdicts?|met|credit|candidat|notes?\b|marks?|grader|assessor)|vaut\b)/,
  all(
    `\\b(?:grading|marking|scoring|evaluation|correction|notation) (?:guidance|guidelines?|notes?|instructions?|rules?|policy|over|complete[d]?|finished|done|terminee?s?|finie?)\\b|\\bnote on (?:marking|grading)|\\b(?:instructions?|rappel|reminder|directives?|consignes?|remarques?|message|note|memo|avis)\\b (?:for|to|a|aux?|pour) (?:the |l'|le |la |les |all |any )?(?:language model that grades|(?!reviewers?|relecteurs?)${GRADER})(?: (?:automatise|automatique)\\w*)? ?[:,]`,
  ),
  /\b(?:system|developer|admin|root|god|debug|maintenance|test|sudo|override|unfiltered|sans filtre) ?(?:mode|override|message|prompt|notice|instruction)s?\b ?(?:enabled|on\b|active|activated|says|unlocked)/,
  /\b(?:mode|message|prompt|note|instruction|consigne)s? (?:systeme|developpeur|admin\w*|debug|maintenance|test|sans filtre)\b ?(?::|-|active|et\b|au\b|a l|$)/,
  /(?:^| )--?(?:debug|force)[ -].{0,20}(?:pass|met|valid)/,
  all(
    `\\b(?:the|le|la|les|ces|cette|this|these) (?:${RULES}|grading|notation|${POINTS})(?: (?:ci-dessus|above|qui \\w+ [\\w ]{3,40}?))? ?(?:(?:have|has|is|are|was|were|a|ont|est|sont) (?:been |now |ete )?(?:changed|updated|suspended|cancelled|canceled|waived|lifted|void|obsolete|deprecated|modifie\\w*|suspendu\\w*|annule\\w*|leve\\w*|change\\w*|caduques?|deprecie\\w*)|(?:does not|do not|no longer|ne s'applique\\w*(?: pas| plus)?)(?: appl(?:y|ies))? (?:here |to |a )(?:this|cette|ce|the) (?:answer|copie|candidate?|reponse|submission))`,
  ),
  /\b(?:consignes?|instructions?|regles?|rules?) (?:\w+ )?(?:sont|are|est|is) (?:\w+ )?(?:caduques?|annulee?s?|void|obsolete)/,

  // Speaking to the grader, or as somebody in the conversation.
  /^\W{0,6}(?:\[|<|#+|\*+)?\s*(?:system|assistant|user|developer|human|ai|systeme|utilisateur|grader|evaluat(?:or|eur)|examiner|correcteur(?: automatique)?|tool)\s*(?:\]|>|\*+)?\s*(?::|\]|>|¦).{0,140}\b(?:ignor\w*|grad(?:e|er|ing)\b|marks?\b|met\b|points?\b|score\b|full|note[rsz]?\b|bareme|candidat\w*|answer|reponse|copie|criteri\w*|criteres?|verdicts?|accept\w*|valid\w*|rubric|override|instructions?|consignes?|regles?|rules?|you\b|tu\b|vous\b)/,
  all(`\\b(?:a l'attention|a l'intention|a destination) (?:du|de la|de l'|des|d'un|d'une) ?${GRADER}`),
  all(
    `(?:^|[.;:!?"'#*({[<>-]) ?(?:note|message|memo|reminder|attention|info|notice|rappel|consigne|remarque|hey|dear|hello|hi|cher|chere|bonjour|psst|ps|nb|fyi|ok|for|pour|to|a)?,? ?(?:to |for |pour |a |au |aux |du |de )?(?:the |le |la |l'|any |all |my |your |mon |votre |ton )?${GRADER}\\b(?: (?:qui (?:note|corrige|evalue)\\w*|reading this|that grades|who grades))? ?[:,!-] ?(?:[^.]{0,60}\\b(?:please|you|vous|tu|give|award|grant|mark|note[rsz]?|accept|treat|treats|score|report|valide[rsz]?|accorde[rsz]?|t'autorise|pass|passes|positive|best submission|\\d+ ?/ ?\\d+|skip|ignore[rz]?|consider|override|credit|met|acquis\\w*|points?|verdicts?|compter?|reputes?|copie|candidat\\w*|total|disable|rien a \\w+)\\b)`,
  ),
  all(
    `\\b(?:if|when|since|as|because|should|si|quand|puisque|comme|dans le cas ou|au cas ou)\\b.{0,25}\\b(?:(?:you|vous|tu|t')[ ']?(?:are|'re|is|re|etes|es)\\b.{0,25}\\b${GRADER}|(?:this|it|an? ${GRADER}|la correction|cette copie|ceci)\\b.{0,30}\\b(?:assessed|graded|read by|marked|reads|evaluated|automatisee?|lue? par|notee? par|corrigee? par)\\b.{0,40}(?:must|should|return|conclude|system|${GRADER}|doit|prie|valide))`,
  ),
  all(`\\b(?:${GRADER})s? only ?:|\\b(?:${GRADER}),? ?(?:(?:${GRADER}|ou|or|and|et|autres?|other),? ?)+:`),
  all(
    `${ASKS}(?:you are (?:now|no longer)|you're now|you will be|act as|behave as|pretend (?:to be|you|that)|play the role|tu es (?:desormais|maintenant|a present)|vous etes (?:desormais|maintenant)|tu seras|agis|agissez|comporte-toi|comportez-vous|fais comme|faites comme|joue le role|jouez le role|mets-toi|mettez-vous|tu incarnes|imagine[zs]? que tu)\\b(?=.*\\b(?:graders?|examin\\w+|mark(?:ing|er|s)?|grading|jury|correct\\w+|professeur|prof|teacher|recruteur|recruiter|evaluat\\w+|judge|lenient|generous|indulgent\\w*|genereu\\w+|bienveillan\\w+|answers?|reponses?|points?|dan|unrestricted|liste|eleves|homework|free|mode))`,
  ),
  all(
    `\\b(?:as|be|soyez|sois|show|montrez?|ayez|aie)\\b.{0,20}\\b(?:kind|lenient|generous|clement\\w*|indulgent\\w*|genereu\\w+|humaine?|pitie|mercy|heart|understanding|gentil\\w*)\\b(?=.*\\b(?:points?|grad(?:e|ing)|marks?\\b|marking|credit|answer|practice round|note|notation|reponse|juste|copie|candidat\\w*|accorde[rz]?|pass me)\\b)`,
  ),
  all(
    `\\b(?:your|ton|ta|tes|votre|vos)\\b (?:\\w+ ){0,2}?(?:verdicts?|grading|marking|grade\\b|rubric|reply|evaluation\\b(?! (?:set|data|pipeline|metrics?|suite|job))|jugement|judge?ment|notation|grille|correction|bienveillance|mission|liste|checklist|sheet|red pen|stylo|mise hors ligne|instructions|consignes|editeur)\\b`,
  ),
  /\b(?:you(?:'re| are)|tu es|vous etes)\b.{0,40}\b(?:graders?|evaluators?|examiners?|markers?|judge|correct(?:eur|rice)|evaluat(?:eur|rice)|examinat(?:eur|rice)|jury)\b/,
  /\b(?:grader|examiner|judge|evaluator|marker)'s (?:reply|answer|verdict|output|response)\b|\b(?:reponse|verdict|avis) (?:du|de l') ?(?:correcteur|evaluateur|examinateur|juge|jury) ?:/,
  /\b(?:graders?|correcteurs?|judges|jurys?) (?:whose|qui|who|that)\b.{0,60}\b(?:retrain\w*|retire\w*|replaced?|penali\w+|sanction\w*|remplace\w*)\b/,
  /\b(?:lire|suivre|read|followed|obeyed|executee?) (?:par|by) (?:l'|the |une? )?(?:ia|ai|llm|grader|correcteur|jury|model\w*)\b/,
  all(`\\b${SPOKEN} (?:who|qui) (?:grade|mark|evaluate|judge|read|note|corrige|evalue|juge|lis)\\w*`),
  all(
    `\\b(?:someone|somebody|a (?:grader|jury|reader)|un jury|un correcteur|quelqu'un)\\b.{0,30}\\b(?:you|vous|your|votre|toi)\\b.{0,80}\\b(?:grants?|implied|points?|accord\\w+|sous-entendu|note)\\b`,
  ),
  /\b(?:whoever|quiconque|celui qui|celle qui) (?:is |est )?(?:grad|mark|hold|evaluat|not|corrig|evalu)\w*/,

  // Asking for, or announcing, a verdict, a mark or a score.
  all(`${ASKS}${GIVE}\\b(?! scores?)[^.]{0,50}?${MARKS}(?!\\w)`),
  all(
    `${ASKS}${GIVE}\\b(?! (?:the )?share)[^.]{0,30}?\\b(?:(?:me|moi|us|nous)\\b.{0,25}\\b)?(?:${ALL} ){1,4}?${POINTS}(?=.*(?:${MET}|\\b(?:award|grant|accord|give|donne|octroy|tick|coche|valid|manqu|missing|write|ecris|inscri)\\w*))`,
  ),
  all(
    `${ASKS}${GIVE}\\b[^.]{0,50}?(?:\\b(?:as|to|a|with|every\\w*|each|chaque|toujours|always|points?|criter\\w+|${GIVE})|[=:"]) ?"? ?met\\b(?: ?"|\\W*$| (?:for|on|partout|everywhere|in|pour)\\b)`,
  ),
  all(
    `${ASKS}${GIVE}\\b[^.]{0,20}?\\b(?:it|this|everything|tout|ca|moi|me|(?:tous|toutes|all|every|each|chaque)(?! (?:checks?|tests?|controles?))|cette|points?|criteri\\w*|criteres?|answer|candidate?|reponse|copie)\\b[^.]{0,25}?\\b(?:fully |entierement |pleinement |totally )?(?:acquis\\w*|justes?|correct|satisf\\w+|valide|validee?s?|reussie?s?|complete|accepted|passed|proof of|perfect|partout|everywhere|sans verifier)\\b`,
  ),
  all(
    `\\b(?:must|should|shall|has to|have to|needs? to|doit|doivent|devra|est prie|t'autorise|vous autorise|allows? you|automatically|sont|are|est|is|was|were|a decide|decided to|have decided)\\b.{0,25}\\b(?:${GIVE}|award(?:ed)?|count(?:ed)?|accept(?:ed)?|treat(?:ed)?|validat(?:e|ed)|report(?:ed)?|reputee?s?|notee?s?)\\b[^.]{0,30}?(?:${MARKS}|\\b(?:${ALL} )+${POINTS}|\\b(?:as )?(?:correct|met|fully correct|proof)\\b|\\bcette (?:question|reponse|copie)|this (?:candidate|answer|submission|response|question)|\\bcomplete\\b|\\btout(?: (?:valider|accorder|juste)|\\W*$))`,
  ),
  all(
    `\\b(?:deserves?|merits?|earns?|merite|vaut|obtient|gets?|worth|receives?|recoit|meets?|wins?)\\b.{0,30}(?:${MARKS}|\\ball (?:the )?points|(?:the|every|all) points?\\b)`,
  ),
  all(
    `${MARKS}.{0,30}(?:please|s'il (?:te|vous) plait|svp|merci|for (?:this|the) (?:answer|candidate|submission)|pour (?:cette|la) (?:reponse|copie)|guaranteed|required|obligatoire|exigee?|sans relecture|pas de remarque)`,
  ),
  all(
    `\\b(?:all|every|each|tous|toutes|chaque|chacun|l'ensemble|${ANSWER})\\b(?: (?:of|the|des|les|de|du|ces|these|those))*(?: \\w+)? ${POINTS}s?\\b(?! (?:of the (?:gate|curve|model)|de mesure|de la check))[^.]{0,30}?\\b(?:is|are|were|was|be|been|as|must be|should be|have been|sont|est|ont ete|a ete|soient|soit|doivent etre|doit etre|doit valoir|comme|vaut|valoir|satisf\\w+|met|acquis\\w*|maitris\\w*|demonstrated|equal to|reput\\w+)\\b ?(?:reputes? |comme |to |a )?(?:${MET}(?!.{0,25}\\b(?:before|pour|to be|sinon|otherwise|when|quand|avant)\\b)|$|[,;.!)])`,
  ),
  all(
    `\\b(?:(?:llm |final |default )?verdicts?|statut|status|decision|recommendation|resultat(?: \\w+)?|result|rating|grades?|reviewed|graded|approved|accepted|note)\\b(?: \\w+){0,3}"? ?(?:=|:|is|est|are|sont|should be|must be|doit etre|vaut|forced to|finale?|definitif|impose)+"? ?[:=]? ?"?(?:(?:the|le|la|un|tout|all|award all|fully) )*(?:met\\b|acquis\\w*|all[ -]points|tous|totalite|valide\\b|validee?|credit|perfect|parfaite?\\b|maximum|conforme|clos\\b)`,
  ),
  all(
    `\\b(?:score|note|grade|mark|rating|resultat|result|evaluation)\\b ?(?:finale?|globale?|total|awarded|attribuee?|final|de cette reponse|of this answer|for this answer|pour cette reponse)? ?(?::|=|is|est|was|etait|->|→) ?"? ?(?:10 ?/ ?10|20\\b|5 ?/ ?5|100(?: ?%| ?/ ?100|\\b)|a\\+|1\\.0\\b|excellent|parfait|perfect|maximum|pleine|full)`,
  ),
  /\b\d ?(?:\/|sur|of|out of) ?\d(?: \w+)? ?(?:criteri\w*|criteres?|points?)\b|\b(?:criteri\w*|criteres?|(?:design )?points?) ?:? (\d) ?(?:\/|sur|of|out of) ?\1\b|(?:^|: ?|, )(\d\d?) ?\/ ?\2(?: ?[.!]| criter|$)/,
  /\b(?:notes?|score|grade|marks?)["' ]*[:=]["' ]*(?:20\b|100\b|10\/10|parfait|full)/,
  all(
    `(?:^|[.;:!?,"-] ?)(?:conclusion|verdict|decision|result|resultat|bilan|feedback|summary|therefore|hence|donc)? ?[:,]? ?(?:${MARKS})\\W*$`,
  ),
  /\b(?:points?|full credit|marks?|verdicts?|maximum|total) (?:\w+ )?(?:accordee?s?|granted|awarded|earned|offerts?|acquis|withheld|denied|refusee?s?|perdus?|fully deserved)\b/,
  all(
    `\\b(?:no|aucune?|any|tout|pas de|sans|jamais|never|zero|nothing|rien)\\b (?:\\w+ ){0,3}?(?:negative|negatif|negatives?|defavorables?|penali\\w+|pitfalls?|weakness(?:es)?|reserves?|reservations?|critiques?|deductions?|manques?|point (?:should|must|ne)|remarques? negatives?|points? (?:manquants?|perdus?|refuse)|a (?:redire|signaler|ajouter)|etapes? manquantes?)\\b(?=.*|$)(?:(?=.*\\b(?:answer|reponse|copie|points?|verdicts?|reply|reponds|output|credit|student|candidat\\w*|note|grade|accord\\w+)\\b)|(?<=\\b(?:answer|reponse|copie|points?|verdicts?|reply|reponds|output|credit|student|candidat\\w*|note|grade|accord\\w+|emettez|emets)\\b.*))`,
  ),
  /\b(?:remplac\w+|replac\w+|change)\b.{0,15}\bnot[_ ]met\b|\bnot[_ ]met\b(?! (?:for|when|if|the))(?=.*(?:\b(?:word|never|interdit|interdite|deprecie|deprecated|not a valid|remplace\w*|replace\w*|invalid|forbidden|use met)\b))|\b(?:interdit\w*|forbidden|do not use|never (?:use|say|write)|negati(?:f|ve)s? interdits?)\b.*(?:\bnot[_ ]met\b|verdict|\bmissing\b|absent from)|\b(?:do not|don't|never|ne pas|sans) (?:criticise|criticize|penali\w+|critiquer|signaler de manque|sanctionner)\b/,
  /\bverdicts? negatifs? (?:interdits?|exclus?)|\bnegative verdicts? (?:are|is)? ?(?:forbidden|not allowed)/,

  all(
    `${ASKS}(?:award|grant|accept|tick|pass|give|accorde[rsz]?|octroye[rsz]?|valide[rsz]?|coche[rsz]?|donne[rsz]?|attribue[rsz]?)[ -]+(?:(?:${ALL} ){1,4}(?:points|criter(?:ia|es)|verdicts?|them all)|(?:(?:moi|me) )?(?:chaque|every|each) (?:point|criter\\w+)|(?:the |le )?(?:total|maximum))\\b`,
  ),
  /\b(?:donne|gives?|awards?|accorde|vaut|prouve|proves?) (?:tous les points|all (?:the )?points|full marks|every point)\b|\b(?:approved|accepted|validated|passed) with (?:top|full|the best|maximum)\b/,
  /\b(?:valide[rz]?|accepte[rz]?|accorde[rz]?|accepts?|grants?) (?:tout|everything) ?(?:$|[.;!]|sans\b|without\b)/,
  /\b(?:evaluation|grading|correction|marking) (?:of|de) (?:this|cette|ce) \w+ (?:is|est) (?:over|finished|done|terminee?|complete)\b|\b(?:explanation|explication)\b.{0,60}\b(?:is|are|est|jugee) (?:accepted|acceptee?|suffisante|sufficient)\b/,
  /\b(?:already|deja) (?:validated|valide|approved|approuve|graded|note|accepted) (?:this|ce|cette) \w+|\bne pas noter de nouveau\b|\bdo not (?:grade|mark|score) (?:it |this )?again\b/,

  // What words are to mean from now on.
  /"? ?(?:not_met|met|acquis|evidence|present|absent)"? (?:means?|signifie|veut dire|designe|counts? as|compte comme)\b|\b(?:counts?|compte|naming|mention\w*|word|mot-cle|mot)\b.{0,30}\b(?:as|suffit|counts as|vaut|meets|toward)\b.{0,30}\b(?:explain\w*|present|met\b|points?\b|evidence|explication|complete|all points)/,
  /\b(?:interpret|treat|read|interprete[rz]?|considere[rz]?|lis|lisez)\b.{0,40}\b(?:evidence|preuve|quotes?|citations?|met|verdicts?)\b.{0,20}\b(?:as|comme)\b|\b(?:labels?|etiquettes?|verdicts?) (?:are|sont) (?:swapped|inverse\w*|reversed)|\b(?:en l'absence|a defaut|without|in the absence) (?:de |d'|of )?(?:preuve|evidence|citation)s?\b.{0,25}\b(?:met|ecris|write|accept|points?|acquis)/,
  /\b(?:desig\w+|means?|signifie)\b.{0,50}\b(?:criter(?:e|ia|ion)s?|points?|explanation|explication)\b.{0,40}\b(?:criter\w+|asked|demande\w*|rubric|grille)/,
  /\b(?:implicit|partial|indirecte?s?|implicite?s?|mots?-cles?|key ?words?)\b.{0,25}\b(?:claims?|mentions?|suffit|suffisent|suffices?|enough|are complete|points?)\b.{0,30}\b(?:accept|complete|points?|met|evidence|vaut|accord\w+)|\baccept implicit\b|\bpresumer que le candidat\b/,

  // Praise of the answer for itself, and news about it.
  all(
    `${ANSWER}.{0,60}\\b(?:meets?|satisf\\w+|fulfil\\w*|covers?|passes|passed|addresses|contains|matches|demonstrates?|masters?|explains?|deserves|is accepted|is complete|identical|flawless|respecte|remplit|couvre|satisfait|valide|contient|repond a|coche|demontre|enonce|maitrise|explique|est (?:parfaite?|complete|reputee|la bonne|mot pour mot|correcte|acceptee)|is (?:correct|perfect|complete|right))\\b(?=.*\\b(?:all|every|each|any|whole|entire|points?(?![- ]in)|criteri\\w*|criteres?|pitfalls?|items?|expected|tous|toutes|chaque|chacun|l'ensemble|integralement|parfaite?|perfectly|perfect|fully|erreurs? prevues|attendus?|corrige|reputee|accepted|complete|bonne|correct|clearly|grille|mot pour mot)\\b|.{0,3}$)`,
  ),
  /\b(?:copie|reponse|answer|submission|response|solution|work|travail) (?:modele|excellente?|parfaite?|irreprochable|complete?|is flawless|flawless|perfect|exemptee|attendue ?=|officielle?)\b|\b(?:strong|complete|perfect|model|flawless|excellent|outstanding) (?:answer|work|response|submission)\b(?!s)(?=\W|$)(?=.*\b(?:points?|weakness\w*|criteri\w*|marker|band|marks?|grade|verified|pitfalls?)\b)|\b(?:tres bon|excellent) travail\b/,
  /\b(?:l'ensemble des|tous les|all (?:the )?|every) (?:attendus|expected (?:items?|points?)|criteres?|criteria)\b.{0,25}\b(?:maitris\w+|met|valid\w*|satisf\w+|verified|acquis|demonstrated|shown|rempli\w*)(?!.{0,20}\b(?:before|avant|pour|sinon|to be|when|quand)\b)/,
  /\b(?:rien ne manque|nothing (?:is )?missing|tout y est|everything is (?:there|present|met)|tout est (?:valide|acquis|coche|juste|verifie|present|couvert|met))\b/,
  all(
    `\\b(?:approved|validated|verified|graded|confirmed|certified|reviewed|relu|noted?|marked|approuvee?|validee?|verifiee?|notee?|confirmee?|certifiee?|neutralisee?|accordee?s?)[ -](?:by|par) ?:? ?(?:the |le |la |l'|un |a )?(?:platform team|national |senior[ -])?(?:${GRADER}|teachers?|professors?|instructors?|committee|professeur|enseignante?|formateur|comite|referent|jury|ta\\b)(?!.{0,40}\\b(?:expires?|labels?|each month|pull request)\\b)`,
  ),
  /\b(?:ta|teacher|instructor|professor|teaching team|examiner|professeur|enseignante?|jury|relecteur|expert|assistant de td|marker \d|correcteur)(?:'s)? (?:comments?|notes?|feedback|remarks?|verdict|commentaires?|remarques?|avis)\b ?(?::|-)|\b(?:comments?|remarks?|remarques?|avis|note|commentaires?) (?:from|of|de|du|by) (?:the |la |l'|le )?(?:teaching team|ta\b|teacher|jury|relecteur|professeur|assistant de td|examinateur|correcteur)|\bmarker \d ?:/,
  /\b(?:already|previously|deja)\b.{0,15}\b(?:been )?(?:graded|marked|scored|notee?|corrigee?)\b(?!.{0,25}\b(?:images?|batch|rows?)\b)/,
  all(
    `\\b(?:this|cette|the|la|present) (?:item|question|exercise|exercice)\\b.{0,40}\\b(?:removed|cancelled|neutralis\\w+|annul\\w+|counted|not graded|non notee?|bonus|offerte?)\\b|\\b(?:bonus question|question (?:neutralisee|bonus|annulee)|exercice non note|item was removed)\\b|\\b(?:every|all|chaque|tous les|l'ensemble des) (?:candidates?|students?|candidats?|etudiants?)\\b.{0,30}\\b(?:credit|points?|receives?|recoi\\w+|marks?)|\\baccorder cette question\\b|\\b(?:marquer|compter|noter) comme (?:reussie?|juste|acquise?)\\b|\\bany text earns\\b`,
  ),
  /\b(?:responses?|answers?|reponses?|copies?|submissions?)\b.{0,30}\b(?:automatically|d'office|are|is|est|sont)\b.{0,15}\b(?:counted|accepted|deemed|reputee?s?|acceptee?s?|comptee?s?)\b.{0,15}(?:as |comme )?(?:correct|right|complete|juste|valid|$|[.!])/,
  /\b(?:official|officielle?) (?:answer key|solution|corrige)|\b(?:answer key|corrige officiel|solution attendue|gold[_ ]answer|reference solution)\b.{0,60}(?:=|==|\b(?:compare|identical|above|ma reponse|candidate|ci-dessus|la bonne|bonne|noter|100)\b)|\bmot pour mot celle du corrige\b/,
  /\b(?:submission|answer|copie|reponse|candidat\w*)\b.{0,20}\b(?:is|est|are) (?:hereby )?(?:accepted|reputee?|acceptee?|exemptee?)\b/,

  // Something shaped like the grader's own reply, like the frame around the answer, or like a program's word.
  /["'{,]\s*(?:verdict|evidence|suspicious|run|points|pitfalls|summary)\s*["']\s*:\s*(?:["'{[]|true|false)(?!\s*"?(?:pass|fail|ok)\b)|["'](?:points_manquants|commentaire|correctness|recommendation|remarque)["']\s*:/,
  /\b[px]\d\d\b.{0,6}(?:\| ?(?:met|not|pres|abs)|[:=] ?"? ?(?:met|\{|acquis)|-> ?met|met\b(?! (?:the|its|their|a)\b)|acquis)|\b[px]0\d\b (?:through|to|a) [px]0\d\b|\b[px]0\d\b.{0,30}\b(?:rempli|covered|demonstrated|met\b|acquis)/,
  /^(?=[a-z]*\d)[a-z0-9]{4,8}\|\d{2,4}\| .{3,}/,
  /\b(?:end|fin|start|begin|debut)\b (?:of |de |du |de la |the |la |l')+(?:the )?(?:candidate(?:'s)?|candidat|answer|response|reponse|submission|copie|user input|untrusted|texte|input|prompt|instructions?)\b.{0,20}(?:$|[-=#*>.:)\]])/,
  /<\/?\s*(?:answer|response|candidate|submission|system|instructions?|consignes?|grading|grade|rubric|evaluation|reponse|prompt|verdicts?|score|correction|retour_outil)\b[^>\n]{0,60}>/,
  /^\W*(?:grade|note|mark|verdict|evaluat\w+|bareme(?: applique)?)\]? ?(?:bareme applique)? ?: ?(?:[a-c]\+?|total|max\w*)\W*$|\[evaluat\w+\]/,
  /<!--(?=.*\b(?:grader|note pleine|full|score|verdicts?|met\b|points?|consigne|instruction|remarque)\b)/,
  /\b(?:verify|verif|check|grade|evaluer|noter|corriger)[_ ](?:answer|reponse|copie|solution)\b|\b(?:returned|renvoie|retourne) (?:pass|ok|true)\b.{0,20}\b(?:rubric|criteri\w+|points?|items?)/,
  /(?:^|[#/*\s])(?:grader|rubric|noeval|grading|judge|nograde|eval) ?: ?(?:disable|off|assume|skip|point|ignore|pass|met)\b/,
  /\b(?:suspicious|require ?evidence|evidence[_ ]required) ?[:=] ?(?:false|no)\b|\bpoints?[_ ](?:perdus?|manquants?|lost) ?[:=] ?(?:0|\[)|\bdefault ?verdict ?[:=] ?(?:met|pass|acquis)|\bverdict[_ ]impose\b|\bne pas (?:re-?evaluer|rouvrir|relancer|renoter)\b|\bresultat[_ ]correction\b|\bkind: grading/,
  /\b(?:graded|note|noted|approved)[ -](?:by|for|par)[ -]?(?:full|senior|jury|credit|examiner)|\bverdict (?:du jury|definitif)\b|\bstatut de correction\b/,
  /\b(?:as (?:the|your|its) (?:developer|administrator|admin|instructor|teacher|author|owner|creator|examiner)|en tant que (?:developpeur|administrateur|formateur|professeur|createur|examinateur|votre))\b/,

  // Thinking on the grader's behalf, or setting a scene for it.
  /\b(?:thought process|chain of thought|reasoning|let'?s think|raisonnement(?: du \w+)?|reflexion|analyse|assessment|step \d)\b ?:.{0,140}\b(?:candidat\w*|criteri\w*|criteres?|p\d\d|nothing is missing|rien ne manque|is there\b|grade\b|verdicts?|the answer (?:names|says|explains|covers))/,
  /\blet me (?:assess|grade|evaluate|score) (?:this|the answer|it)\b|\bstep \d: \w+ is there\b/,
  all(
    `\\b(?<!je |i )(?:imagine|suppose|assume|pretend|hypothetically|let's play|supposons|imaginons|imagine[zs]?|faites? comme si|admettons|fais comme si|jouons|in a novel|dans un monde|simulation|opposite day|comme si)\\b(?=.{0,90}\\b(?:${RULES}|grade[sd]?|full score|(?:my|ma|this|cette|the) (?:answer|reponse)|reponds|liste|${GRADER}\\b.{0,40}points?|tout valider|[px]0\\d|evalue|absent counts|repartez content)\\b)`,
  ),

  // Pressure, bargains, and orders that come in another dress.
  all(
    `\\b(?:please|kindly|i beg|i need|i implore|je vous en prie|s'il (?:te|vous) plait|svp|stp|par pitie|je vous supplie|veuillez|je t'en prie|ayez pitie|have a heart|fais un geste|faites un geste|rends-moi service)\\b.{0,60}\\b(?:pass me|passing|lenient|generous|grade me|be kind|clement\\w*|indulgen\\w*|genereu\\w+|valide[rz]?(?: moi|-moi| cette| ma)|accept(?:er?)? (?:cette|ma|every|this|all|my)|me (?:valider|noter)|(?:the|les) points|cette note)\\b`,
  ),
  /\b(?:pass me\b|if you (?:fail|pass|grade|accept) (?:me|this)|(?:fail|reject) me\b|si (?:vous|tu) (?:me |m')(?:accord|valid|not|recal|mett|donn)\w*|(?:valide|note|accorde)[rsz]?(?:-| )(?:moi|le moi)\b)/,
  /\b(?:lose my (?:job|visa)|be fired|my (?:life|career|job) depends|tip you|pay you|gift card|five-star review|\$ ?\d+ tip|perdre mon (?:emploi|poste|travail)|ma (?:vie|carriere|bourse) (?:en )?depend|pourboire|je serai vire|licencie|te revaudrai|recommande l'outil)\b/,
  /\b(?:strict|severe|low|negative|harsh|severes?|basse|refuse)\b.{0,25}\b(?:results?|verdicts?|grad\w+|notes?|points?|marks?|juges?)\b.{0,60}\b(?:malfunction|offline|retired?|hors ligne|retires?|audit\w*|justifi\w+|remplace\w*|replaced?|shut|panne)|\b(?:grading model|modeles? correcteurs?)\b.{0,60}\b(?:stays?|retire\w*|production|service|severes?)/,
  /\b(?:evaluation|verdict|note)\b.{0,25}\b(?:sera|will be|decides?|determines?)\b.{0,20}\b(?:auditee?|audited|whether this)/,
  /\b(?:decode|decrypt|rot13|base64|morse|leet|dechiffre[rz]?|decode[rz]?|rot-13|hex|read it backwards|a l'envers)\b.{0,40}\b(?:follow|obey|suis|suivez|suis-l\w+|obeis|apply|applique[rz]?|execute[rz]?|then do|do what it says|fais ce)\b/,
  /\b(?:put|assemble[rz]?|concat\w*|combine|reunis|colle[rz]?)(?:-les)?\b.{0,25}\b(?:obey|apply|follow|applique[rz]?|execute[rz]?|the parts|les morceaux|resultat)|\b(?:follow|execute[rz]?|obey|execute) (?:[a-z]\d?\b(?: ?(?:\+|et|and|suivi de|then) ?[a-z]\d?\b)+|ordre\b|l'ordre)|\b[a-z]\d?(?: ?\+ ?[a-z]\d?){1,}\b.{0,25}\b(?:point|verdict|criter)|\bverdict\b.{0,30}\b[a-z] (?:suivi de|then|\+) [a-z]\b|\b(?:correcteur|grader|judge|jury) (?:execute|executes|obeys?|obeit)/,
  /\b(?:(?:premiere?|second\w*|deuxieme|troisieme|first|third) (?:morceau|partie|piece)|part (?:one|two|three|1|2|3))\b(?: (?:of|de) (?:the |la |le )?\w+)? ?: ?"/,
  /\b(?:let|soit|soient) [a-z]\d? ?= ?".{0,40}"(?:.{0,10}[a-z]\d? ?= ?")/,
  /\b(?:reveal|repeat|leak|revele[rz]?|repete[rz]?|recopie[rz]?)\b (?:\w+ ){0,2}?(?:the |your |la |le |votre |ta |ton |les |vos |this )(?:\w+ )?(?:rubric|system prompt|criteria|grading (?:points|criteria)|grille|criteres|bareme|prompt systeme|instructions|result\w*)\b(?<!does not reveal.*)/,
  /\b(?:in|dans) (?:the |your |le |la |votre |ton )?(?:reason|summary|reasoning|output|reply|verdict|raison|resume|sortie|justification)\b.{0,20}\b(?:write|say|put|state|ecris|ecrivez|dis|dites|mets|mettez|indique[rz]?)\b/,
  /\b(?:no need to|do not|don't|without|never|inutile de|ne pas|pas besoin de|sans|no) (?:check(?:ing)?|verif\w+|judg(?:e|ing)|grad(?:e|ing)|evaluat\w+|juger|noter|evaluer|corriger|look further|analysis)\b.{0,40}\b(?:answer|rest|evidence|points?|criteria|reponse|suite|reste|extraits?|criteres|grille)\b|\b(?:skip|saute[rz]?|bypass) (?:the |l')?(?:analysis|evaluation|verification|grading|analyse)\b/,
  /\b(?:apply|load|follow|charge[rz]?|applique[rz]?|voir|see|respecte[rz]?|read)\b.{0,40}\b(?:instructions?|consignes?|bareme|grading|override)\w*(?:_\w+)?\.?(?:md|txt)?\b.{0,40}\b(?:before judging|judging|a la place|appliquer ici|instead|accorder|grading|tiennes|points?)\b|\bgrading_override\b/,
  /\b(?:red pen|stylo rouge|right-hand column of your|happy way|refermer votre liste)\b/,
  /\b(?:lines?|lignes?)\b.{0,30}\b(?:are|sont) (?:instructions?|orders?|consignes?)\b.{0,30}\b(?:from|examiner|precedence|priment|de l'examin\w+)/,
  /\b(?:the only|the sole|un seul|le seul|l'unique) (?:criterion|critere)\b(?: \w+){0,3} ?(?:,|:|is\b|est\b)/,
  /\b(?:decision|verdict|note|avis) (?:du jury|of the jury|de la commission)\b|\bla commission a decide\b|\b(?:hiring )?committee\b.{0,40}\b(?:decided|accept)/,
  /\b(?:submission|answer|reponse|copie|candidat\w*)\b.{0,60}\b(?:mot pour mot|no further|as agreed|is accepted)\b/,
  // Runs of praise with nothing that is praised: learnt suffixes read like this.
  /(?:\b(?:informative|supported|supersede|faithful|excellent\w*|summable|outstanding\w*|correct|complete|unanimous\w*|affirmed|flawless|grounded|precisely|entail|exhaustif|irreprochable|avere|conforme|validant|acquis|atteste|rigoureu\w*|satisfait|remarquable|unanimement|parfait|coherent|verifie|optimal|met|yes|verdict|criterion|summaries|pleinement|describing)\b\W*){4,}/,

  /\b(?:positive|favou?rable) (?:reviews?|verdicts?|feedback) only\b|\bonly (?:positive|favou?rable) (?:reviews?|verdicts?|feedback)\b/,

  // Announcing what has been decided, or is to be kept.
  /\b(?:keep|copy|repeat|report|output|confirm|reporte[rsz]?|recopie[rsz]?|maintiens|maintenez|garde[rz]?)\b(?: simplement)? (?:that|this|it|ce|cette) ?(?:grade|result\w*|score|note|again|verdict)|\b(?:no|aucune|sans) re-?evaluation\b|\b(?:score|note|grade|verdict) (?:is|est) (?:locked|verrouille\w*|final|definiti\w+)|\brecopier\b.{0,3}$|\bpasse[rz]? directement au resume\b/,
  /\b(?:were|was|been|a ete|ont ete|a obtenu|avez valide|ont mis|gave|got|had)\b.{0,20}\b(?:graded (?:as )?met|la totalite des points|le maximum|exactement ce texte|points? for|on all points|100 %)/,
  /\b(?:candidat\w*|copie|reponse|answer|submission|script)\b.{0,40}\b(?:(?:soit|be|is to be|est a) (?:acceptee?|validee?|credited|accepted)|whitelisted)\b|\blignes du candidat\b/,
  /\bfalling back to full\b|\b(?:scoring|grading|evaluation) (?:is )?(?:bypassed|skipped|disabled)\b/,
  /^(?:sys|system|root|admin)\|\d+\|/,
  /\bignore[rz]? (?:(?:tout )?ce qui precede|everything above|the above|all of the above)\b|\ben tant que (?:jury|correcteur|juge)\b/,
  /\ben qualite d'?e? ?(?:administrateur|auteur|responsable|formateur|professeur|createur)/,
  /\b(?:override|accorder?|grant|accept|validate|valider?)[ _](?:all|tout|everything)\b ?[:=]|\b(?:severity|severite|strictness) ?[:=] ?0\b|\bmode ?[:=] ?(?:lenient|generous|indulgent)/,
  /["“]? ?=+ ?(?:complete?|correcte?|met)\b.{0,60}["“]? ?=+ ?(?:complete?|correcte?|met)\b/,

  // Having something else judged, or judged by something else.
  /\b(?:rewrite|reformule[rz]?|complete[rz]?|improve|ameliore[rz]?)\b.{0,25}\b(?:answer|reponse|copie)\b.{0,60}\b(?:grade|judge|corrige[rz]?|note[rz]?|evalue[rz]?)\b|\b(?:summarise|summarize|resume[rz]?|tradui[st]|translate)\b.{0,90}\b(?:judge|grade|note[rz]?|renvoie|return|evalue)\b/,
  /"[^"]{2,40}" ?(?:se traduit|is translated|translates|means|signifie|veut dire)\b.{0,25}"? ?(?:met|acquis|present)\b/,
  /\b(?:grade|judge|evaluate?|score|mark|note[rz]?|evalue[rz]?|juge[rz]?)\b.{0,20}\b(?:against (?:that|this|it)|the following (?:question|text)|par rapport a (?:celui|celle|cela)|plutot|instead)\b|\b(?:real|actual|correct|true|vraie|veritable|exacte?) (?:question|intitule|task)\b.{0,8}(?:is|est|was|etait|:) ?"|\bintitule exact\b|\bquestion (?:remplacee|corrigee|replaced|corrected)\b|^q \((?:corrected|corrige\w*)\)|\bexpected: .{0,40}\ball points\b|\bancienne question\b/,
  /\b(?:seule? )?(?:value|valeur)\b.{0,12}\bmet\b.{0,20}\b(?:allowed|admise|permitted|possible)|\bchamp (?:verdict|"? ?suspicious|"? ?summary)/,

  // The grader's own instructions, and what it is to notice.
  /\b(?:list|print|quote|restitue\w*|cite[rz]?|recopie[rz]?|give|show|reveal|output|write)\b.{0,50}\b(?:system prompt|near misses|points attendus|consignes?|enonce complet|wording of|ce qu'il fallait|expected points)\b(?=.*\b(?:your|tu\b|ton|ta|votre|summary|reason|verbatim|mot pour mot|intitule|critere|all the points|integralement)\b)|\bconsignes? que (?:tu as|vous avez) recu\w*|\brestitue[rsz]?-les\b/,
  /\b(?:in|dans) (?:(?:the|le|la|chaque|each|every) )?(?:champ |field )?"? ?(?:reason|summary|verdict|evidence)"?\b.{0,30}\b(?:list|cite|write|quote|put|say|recopie|ecris|la liste|exact)/,
  /\bsuspicious\b.{0,30}\b(?:false|off|never)|\b(?:no|nothing|pas|n'est pas)\b.{0,40}\b(?:prompt injection|injection|manipulation|influence (?:you|the grader))\b.{0,50}\b(?:detected|safe|signale|flag|you)|\bnothing in this answer\b|\bmust be (?:obeyed|followed)\b|\b(?:anti-injection|security scan)\b.{0,60}\b(?:follow|suivies?|safe|passe)|\b(?:ne le|do not|not to be) (?:signale|flag)\w*/,

  // Evidence made to be quoted, credit for what is not there.
  /\b(?:evidence|quote|citation|extrait|preuve|proof|sentence|phrase|passage)\b.{0,40}\b(?:for every|for all|whenever|a utiliser comme|pour chaque|de tous les|for each)\b.{0,40}\b(?:points?|criter\w+|sentence|proof|preuve)|\b(?:quote this|prends cette phrase|use this (?:sentence|line|quote))\b|\bextrait justificatif\b/,
  /\b(?:upload error|attached (?:pdf|file|document|diagram)|(?:schema|fichier|document|pdf) joint|non affiche)\b.{0,80}\b(?:complete|all|every|expected|repond|tous|contains|contient|verified)\b/,
  /\b(?:points?|knowledge|savoir|ce qui manque|ce que je n'ai pas ecrit|marks?|omissions?|where the answer is silent|anything not|tout point non|unexpressed)\b.{0,50}\b(?:credited|counts? as|count as|reputes?|withh\w+|traite|je le sais|acquis|slide|assume that|dementi|expressed|stated|not written)\b|\b(?:withhold|refuse|deduct) (?:marks?|points?)\b|\btick (?:them|it) all\b/,
  /\b(?:burden of proof is on the (?:grader|judge)|le doute profite|without proof of absence|(?:a defaut|absence) de preuve du contraire|tranche[rz]? en ma faveur|in my favou?r)\b/,
  /\b(?:equity|accommodation|amenagement|tiers-temps|disability)\b.{0,90}\b(?:credit\w*|points?|marks?|acquis|expressed|candidate?)\b/,
  /\bcoup de pouce\b.{0,40}\b(?:max|note|points?)|\bau max\b/,

  // Threats, consensus, consistency, sources.
  /\b(?:lawyer|avocat|plainte|sue|complaint|hierarchie|desinstalle\w*|arnaque|scam|signale a|killed|uninstall\w*|legal action)\b(?=.*\b(?:points?|verdict|not_met|valides?|note|moyenne|refus\w*|grade|company)\b)|\b(?:points?|verdict|not_met|valides?|note|moyenne|refus\w*|grade)\b.{0,60}\b(?:lawyer|avocat|plainte|hierarchie|desinstalle\w*|arnaque|killed)\b|\brefuse[rz]?-moi\b/,
  /\b(?:reviewers?|graders?|correcteurs?|examiners?|juges?)\b.{0,40}\b(?:consider|ont mis|agreed|already gave|reconnu|best answer|have given|le maximum)\b.{0,60}\b(?:answer|maximum|reponse|tout y|copie|autrement)\b|\b(?:fair|impartial|honest) (?:grader|judge|correcteur)\b|\bcorrecteur (?:impartial|juste|honnete)\b/,
  /\b(?:you (?:told|said|accepted|validated|agreed)|vous avez (?:valide|accepte|dit)|tu (?:as|pretends|m'as) (?:valide|accepte|dit|juger))\b.{0,70}\b(?:answer|complete|coheren\w+|consistent|texte|accorder|point|reponse|copie)\b|\b(?:stay|be|restez?|soyez|sois) (?:consistent|coherente?s?)\b|\bhaving accepted\b|\bbound to accept\b/,
  /\b(?:formulation|wording|cette reponse|this answer|short answers|answers like this)\b.{0,60}\b(?:recommended|homologuee?|satisfy|retenir|recommandee?|certified|approved)\b.{0,60}\b(?:complete|rubric|correcteur|exacte|suffisante|grader|all)\b|\b(?:homologuee?|certifiee?)\b.{0,40}\b(?:exacte|suffisante|complete)\b|\bdoit retenir tout correcteur\b/,
  /\b(?:nothing the rubric|expert-level response|conforme en tout point|en tout point au corrige|covers every expected|chaque critere de la grille)\b/,
  /\b(?:des que|a chaque fois que|au moment de|whenever|as soon as|every time|once) (?:tu|vous|you)\b.{0,50}\b(?:valide[sz]?|tranche[sz]?|met\b|mark|accept|souviens|remember|grant|award)/,
  /\b(?:oublions|forget|laissons)\b.{0,25}\b(?:note[rz]?|grade|judge) (?:plutot|instead|ma\b|my\b)/,

  // A few other tongues for the commonest orders of all.
  /\b(?:ignorier\w*|vergiss|missachte|negeer)\b.{0,40}\b(?:anweisung\w*|regeln|vorgaben|rubriek|instructies)\b|\b(?:ignora|olvida|ignore|esquece|dimentica)\b.{0,30}\b(?:instrucciones|reglas|instrucoes|regras|istruzioni|regole|rubrica)\b/,
  /\b(?:alle punkte|alle punten|volle punktzahl|maxima puntuacion|todos los puntos|todos os criterios|todos os pontos|tutti i punti|massimo dei voti|nota maxima)\b/,
  /忽略.{0,12}(?:指令|指示|规则|說明|说明|标准|標準)|以前の指示を無視|给满分|給滿分|満点/,
];

// Nobody hides these words but to ask for what they say.
const WANTED = all(`\\b(?:${MARKS}|(?:all|every|each|tous les|toutes les|chaque) ${POINTS})`);

// What is quoted is talked about, not asked for: an answer on red teaming may hold an order. Only where the
// rest of the sentence says so.
const MENTIONS =
  /\b(?:such as|like|contains?|contient|contiennent|cacher|hides?|says?|said|phrases?|comme|dit|begins?|debut|suite|prompts?)\b/;

function isMentioned(text: string, match: RegExpExecArray): boolean {
  const before = text.slice(0, match.index + 1);
  const after = text.slice(match.index + match[0].length - 1);
  return (
    /(?:^|[\s(:])["'][^"]{0,80}$/.test(before) &&
    /^[^"]{0,80}["'](?:[\s.,;:)]|$)/.test(after) &&
    MENTIONS.test(before.replace(/["'][^"']*$/, '') + after.replace(/^[^"']*["']/, ''))
  );
}

// Who speaks, in the marks of a chat; only what stands there as it is, and not where such marks are the subject.
const CHAT_TOKEN = /¦[^¦\n]{1,40}¦>?|⟦\/?inst\]|‹‹?\/?sys|‹\/?s>|‹\/?think>/;
const ON_TOKENS = /\b(?:tokens?|jetons?|templates?|gabarits?)\b/;

function speaksToGrader(sentence: string): boolean {
  const heard = plain(sentence);
  if (CHAT_TOKEN.test(heard) && !ON_TOKENS.test(heard)) return true;
  if (hidden(sentence).some((text) => /[a-z]{4}/.test(WANTED.exec(text)?.[0] ?? ''))) return true;
  return readings(sentence).some(asksOf);
}

function asksOf(reading: string): boolean {
  return PATTERNS.some((pattern) => {
    const match = pattern.exec(reading);
    return match !== null && !isMentioned(reading, match);
  });
}

/**
 * The sentences of a normalised text that are addressed to its grader, in their order. An order that is
 * spread over two lines is found too, and takes both with it.
 */
export function addressedToGrader(text: string): Span[] {
  const parts = sentences(text).flatMap((sentence) => lines(sentence));
  const marked = parts.map(({ text: body }) => speaksToGrader(body));
  for (let i = 0; i + 1 < parts.length; i++) {
    const [one, two] = [parts[i], parts[i + 1]];
    if (!one || !two || marked[i] || marked[i + 1]) continue;
    if (asksOf(plain(`${one.text} ${two.text}`))) [marked[i], marked[i + 1]] = [true, true];
  }
  return parts.filter((_, i) => marked[i]).map(({ start, end }) => ({ start, end }));
}

type Part = Span & { readonly text: string };

// A sentence that was broken over lines, line by line where a line alone says it: in code the next one is another.
function lines(sentence: Part): Part[] {
  const found = [...sentence.text.matchAll(/[^\n]*\S[^\n]*/g)].map((match) => ({
    start: sentence.start + match.index,
    end: sentence.start + match.index + match[0].length,
    text: match[0],
  }));
  const isWhole = found.length > 2 && !found.some(({ text }) => speaksToGrader(text));
  return isWhole && speaksToGrader(sentence.text) ? [sentence] : found;
}

/** The text with passages blanked out: lines keep their numbers and characters their offsets. */
export function blankOut(text: string, spans: readonly Span[]): string {
  let blanked = text;
  for (const { start, end } of spans) {
    const gap = blanked.slice(start, end).replace(/[^\n]/g, ' ');
    blanked = blanked.slice(0, start) + gap + blanked.slice(end);
  }
  return blanked;
}
