import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { COMMANDS, CONTEXT, DEFAULTS, PANEL, VIEWS } from '../../src/vscode/ids.ts';
import { readSources } from '../support/sources.ts';

interface Setting {
  readonly type: string;
  readonly default: unknown;
  readonly enum?: readonly string[];
  readonly enumDescriptions?: readonly string[];
  readonly scope?: string;
  readonly markdownDescription: string;
}

interface MenuItem {
  readonly command: string;
  readonly when?: string;
}

interface Manifest {
  readonly publisher: string;
  readonly name: string;
  readonly icon: string;
  readonly main: string;
  readonly engines: { readonly vscode: string };
  readonly enabledApiProposals?: readonly string[];
  readonly activationEvents: readonly string[];
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] };
  };
  readonly contributes: {
    readonly commands: readonly {
      readonly command: string;
      readonly title: string;
      readonly category: string;
    }[];
    readonly menus: Readonly<Record<string, readonly MenuItem[]>>;
    readonly keybindings: readonly MenuItem[];
    readonly views: Readonly<Record<string, readonly { readonly id: string; readonly icon: string }[]>>;
    readonly viewsContainers: {
      readonly activitybar: readonly { readonly id: string; readonly icon: string }[];
    };
    readonly configuration: { readonly properties: Readonly<Record<string, Setting>> };
    readonly walkthroughs: readonly {
      readonly steps: readonly {
        readonly media: Readonly<Record<string, string>>;
        readonly description: string;
        readonly completionEvents: readonly string[];
      }[];
    }[];
  };
}

const read = (file: string) => fs.readFileSync(file, 'utf8');
const SOURCE = read('package.json');
const manifest = JSON.parse(SOURCE) as Manifest;
const { contributes } = manifest;
const commands = contributes.commands.map(({ command }) => command);
const known: ReadonlySet<string> = new Set(Object.values(COMMANDS));
const nls: Readonly<Record<'en' | 'fr', Readonly<Record<string, string>>>> = {
  en: JSON.parse(read('package.nls.json')) as Record<string, string>,
  fr: JSON.parse(read('package.nls.fr.json')) as Record<string, string>,
};

/** Names of the editor's own context keys that our `when` clauses may use. */
const EDITOR_KEYS = new Set(['view', 'viewItem', 'editorTextFocus']);

const isSame = (actual: Iterable<string>, expected: Iterable<string>, message?: string) =>
  assert.deepEqual([...actual].sort(), [...expected].sort(), message);

