import { setImmediate } from 'node:timers/promises';
import { IdentityLookups } from '../src/identity/identity-lookups.ts';
import type { Identifier } from '../src/model/identifier.ts';
import type { Store } from '../src/model/ports.ts';
import { compare } from './measure.ts';

/** Look-ups between two turns of the event loop; with each of them one interaction is captured. */
const CHUNK = 64;
/** Interactions that are being stored, at most. */
const MAX_WRITING = 8;

/** Milliseconds for each look-up of an owner. */
export interface RememberedRow {
  /** While nothing is written. */
  readonly quiet: number;
  /** While this process stores interactions of others. */
  readonly writing: number;
  /** The same with a memory that each write empties. */
  readonly emptied: number;
  /** The part of look-ups that were remembered, without writes, with them, and with a memory that each write empties. */
  readonly hits: readonly [number, number, number];
}

/** A store whose version changes with each write of this process, too. */
function emptiedByEachWrite(store: Store): Store {
  let version = 0;
  store.onIdentityChange(() => version++);
  const emptied = { version: () => (store.version() === null ? null : version), onIdentityChange: () => {} };
  return new Proxy(store, {
    get: (target, name) => {
      if (Object.hasOwn(emptied, name)) return emptied[name as keyof typeof emptied];
      const value = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** @param asked owners that are asked for in turn. @param written identifiers of others, whose interactions are stored meanwhile. */
export async function rememberedOwners(
  store: Store,
  asked: readonly Identifier[],
  written: readonly Identifier[],
  { operations, rounds }: { readonly operations: number; readonly rounds: number },
): Promise<RememberedRow> {
  const counts = { quiet: { all: 0, hits: 0 }, writing: { all: 0, hits: 0 }, emptied: { all: 0, hits: 0 } };
  let writes = 0;
  const capture = () => {
    const identifier = written[writes % written.length] as Identifier;
    const interaction = { id: `w${writes++}`, type: 'view', occurredAt: new Date(), identifiers: [identifier], properties: {} };
    return store.saveInteractions([{ ...interaction, touchpoint: null, pageUrl: null, source: 'bench', attributes: {}, provenAt: null }]);
  };
  const round = (name: keyof typeof counts, lookups: IdentityLookups, isWriting: boolean) => async () => {
    const writing = new Set<Promise<unknown>>();
    const begun = performance.now();
    for (let n = 0; n < operations; n++) {
      if (n % CHUNK === 0) {
        if (isWriting && writing.size < MAX_WRITING) {
          const write = capture().finally(() => writing.delete(write));
          writing.add(write);
        }
        await setImmediate();
      }
      const one = [asked[n % asked.length] as Identifier];
      counts[name].all++;
      if (lookups.remembered(one) !== undefined) counts[name].hits++;
      else await lookups.findOwnersWhole(one);
    }
    const elapsed = performance.now() - begun;
    await Promise.all(writing);
    return elapsed / operations;
  };
  const ours = new IdentityLookups(store);
  const [quiet, writing, emptied] = (await compare(
    [
      { name: 'quiet', round: round('quiet', ours, false) },
      { name: 'writing', round: round('writing', ours, true) },
      { name: 'emptied', round: round('emptied', new IdentityLookups(emptiedByEachWrite(store)), true) },
    ],
    rounds,
  )) as [number, number, number];
  const share = ({ all, hits }: { readonly all: number; readonly hits: number }) => hits / all;
  return { quiet, writing, emptied, hits: [share(counts.quiet), share(counts.writing), share(counts.emptied)] };
}
