import { randomUUID } from 'node:crypto';
import { cpus } from 'node:os';
import type { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';
import type { IdentityRules } from '../src/identity/identity-rules.ts';
import { type Identifier, identifierKey } from '../src/model/identifier.ts';
import { migrate, openDatabase } from '../src/store/sqlite/open-database.ts';
import { type StoreWrites, storeWrites } from '../src/store/sqlite/store-writes.ts';
import { compare, timed } from './measure.ts';

/**
 * Compares a write whose identifiers and customer have a long history with the same write after a short history. The store is
 * in memory and inside one transaction, so that no disk hides the difference. Each write has a savepoint, as in the writer
 * thread.
 */
const RULES: IdentityRules = {
  types: [
    { name: 'crmId', class: 'person', unique: true, limit: 1, window: null },
    { name: 'visitorId', class: 'cookie', unique: false, limit: 1_000_000, window: null },
  ],
  conflict: 'reassign-latest',
  capacity: 50,
};
const { values: options } = parseArgs({
  options: {
    owners: { type: 'string', default: '5000' },
    aliases: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '7' },
  },
});
const OWNERS = Number(options.owners);
const ALIASES = Number(options.aliases);
const ROUNDS = Number(options.rounds);
const OPERATIONS = 200;
const BATCH = 100;
/** Milliseconds. Later than every prepared row. */
const NOW = 1_000_000_000;
/** A write with a long history may take this many times as long. */
const BOUND = 3;

/** A store with one customer, who has a cookie that `formerOwners` customers had before, and who has `aliases` aliases. */
class History {
  readonly #database: DatabaseSync = openDatabase(':memory:');
  readonly #writes: StoreWrites;
  readonly cookie: Identifier = { type: 'visitorId', value: 'shared' };
  readonly person: Identifier = { type: 'crmId', value: 'owner' };
  #fresh = 0;
  #clock = NOW;

  constructor(formerOwners: number, aliases: number) {
    migrate(this.#database);
    this.#writes = storeWrites(this.#database, RULES, () => this.#clock);
    const customer = this.#database.prepare(
      'insert into customer (id, root_id, created_at, first_seen_at, last_seen_at) values (?, ?, 1, 1, 1)',
    );
    const formerOwner = this.#database.prepare('insert into former_owner (id_key, until, customer_id) values (?, ?, ?)');
    const identifier = this.#database.prepare(`insert into identifier values (?, ?, ?, 'owner', 1, 1, 'bench')`);
    const interaction = this.#database.prepare(
      `insert into interaction (customer_id, occurred_at, id, type, properties, recorded_at) values (?, ?, ?, 'view', '{}', 1)`,
    );
    const add = (id: string, root: string) => {
      customer.run(id, root);
      interaction.run(id, 1, randomUUID());
    };
    this.#database.exec('begin');
    add('owner', 'owner');
    for (const { type, value } of [this.cookie, this.person]) identifier.run(`${type}:${value}`, type, value);
    for (let n = 0; n < formerOwners; n++) {
      add(`former-${n}`, `former-${n}`);
      formerOwner.run(identifierKey(this.cookie), 1_000 * (n + 1), `former-${n}`);
    }
    for (let n = 0; n < aliases; n++) add(`alias-${n}`, 'owner');
  }

  /** Saves `count` interactions in one call. @param at milliseconds. */
  save(count: number, at: number, ...identifiers: Identifier[]): void {
    const interactions = Array.from({ length: count }, (_, n) => ({
      ...{ id: randomUUID(), type: 'purchase', occurredAt: new Date(at + n), identifiers, source: 'bench', provenAt: null },
      ...{ touchpoint: 'web', pageUrl: null, properties: { total: 12.5 }, attributes: {} },
    }));
    this.#write(() => this.#writes.saveInteractions(interactions));
  }

  /** Records a new cookie with the person. */
  link(): void {
    this.#record(this.person, { type: 'visitorId', value: `new-${this.#fresh++}` });
  }

  /** Merges a visitor who has a journey with the person. */
  merge(): void {
    const visitor = { type: 'visitorId', value: `visitor-${this.#fresh++}` };
    this.save(1, this.#clock++, visitor);
    this.#record(this.person, visitor);
  }

  /** Moves the cookie to another person. */
  move(): void {
    this.#record({ type: 'crmId', value: `other-${this.#fresh++}` }, this.cookie);
  }

  close(): void {
    this.#database.close();
  }

  #record(...identifiers: Identifier[]): void {
    const occurredAt = new Date(this.#clock++);
    this.#write(() => this.#writes.commit({ identifiers, occurredAt, source: 'bench', eventId: null }));
  }

  #write(work: () => void): void {
    this.#database.exec('savepoint one_write');
    work();
    this.#database.exec('release one_write');
  }
}

interface Comparison {
  readonly what: string;
  readonly short: History;
  readonly long: History;
  readonly write: (history: History) => void;
}

const count = (number: number) => number.toLocaleString('en');
const few = new History(20, 10);
const manyOwners = new History(OWNERS, 10);
const manyAliases = new History(20, ALIASES);
const owners = { short: few, long: manyOwners };
const aliases = { short: few, long: manyAliases };
const comparisons: readonly Comparison[] = [
  { what: `a purchase by a cookie of 20 and of ${count(OWNERS)} former owners`, ...owners, write: (on) => on.save(1, NOW, on.cookie) },
  { what: 'a purchase that is received late', ...owners, write: (on) => on.save(1, 1_500, on.cookie) },
  { what: 'a purchase by the person with the cookie', ...owners, write: (on) => on.save(1, NOW, on.person, on.cookie) },
  { what: `${BATCH} purchases in one call`, ...owners, write: (on) => on.save(BATCH, NOW, on.cookie) },
  { what: `${BATCH} purchases that are received late`, ...owners, write: (on) => on.save(BATCH, 1_500, on.cookie) },
  { what: `a purchase of a customer of 10 and of ${count(ALIASES)} aliases`, ...aliases, write: (on) => on.save(1, NOW, on.cookie) },
  { what: `${BATCH} purchases in one call`, ...aliases, write: (on) => on.save(BATCH, NOW, on.cookie) },
  { what: 'a new cookie', ...aliases, write: (on) => on.link() },
  { what: 'an anonymous visitor who becomes the customer', ...aliases, write: (on) => on.merge() },
  { what: `a cookie of 20 and of ${count(OWNERS)} former owners that moves to another person`, ...owners, write: (on) => on.move() },
];

const lines: string[] = [];
for (const { what, short, long, write } of comparisons) {
  const round = (on: History) => () => timed(what.startsWith(String(BATCH)) ? OPERATIONS / 10 : OPERATIONS, () => write(on));
  const [brief, lengthy] = (await compare(
    [
      { name: 'short', round: round(short) },
      { name: 'long', round: round(long) },
    ],
    ROUNDS,
  )) as [number, number];
  const ratio = lengthy / brief;
  const microseconds = (milliseconds: number) => `${(milliseconds * 1_000).toFixed(1)} µs`;
  lines.push(`| ${[what, microseconds(brief), microseconds(lengthy), ratio.toFixed(2), ratio <= BOUND ? 'yes' : 'NO'].join(' | ')} |`);
}
for (const history of [few, manyOwners, manyAliases]) history.close();
process.stdout.write(
  [
    `Node ${process.version}, ${cpus()[0]?.model}, ${cpus().length} cores; medians of ${ROUNDS} interleaved rounds`,
    '',
    `| write, by the length of the history | short | long | ratio | at most ${BOUND} |`,
    '| --- | --- | --- | --- | --- |',
    ...lines,
    '',
  ].join('\n'),
);