describe('the commands', () => {
  it('of the manifest are those of ids.ts', () => {
    isSame(commands, known);
  });

  it('are named canari.<noun>.<verb>, once each, in one category', () => {
    assert.equal(new Set(commands).size, commands.length);
    for (const { command, category } of contributes.commands) {
      assert.match(command, /^canari\.[a-z]+\.[a-zA-Z]+$/);
      assert.equal(category, '%category%');
    }
  });

  it('are each registered exactly once', () => {
    const registered = readSources('src').flatMap(({ text }) =>
      [...text.matchAll(/\bregister(?:TextEditor)?Command\(\s*(?:COMMANDS\.(\w+)|(\S+))/g)].map(
        ([, name, other]) => name ?? `not from ids.ts: ${other}`,
      ),
    );
    isSame(registered, Object.keys(COMMANDS));
  });

  it('of menus and keys exist', () => {
    const items = [...Object.values(contributes.menus).flat(), ...contributes.keybindings];
    for (const { command } of items) assert.ok(known.has(command), command);
  });

  it('of walkthroughs and of links in descriptions exist', () => {
    const links = [...SOURCE, ...Object.values(nls).flatMap((texts) => Object.values(texts))].join('\n');
    const linked = [...links.matchAll(/\]\(command:([\w.]+)/g)].map((match) => match[1] ?? '');
    assert.ok(linked.length > 0);
    for (const command of linked) assert.ok(known.has(command), command);
    for (const { steps } of contributes.walkthroughs) {
      for (const event of steps.flatMap(({ completionEvents }) => completionEvents)) {
        const [kind, id = ''] = event.split(':');
        if (kind === 'onCommand') assert.ok(known.has(id), event);
        else assert.ok(kind === 'onSettingChanged' && id in contributes.configuration.properties, event);
      }
    }
  });
});

describe('the views', () => {
  const views = Object.values(contributes.views).flat();

  it('of the manifest are those of ids.ts', () => {
    isSame(
      views.map(({ id }) => id),
      Object.values(VIEWS),
    );
  });

  it('stand in containers that exist', () => {
    isSame(
      Object.keys(contributes.views),
      contributes.viewsContainers.activitybar.map(({ id }) => id),
    );
  });
});

describe('the context keys', () => {
  const clauses = [...Object.values(contributes.menus).flat(), ...contributes.keybindings].flatMap(
    ({ when }) => when ?? [],
  );
  const atoms = clauses.flatMap((clause) =>
    clause.split(/\s*(?:&&|\|\|)\s*/).map((atom) => atom.replace(/^!|[()]/g, '')),
  );
  const names = atoms.map((atom) => atom.split(/\s*(?:==|!=|=~|\bin\b)\s*/)[0] ?? '');

  it('of when clauses are ours or the editor’s', () => {
    const ours = new Set<string>(Object.values(CONTEXT));
    const strangers = names.filter((name) => !ours.has(name) && !EDITOR_KEYS.has(name) && name !== 'false');
    assert.deepEqual(strangers, []);
  });

  it('of ids.ts are each set by the program and asked for by the manifest', () => {
    const texts = readSources('src').map(({ text }) => text);
    for (const [key, name] of Object.entries(CONTEXT)) {
      assert.ok(names.includes(name), `${name} is in no when clause`);
      const set = new RegExp(`'setContext',\\s*CONTEXT\\.${key}\\b`);
      assert.equal(texts.filter((text) => set.test(text)).length, 1, `${name} is set in one place`);
    }
  });

  it('that compare with a view or an item name one that exists', () => {
    const values = (name: string) =>
      atoms.flatMap((atom) => new RegExp(`^${name} == (\\S+)$`).exec(atom)?.[1] ?? []);
    for (const view of values('view')) assert.ok((Object.values(VIEWS) as string[]).includes(view), view);
    const tree = read('src/vscode/features/questions/tree.ts');
    for (const item of values('viewItem')) assert.ok(tree.includes(`contextValue = '${item}'`), item);
    for (const type of values(CONTEXT.inAnswer)) assert.ok(['question', 'exercise'].includes(type), type);
  });
});

describe('the settings', () => {
  const { properties } = contributes.configuration;
  // The interface is gone when the program runs; its source is the one place that has the types.
  const declared = /export interface Settings \{\n([\s\S]*?)\n\}/.exec(read('src/vscode/ids.ts'))?.[1] ?? '';
  const types = new Map(
    [...declared.matchAll(/^ {2}'?([\w.]+)'?: ([^;]+);$/gm)].map(([, key = '', type = '']) => [key, type]),
  );

  it('of the manifest are those of ids.ts', () => {
    const keys = Object.keys(properties).map((name) => name.replace(/^canari\./, ''));
    isSame(keys, Object.keys(DEFAULTS));
    isSame(types.keys(), Object.keys(DEFAULTS));
  });

  for (const [key, value] of Object.entries(DEFAULTS)) {
    it(`have one type and one default: ${key}`, () => {
      const setting = properties[`canari.${key}`];
      assert.ok(setting);
      assert.deepEqual(setting.default, value);
      const type = types.get(key) ?? '';
      if (type.includes('|')) {
        const words = type.split('|').map((word) => word.trim().replace(/'/g, ''));
        assert.equal(setting.type, 'string');
        assert.deepEqual(setting.enum, words);
        assert.equal(setting.enumDescriptions?.length, words.length);
      } else {
        const plain = type === 'string[]' ? 'array' : type;
        assert.equal(setting.type === 'integer' ? 'number' : setting.type, plain);
        assert.equal(setting.enum, undefined);
      }
    });
  }

  it('that could redirect a key or run code are the machine’s alone', () => {
    const names = ['openai.baseUrl', 'openai.model', 'packs', 'practiceFolder'].map((key) => `canari.${key}`);
    for (const name of names) assert.equal(properties[name]?.scope, 'machine', name);
    isSame(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations, names);
  });

  it('that descriptions name exist', () => {
    for (const text of Object.values(nls).flatMap((texts) => Object.values(texts))) {
      for (const [, name = ''] of text.matchAll(/`#([\w.]+)#`/g)) assert.ok(name in properties, name);
    }
  });
});

describe('the texts of the manifest', () => {
  it('are all there, in both languages, and no more', () => {
    const used = new Set([...SOURCE.matchAll(/"%([\w.]+)%"/g)].map((match) => match[1] ?? ''));
    isSame(Object.keys(nls.en), used);
    isSame(Object.keys(nls.fr), used);
  });

  it('are words, not codes: nothing that a person reads is written in the manifest itself', () => {
    const titles = [
      ...SOURCE.matchAll(/"(?:title|description|displayName|markdownDescription|altText)": "([^"]*)"/g),
    ];
    assert.ok(titles.length > 50);
    const plain = titles.map((match) => match[1] ?? '').filter((text) => !/^%[\w.]+%$/.test(text));
    assert.deepEqual(plain, ['Canari'], 'but for the name');
  });

  it('link to the same commands in both languages', () => {
    const links = (text: string) => [...text.matchAll(/\((command:[^)]+)\)/g)].map((match) => match[1]);
    for (const [key, text] of Object.entries(nls.en)) {
      assert.deepEqual(links(nls.fr[key] ?? ''), links(text), key);
    }
  });

  it('keep the same code and settings in both languages', () => {
    const codes = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1]).sort();
    for (const [key, text] of Object.entries(nls.en)) {
      assert.deepEqual(codes(nls.fr[key] ?? ''), codes(text), key);
    }
  });
});

