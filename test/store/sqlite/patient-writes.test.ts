import { expect, it } from 'vitest';
import type { InteractionToSave } from '../../../src/model/interaction.ts';
import { temporaryDirectory } from '../../support/gateway.ts';
import { openTestStore } from '../../support/open-store.ts';
import { SQLITE } from '../../support/stores.ts';

const RULES = {
  types: [{ name: 'crmId', class: 'person', unique: false, limit: Number.MAX_SAFE_INTEGER, window: null }],
  conflict: 'reassign-latest',
  capacity: 2_000,
} as const;
const open = () => openTestStore({ kind: SQLITE, directory: temporaryDirectory(), rules: RULES });
const PATIENT = { isPatient: true };

function interaction(id: string, who: string): InteractionToSave {
  const about = { type: 'a', touchpoint: null, pageUrl: null, properties: {}, source: 'test', attributes: {}, provenAt: null };
  return { id, occurredAt: new Date(1e6), identifiers: [{ type: 'crmId', value: who }], ...about };
}
/** Of customers that are new, which takes longest. */
const group = (n: number) => Array.from({ length: 50 }, (_, index) => interaction(`${n}-${index}`, `${n}-${index}`));

it('a write that comes after many patient ones is on disk before them', async () => {
  const store = await open();
  const settled: (number | string)[] = [];
  const patient = Array.from({ length: 60 }, async (_, n) => {
    await store.saveInteractions(group(n), PATIENT);
    settled.push(n);
  });
  await store.keepSetting('a', '1');
  settled.push('urgent');
  expect(settled.length).toBeLessThan(60);
  await Promise.all(patient);
  // They keep their order.
  expect(settled.filter((each) => each !== 'urgent')).toEqual(Array.from({ length: 60 }, (_, n) => n));
});

it('patient writes go on while others are written all the time', async () => {
  const store = await open();
  let isOver = false;
  const others = (async () => {
    for (let n = 0; !isOver; n++) await store.keepSetting(String(n), '1');
  })();
  const receipts = await Promise.all(Array.from({ length: 10 }, (_, n) => store.saveInteractions(group(n), PATIENT)));
  isOver = true;
  await others;
  expect(receipts.flat().every(({ outcome }) => outcome === 'stored')).toBe(true);
});

it('a patient write that fails is the only one that does, and closing waits for all', async () => {
  const store = await open();
  // What it has can't be stored.
  const broken = { ...interaction('x', 'x'), type: null as unknown as string };
  const writes = [
    store.saveInteractions(group(1), PATIENT),
    store.saveInteractions([broken], PATIENT),
    store.saveInteractions(group(2), PATIENT),
  ];
  const closing = store.close();
  const outcomes = await Promise.allSettled(writes);
  await closing;
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});
