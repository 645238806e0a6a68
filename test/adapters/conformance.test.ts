import { describe, expect, it, onTestFinished } from 'vitest';
import type { DataAdapter } from '../../src/adapters/data-adapter.ts';
import { testAdapter } from '../../src/index.ts';
import { foundKeys } from '../../src/sources/source-searches.ts';
import { askAll, patient, recordsOf, sourceOf } from '../support/ask-source.ts';
import { isMissing, naming } from '../support/services.ts';
import { PATIENTLY } from '../support/waiting.ts';
import { KINDS, type Row } from './back-ends.ts';

/** Asks as the gateway does. @returns for each key its record, or the code of its error. */
async function ask(adapter: DataAdapter, keys: readonly string[]) {
  return recordsOf(await askAll(sourceOf(adapter), keys));
}
/** The promises of a search. */
const OF_SEARCH = 3;
const row = (id: string): Row => ({ id, name: `Name of ${id}` });

for (const kind of KINDS) {
  describe.skipIf(kind.service !== undefined && isMissing(kind.service))(
    kind.service ? `${kind.name}: ${naming(kind.service)}` : kind.name,
    () => {
      it('keeps every promise that testAdapter checks, with one record for a key', async () => {
        const twice = kind.hasRows ? [row('twice'), { id: 'twice', name: 'Another' }] : [];
        const adapter = await kind.adapterOf([row('a'), row('b'), row('c'), ...twice], false);
        onTestFinished(() => adapter.close?.());
        const samples = { known: { a: row('a'), b: row('b'), c: row('c') }, ...(kind.hasRows && { ambiguous: 'twice' }) };
        const found = { 'Name of': ['a', 'b', 'c'], 'Name of b': ['b'] };
        expect(await testAdapter(patient(adapter), { ...samples, found })).toHaveLength(
          (kind.hasRows ? 7 : 6) + (kind.isSearchable ? OF_SEARCH : 0),
        );
      });

      it('keeps every promise that testAdapter checks, with many', async () => {
        const second = { id: 'a', name: 'Another' };
        const adapter = await kind.adapterOf([row('a'), row('b'), second], true);
        onTestFinished(() => adapter.close?.());
        expect(await testAdapter(patient(adapter), { known: { a: [second, row('a')], b: [row('b')] } })).toHaveLength(6);
      });

      it('answers in the order of the keys, null for one that is not there', async () => {
        const adapter = await kind.adapterOf([row('a'), row('b'), row('c')], false);
        expect(await ask(adapter, ['c', 'x', 'a'])).toEqual([row('c'), null, row('a')]);
      });

      it('answers a list per key with many, an empty one for a key that is not there', async () => {
        const second = { id: 'a', name: 'Another' };
        const [a, x, b] = (await ask(await kind.adapterOf([row('a'), row('b'), second], true), ['a', 'x', 'b'])) as unknown as Row[][];
        expect(a?.toSorted((one, other) => (one.name < other.name ? -1 : 1))).toEqual([second, row('a')]);
        expect([x, b]).toEqual([[], [row('b')]]);
      });

      if (kind.hasRows)
        it('refuses two records for a key that may have one, for that key alone', async () => {
          const adapter = await kind.adapterOf([row('a'), row('b'), { id: 'a', name: 'Another' }], false);
          expect(await ask(adapter, ['a', 'b'])).toEqual(['SOURCE_INVALID', row('b')]);
        });

      it('uses a key as a value, whatever characters it has', async () => {
        const strange = ["o'neill", 'a"b', 'ünïcode 日本', 'a,b', 'a/b?c=d&e#f', '%41', "'; drop table thing; --", '{key}', '$keys', '*'];
        const adapter = await kind.adapterOf([row('a'), ...strange.map(row)], false);
        expect(await ask(adapter, [...strange, 'a'])).toEqual([...strange, 'a'].map(row));
      });

      it('fails every key as SOURCE_UNAVAILABLE when its back end is gone, with no key in the message', async () => {
        const answers = await askAll(sourceOf(await kind.adapterOfNothing()), ['secret-key-1', 'secret-key-2']);
        for (const answer of answers) {
          expect(answer).toMatchObject({ code: 'SOURCE_UNAVAILABLE', details: { source: 'things' } });
          expect((answer as Error).message).not.toContain('secret-key');
        }
      });

      if (kind.isSearchable)
        it('searches for a text as a value, and fails with its back end', async () => {
          const names = ["O'Neill", 'Müller-Lüdenscheidt', 'a "b"', "'; drop table thing; --"];
          const adapter = await kind.adapterOf([...names.map((name, index) => ({ id: `k${index}`, name })), row('a')], false);
          const source = sourceOf(adapter);
          const find = async (text: string) => foundKeys(await source.search(text, 5, {}).answer.promise());
          for (const [index, name] of names.entries()) expect(await find(name)).toEqual([`k${index}`]);
          expect(await find('Name of')).toEqual(['a']);
          const gone = await kind.adapterOfNothing();
          if (gone.search === undefined) return;
          const failed = sourceOf(gone).search('secret-text', 5, {}).answer.promise();
          await expect(failed).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE', message: expect.not.stringContaining('secret-text') });
        });

      it('probes whether the back end can be reached', async () => {
        const good = await kind.adapterOf([row('a')], false);
        onTestFinished(() => good.close?.());
        await expect(good.probe?.(AbortSignal.timeout(PATIENTLY.timeout))).resolves.toBeUndefined();
        const bad = await kind.adapterOfNothing();
        onTestFinished(() => bad.close?.());
        await expect(bad.probe?.(AbortSignal.timeout(PATIENTLY.timeout))).rejects.toThrow();
      });
    },
  );
}