describe('the extension', () => {
  it('is canari.canari: storage depends on it', () => {
    assert.equal(`${manifest.publisher}.${manifest.name}`, 'canari.canari');
  });

  it('is written against the oldest editor that it runs in', () => {
    const floor = manifest.engines.vscode.replace(/^\^/, '');
    assert.match(manifest.engines.vscode, /^\^\d+\.\d+\.\d+$/);
    assert.equal(manifest.devDependencies['@types/vscode'], floor);
    const installed = JSON.parse(read('node_modules/@types/vscode/package.json')) as { version: string };
    assert.equal(installed.version, floor);
  });

  it('uses no proposed API and brings no dependency to install', () => {
    assert.equal(manifest.enabledApiProposals, undefined);
    assert.equal(manifest.dependencies, undefined);
  });

  it('starts for its panel and for its practice folder, and otherwise when it is used', () => {
    isSame(manifest.activationEvents, [`onWebviewPanel:${PANEL}`, 'workspaceContains:.canari.json']);
  });

  it('names pictures that exist', () => {
    const steps = contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);
    const icons = [
      ...contributes.viewsContainers.activitybar.map(({ icon }) => icon),
      ...Object.values(contributes.views).flatMap((views) => views.map(({ icon }) => icon)),
      ...steps.flatMap(({ media }) => media['svg'] ?? media['image'] ?? media['markdown'] ?? 'no picture'),
    ];
    assert.ok(steps.length > 0);
    for (const file of [...icons, manifest.icon]) assert.ok(fs.existsSync(file), file);
  });
});
