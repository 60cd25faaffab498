import { placeholdersOf } from '../placeholders.ts';
import { type Cursor, type Fault, onKey, onText, onValue } from './cursor.ts';
import type { AnalysisReference, AnalysisUse, Model, Template } from './model.ts';
import type { Rules } from './rule.ts';

/** Whether templates and their arguments fit where they are used. */
export const WIRING_RULES = {
  'template-missing': templateMissing,
  'template-unresolved': templateUnresolved,
  'template-scope': templateScope,
  'argument-undeclared': argumentUndeclared,
  'argument-unused': argumentUnused,
  'argument-not-given': argumentNotGiven,
  'argument-unexpected': argumentUnexpected,
} satisfies Rules;

export const WIRING_WARNINGS = {
  'template-unused': templateUnused,
} satisfies Rules;

function* templateMissing({ templates, rollouts, files }: Model): Generator<Fault> {
  if (templates.length > 0) return;
  const start = { line: 0, column: 0 };
  const use = rollouts.flatMap(({ uses }) => uses)[0];
  if (use) yield onKey(use.cursor);
  else yield { file: files.at(-1) ?? '', range: { start, end: start } };
}

function* allReferences({ rollouts, templates }: Model): Generator<AnalysisReference> {
  for (const { uses } of rollouts) for (const use of uses) yield* use.references;
  for (const template of templates) yield* template.references;
}

function resolve(model: Model, { name, cluster }: AnalysisReference): Template | undefined {
  return model.templates.find((template) => template.name === name && template.cluster === cluster);
}

function namesake(model: Model, { name }: AnalysisReference): Template | undefined {
  return model.templates.find((template) => template.name === name);
}

function nameOf({ cursor }: AnalysisReference): Cursor {
  return cursor.get('templateName');
}

function* templateUnresolved(model: Model): Generator<Fault> {
  for (const reference of allReferences(model)) {
    // A cluster template may well live outside the exercise's files.
    if (reference.cluster || reference.name === '' || namesake(model, reference)) continue;
    const known = model.templates.map(({ name }) => name).join(', ') || '-';
    yield onValue(nameOf(reference), { name: reference.name, known });
  }
}

function* templateScope(model: Model): Generator<Fault> {
  for (const reference of allReferences(model)) {
    const found = namesake(model, reference);
    if (!found || resolve(model, reference)) continue;
    const kind = found.cursor.manifest.kind;
    const expected = `clusterScope: ${found.cluster ? 'true' : 'false'}`;
    yield onValue(nameOf(reference), { name: reference.name, kind, expected });
  }
}

function* templateUnused(model: Model): Generator<Fault> {
  const named = new Set([...allReferences(model)].map(({ name }) => name));
  for (const { cursor, name } of model.templates) {
    if (name !== '' && !named.has(name)) yield onValue(cursor.get('metadata', 'name'), { name });
  }
}

/** The templates that the controller merges for one use, nested ones included. */
export function mergedFor(model: Model, references: readonly AnalysisReference[]): Template[] {
  const merged = new Set<Template>();
  const pending = [...references];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const template = resolve(model, next);
    if (!template || merged.has(template)) continue;
    merged.add(template);
    pending.push(...template.references);
  }
  return [...merged];
}

/** The templates whose arguments a template may use: those it is merged with, or itself alone. */
function companions(model: Model, template: Template): Template[] {
  const groups = model.rollouts
    .flatMap(({ uses }) => uses)
    .map(({ references }) => mergedFor(model, references))
    .filter((group) => group.includes(template));
  return groups.length > 0 ? groups.flat() : [template];
}

function argumentName(arg: Cursor): string {
  return arg.get('name').text ?? '';
}

function declared(templates: readonly Template[]): Set<string> {
  return new Set(templates.flatMap(({ args }) => args.map(argumentName)));
}

function* placesOf({ cursor }: Template) {
  for (const text of cursor.get('spec', 'metrics').strings()) {
    for (const place of placeholdersOf(text.text ?? '')) yield { text, place };
  }
}

function* argumentUndeclared(model: Model): Generator<Fault> {
  for (const template of model.templates) {
    const known = declared(companions(model, template));
    for (const { text, place } of placesOf(template)) {
      const { name, from, to } = place;
      if (name.startsWith('args.') && known.has(name.slice('args.'.length))) continue;
      yield onText(text, from, to, { name, known: [...known].join(', ') || '-' });
    }
  }
}

function* argumentUnused(model: Model): Generator<Fault> {
  for (const template of model.templates) {
    const used = new Set(
      companions(model, template).flatMap((other) => [...placesOf(other)].map(({ place }) => place.name)),
    );
    for (const arg of template.args) {
      const name = argumentName(arg);
      if (name !== '' && !used.has(`args.${name}`)) yield onValue(arg.get('name'), { name });
    }
  }
}

function allUses({ rollouts }: Model): AnalysisUse[] {
  return rollouts.flatMap(({ uses }) => uses);
}

function hasValue(arg: Cursor): boolean {
  return arg.get('value').exists || arg.get('valueFrom').exists;
}

function* argumentNotGiven(model: Model): Generator<Fault> {
  for (const { cursor, references } of allUses(model)) {
    const args = mergedFor(model, references).flatMap((template) => template.args);
    const given = new Set([
      ...args.filter(hasValue).map(argumentName),
      ...cursor.get('args').items.filter(hasValue).map(argumentName),
    ]);
    for (const name of new Set(args.map(argumentName))) {
      if (name !== '' && !given.has(name)) {
        const list = cursor.get('args');
        yield onKey(list.exists ? list : cursor, { name });
      }
    }
  }
}

function* argumentUnexpected(model: Model): Generator<Fault> {
  for (const { cursor, references } of allUses(model)) {
    if (!references.every((reference) => resolve(model, reference))) continue;
    const known = declared(mergedFor(model, references));
    for (const arg of cursor.get('args').items) {
      const name = argumentName(arg);
      if (name === '' || known.has(name)) continue;
      yield onValue(arg.get('name'), { name, known: [...known].join(', ') || '-' });
    }
  }
}

/** The value of each argument in a template's metrics, by place name; those only known at run time are absent. */
export function argumentValues(model: Model, template: Template): Map<string, string> {
  const values = new Map<string, string>();
  const read = (args: readonly Cursor[]) => {
    for (const arg of args) {
      const name = `args.${argumentName(arg)}`;
      const value = arg.get('value');
      if (value.exists) values.set(name, String(value.value));
      else if (arg.get('valueFrom').exists) values.delete(name);
    }
  };
  for (const companion of companions(model, template)) read(companion.args);
  for (const { cursor, references } of allUses(model)) {
    if (mergedFor(model, references).includes(template)) read(cursor.get('args').items);
  }
  return values;
}
