import type { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import type { CustomerId } from '../../../src/model/customer.ts';
import { identifierKey, identifierOf } from '../../../src/model/identifier.ts';
import type { StoreWrite } from '../../../src/store/plan/writes.ts';

/*
 * Writes as a plan may give them, chosen over what is stored: an identifier that nobody owns is not moved, a customer who was
 * merged gets no identifier. Names are few, so that the writes of one list meet each other.
 */

const CUSTOMERS = 6;
export const KEYS = ['email:1', 'email:2', 'phone:1', 'cid:a', 'cid:b', 'cid:it\'s "{é\\}'];
const NAMES = ['city', 'Size', 'tier'];

/** Out of these, what is written is chosen. */
const choice = fc.record({
  kind: fc.nat(1_000_000),
  a: fc.nat(CUSTOMERS - 1),
  b: fc.nat(CUSTOMERS - 1),
  key: fc.constantFrom(...KEYS),
  other: fc.constantFrom(...KEYS),
  at: fc.nat(9),
  late: fc.nat(3),
  n: fc.nat(2),
  isSo: fc.boolean(),
});
type Choice = typeof choice extends fc.Arbitrary<infer Value> ? Value : never;

/** Lists of writes, one after the other. Of one history, most are of a few kinds, so that they meet. */
export const history = fc.record({
  /** Of neighbours in the list of kinds, or of any. */
  kinds: fc.oneof(
    fc.array(fc.nat(1_000_000), { minLength: 2, maxLength: 12 }),
    fc.nat(1_000_000).map((first) => Array.from({ length: 8 }, (_, n) => first + n)),
  ),
  lists: fc.array(fc.array(choice, { minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 4 }),
});
type History = typeof history extends fc.Arbitrary<infer Value> ? Value : never;

/** Makes writes out of choices. What must be new each time has numbers of its own. */
export class Samples {
  readonly #database: DatabaseSync;
  #count = 0;

  /** @param database all writes made so far must be applied to it. */
  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Customers, so that there is something to write about. */
  first(): StoreWrite[] {
    const seen = { createdAt: 5, seenAt: 5, erasedAt: null };
    return [0, 1, 2, 3].map((n) => ({ kind: 'insert-customer', id: id(n), root: id(n), ...seen }));
  }

  /** To be called when all writes made so far are applied. */
  writesOf({ kinds }: History, choice: Choice): StoreWrite[] {
    const all = this.#kinds();
    const names = Object.keys(all);
    const number = kinds[choice.kind % kinds.length] as number;
    return all[names[number % names.length] as string]?.(choice) ?? [];
  }

  #kinds(): Record<string, (choice: Choice) => StoreWrite[]> {
    return { ...this.#customers(), ...this.#identifiers(), ...this.#formerOwners(), ...this.#others(), ...this.#erasures() };
  }

  #customers(): Record<string, (choice: Choice) => StoreWrite[]> {
    const insert = ({ a, at }: Choice): StoreWrite => {
      return { kind: 'insert-customer', id: id(a), root: id(a), createdAt: at + 3, seenAt: at, erasedAt: null };
    };
    return {
      insert: (given) => [insert(given)],
      insertAnother: (given) => [insert(given)],
      insertAlias: ({ b, at, isSo }) => {
        const root = this.#root(b);
        if (root === null) return [];
        return [{ kind: 'insert-customer', id: this.#fresh('alias'), root, createdAt: at, seenAt: at, erasedAt: isSo ? at : null }];
      },
      merge: ({ a, b, isSo }) => {
        const [from, to] = [this.#root(a), this.#root(b)];
        if (from === null || to === null || from === to) return [];
        return [
          { kind: 'move-aliases', from, to },
          { kind: 'move-identifiers', from, to },
          ...(isSo ? [] : [{ kind: 'move-confirmations', from, to } as const]),
        ];
      },
      split: ({ a, b, isSo }) => {
        const root = isSo ? id(a) : this.#root(b);
        return this.#isAlias(id(a)) && root !== null ? [{ kind: 'set-root', id: id(a), root }] : [];
      },
      see: ({ a, at, late, isSo }) => [
        { kind: 'see-customer', id: id(a), first: at, last: at + late, mergedByPersonAt: isSo ? at + 1 : null },
      ],
      confirm: ({ a, n, at }) => {
        const root = this.#root(a);
        if (root === null) return [];
        return [{ kind: 'save-confirmation', customerId: root, agent: bytes(n), method: 'birthday', confirmedAt: at, expiresAt: at + 1 }];
      },
    };
  }

  #identifiers(): Record<string, (choice: Choice) => StoreWrite[]> {
    const source = 'test';
    const link = ({ a, key, at }: Choice): StoreWrite[] => {
      const root = this.#root(a);
      if (root === null || this.#owner(key) !== null) return [];
      return [{ kind: 'insert-identifier', identifier: identifierOf(key), customerId: root, linkedAt: at + 2, seenAt: at, source }];
    };
    return {
      link,
      linkAnother: link,
      move: ({ a, key, at }) => {
        const root = this.#root(a);
        return root === null ? [] : [{ kind: 'move-identifier', key, customerId: root, linkedAt: at, source: 'moved' }];
      },
      rename: ({ key, other, at }) => {
        if (this.#owner(other) !== null) return [];
        const identifier = { type: identifierOf(key).type, value: identifierOf(other).value };
        if (identifierKey(identifier) !== other) return [];
        return [{ kind: 'rename-identifier', key, identifier, linkedAt: at, source: 'renamed' }];
      },
      seeIdentifier: ({ key, at }) => [{ kind: 'see-identifier', key, at: at + 2 }],
      cut: ({ key }) => [{ kind: 'delete-identifier', key }],
      separate: ({ a, key, at }) => [{ kind: 'insert-separation', key, customerId: id(a), at }],
    };
  }

  #formerOwners(): Record<string, (choice: Choice) => StoreWrite[]> {
    const add = ({ a, key, late }: Choice): StoreWrite[] => {
      return this.#root(a) === null ? [] : [{ kind: 'insert-former-owner', key, until: late, customerId: id(a) }];
    };
    return {
      add,
      addAnother: add,
      collapse: ({ a, b, key, late: until, n: ordinal }) => {
        if (this.#root(a) === null || this.#root(b) === null) return [];
        return [{ kind: 'collapse-former-owners', key, until, ordinal, nameless: id(a), members: [id(b), id(b)] }];
      },
      renameOwner: ({ a, key, late: until, n: ordinal }) => {
        return this.#root(a) === null ? [] : [{ kind: 'rename-former-owner', key, until, ordinal, customerId: id(a) }];
      },
      deleteMember: ({ a, key }) => [{ kind: 'delete-nameless-member', key, customerId: id(a) }],
    };
  }

  #others(): Record<string, (choice: Choice) => StoreWrite[]> {
    return {
      retire: ({ a, key, other, at, isSo }) => {
        if (this.#root(a) === null || this.#has('select 1 from retired_cookie where id_key = ?', key)) return [];
        const successorKey = isSo ? null : other;
        return [{ kind: 'insert-retired-cookie', key, successorKey, proof: isSo ? null : 'p', retiredAt: at, customerId: id(a) }];
      },
      deleteRetired: ({ key }) => [{ kind: 'delete-retired-cookie', key }],
      eraseRetired: ({ key }) => [{ kind: 'erase-retired-cookie', key, hash: Buffer.from(`hash of ${key}`) }],
      record: ({ a, b, key, other, at, isSo }) => [
        {
          ...{
            kind: 'insert-identity-event',
            id: this.#fresh('event'),
            changed: id(a),
            recordedAt: at,
            customerId: id(b),
            rule: 'TOGETHER',
          },
          ...{ source: 'test', actor: isSo ? 'ann' : null, reason: isSo ? "it's so" : null, occurredAt: at, changes: '{}' },
          mentions: new Set([key, other]),
        },
      ],
      remember: ({ a, at, isSo }) => {
        const known = isSo ? { customerId: null, refusedType: 'email' } : { customerId: id(a), refusedType: null };
        return [{ kind: 'insert-remembered-event', hash: Buffer.from(this.#fresh('event')), ...known, at }];
      },
      saveAttribute: ({ a, n, at, isSo }) => {
        const name = NAMES[n] as string;
        return [
          { kind: 'save-attribute', customerId: id(a), name, value: { at, 'é"': [null] }, touchpoint: isSo ? 'web' : null, capturedAt: at },
        ];
      },
      interact: ({ a, key, at, n, isSo }) => [
        {
          ...{
            kind: 'insert-interaction',
            customerId: id(a),
            attributedBy: isSo ? null : identifierOf(key),
            source: 'test',
            recordedAt: at,
          },
          interaction: {
            ...{ id: `interaction-${n}`, type: 'view', occurredAt: new Date(at), touchpoint: isSo ? 'web' : null, pageUrl: null },
            ...{ properties: { price: at }, actor: isSo ? 'ann' : null },
          },
        },
      ],
      mention: ({ a, key }) => [{ kind: 'insert-interaction-mention', identifier: identifierOf(key), customerId: id(a) }],
      saveTotals: ({ a, n, at, late }) => [
        {
          kind: 'save-totals',
          key: { customerId: id(a), counterId: n, bucket: late },
          totals: { count: at, numbers: 0, sum: 0, first: null, last: null } as never,
        },
      ],
      seeValue: ({ a, n, at }) => [{ kind: 'see-trait-value', customerId: id(a), counterId: n, value: '"é"', at }],
      forget: ({ at }) => [{ kind: 'forget-remembered-events', before: -at, limit: 1 }],
    };
  }

  #erasures(): Record<string, (choice: Choice) => StoreWrite[]> {
    return {
      suppress: ({ n, at }) => [{ kind: 'suppress', hash: bytes(n), at }],
      eraseIdentifier: ({ key }) => [{ kind: 'erase-identifier', key }],
      eraseCustomer: ({ a, at }) => {
        const root = this.#root(a);
        return root === null ? [] : [{ kind: 'erase-customer', root, at }];
      },
      purgeCustomer: ({ a }) => {
        const root = this.#root(a);
        return root === null ? [] : [{ kind: 'purge-customer', erasure: this.#fresh('erasure'), root }];
      },
      purgeIdentifier: ({ a, key }) => {
        const root = this.#root(a);
        return root === null ? [] : [{ kind: 'purge-identifier', erasure: this.#fresh('erasure'), key, except: root }];
      },
    };
  }

  #root(n: number): CustomerId | null {
    return this.#value('select root_id as value from customer where id = ?', id(n)) as CustomerId | null;
  }

  #isAlias(customerId: CustomerId): boolean {
    return this.#has('select 1 from customer where id = ? and root_id <> id', customerId);
  }

  #owner(key: string): CustomerId | null {
    return this.#value('select customer_id as value from identifier where id_key = ?', key) as CustomerId | null;
  }

  #has(sql: string, key: string): boolean {
    return this.#database.prepare(sql).get(key) !== undefined;
  }

  #value(sql: string, key: string): unknown {
    return (this.#database.prepare(sql).get(key) as { value: unknown } | undefined)?.value ?? null;
  }

  #fresh(name: string): CustomerId {
    return `${name}-${this.#count++}` as CustomerId;
  }
}

function id(n: number): CustomerId {
  return `customer-${n}` as CustomerId;
}

function bytes(n: number): Buffer {
  return Buffer.from(`bytes-${n}`);
}
