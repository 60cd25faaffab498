import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  Catalogue,
  type EntryState,
  isEmptyFilter,
  matches,
  type TrackHead,
} from '../../../src/core/bank/catalogue.ts';
import { sampleEntry } from '../../support/samples.ts';

const head = (id: string, order: number, entries: string[], fr = id, en = id): TrackHead => ({
  id,
  order,
  entries,
  title: { fr, en },
});

const catalogue = new Catalogue({
  tracks: [
    head('slo', 3, ['slow-model'], 'Objectifs de service', 'Service objectives'),
    head('monitoring', 1, ['psi', 'labels'], 'Surveillance', 'Monitoring'),
    head('cicd', 1, ['pipeline'], 'Intégration continue', 'Continuous integration'),
  ],
  entries: [
    sampleEntry('slow-model', { track: 'slo', title: { fr: 'Modèle lent', en: 'Slow model' } }),
    sampleEntry('labels', {
      title: { fr: 'Étiquettes en retard', en: 'Late labels' },
      tags: ['ground-truth'],
    }),
    sampleEntry('psi', { title: { fr: 'Dérive et PSI', en: 'Drift and PSI' }, tags: ['alerting'] }),
    sampleEntry('pipeline', { track: 'cicd', title: { fr: 'Chaîne', en: 'Pipeline' } }),
  ],
});
const ids = (query: string) => catalogue.search(query).map(({ id }) => id);

describe('the catalogue', () => {
  it('lists entries track by track, in the order of study', () => {
    assert.deepEqual(
      catalogue.tracks.map(({ id }) => id),
      ['cicd', 'monitoring', 'slo'],
    );
    assert.deepEqual(
      catalogue.entries.map(({ id }) => id),
      ['pipeline', 'psi', 'labels', 'slow-model'],
    );
  });

  it('knows an entry by its id, and only by its own', () => {
    assert.equal(catalogue.get('psi')?.title.en, 'Drift and PSI');
    for (const id of ['', 'PSI', 'constructor', '__proto__']) assert.equal(catalogue.get(id), undefined);
  });

  it('leaves out ids of a track that have no entry', () => {
    const { entries } = new Catalogue({
      tracks: [head('t', 1, ['gone', 'psi'])],
      entries: [sampleEntry('psi')],
    });
    assert.deepEqual(
      entries.map(({ id }) => id),
      ['psi'],
    );
  });

  it('finds words in either language, without case or accents', () => {
    assert.deepEqual(ids('derive'), ['psi']);
    assert.deepEqual(ids('DÉRIVE'), ['psi']);
    assert.deepEqual(ids('drift'), ['psi']);
    assert.deepEqual(ids('etiquettes'), ['labels']);
    assert.deepEqual(ids('e\u0301tiquettes'), ['labels']);
  });

  it('finds entries by tag, by id and by the title of their track', () => {
    assert.deepEqual(ids('alerting'), ['psi']);
    assert.deepEqual(ids('slow-mo'), ['slow-model']);
    assert.deepEqual(ids('surveillance'), ['psi', 'labels']);
    assert.deepEqual(ids('integration'), ['pipeline']);
  });

  it('wants every word, in any order', () => {
    assert.deepEqual(ids('psi monitoring'), ['psi']);
    assert.deepEqual(ids('  monitoring   psi '), ['psi']);
    assert.deepEqual(ids('psi labels'), []);
  });

  it('finds everything for nothing', () => {
    assert.equal(ids('').length, 4);
    assert.equal(ids(' \t').length, 4);
  });

  it('finds fewer entries with each word more, and keeps their order', () => {
    const words = fc.constantFrom('e', 'PSI', 'dérive', 'la', 'model', 'monitoring', 'zzz');
    fc.assert(
      fc.property(fc.array(words), words, (query, more) => {
        const before = ids(query.join(' '));
        const after = ids([...query, more].join(' '));
        assert.deepEqual(
          after,
          before.filter((id) => after.includes(id)),
        );
      }),
    );
  });
});

describe('a filter', () => {
  const entry = sampleEntry('psi', { level: 'senior', kind: 'scenario', core: true });

  it('narrows by each of its parts', () => {
    assert.ok(matches({ levels: ['senior', 'mid'] }, entry, 'new'));
    assert.ok(!matches({ levels: ['junior'] }, entry, 'new'));
    assert.ok(matches({ kinds: ['scenario'] }, entry, 'new'));
    assert.ok(!matches({ kinds: ['concept'] }, entry, 'new'));
    assert.ok(matches({ states: ['good'] }, entry, 'good'));
    assert.ok(!matches({ states: ['good'] }, entry, 'to_review'));
    assert.ok(matches({ coreOnly: true }, entry, 'new'));
    assert.ok(!matches({ coreOnly: true }, { ...entry, core: false }, 'new'));
    assert.ok(matches({ type: 'question' }, entry, 'new'));
    assert.ok(!matches({ type: 'exercise' }, entry, 'new'));
  });

  it('wants all of its parts at once', () => {
    const states: readonly EntryState[] = ['new', 'started', 'to_review', 'good'];
    for (const state of states) {
      assert.equal(
        matches({ levels: ['senior'], states: ['new'], coreOnly: true }, entry, state),
        state === 'new',
      );
    }
  });

  it('is empty when it narrows nothing', () => {
    assert.ok(isEmptyFilter({}));
    assert.ok(isEmptyFilter({ coreOnly: false }));
    assert.ok(!isEmptyFilter({ coreOnly: true }));
    assert.ok(!isEmptyFilter({ levels: ['mid'] }));
    assert.ok(matches({}, entry, 'new') && matches({ coreOnly: false }, { ...entry, core: false }, 'new'));
  });
});
