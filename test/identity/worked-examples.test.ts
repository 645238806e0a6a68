import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadProject } from '../../src/config/load-project.ts';
import type { GatewayConfigInput } from '../../src/index.ts';
import type { CustomerId } from '../../src/model/customer.ts';
import type { Identifier } from '../../src/model/identifier.ts';
import type { Store } from '../../src/model/ports.ts';
import { type TestGateway, temporaryDirectory, testGateway } from '../support/gateway.ts';
import { newest } from '../support/journey.ts';
import { openTestStore } from '../support/open-store.ts';

const DOCUMENT = readFileSync('docs/identity.md', 'utf8');
const CONFIG = /```ts\n([\s\S]*?)```/.exec(DOCUMENT)?.[1] as string;
const EXAMPLES = [...DOCUMENT.matchAll(/^### (.+)\n(?:(?!^### )[\s\S])*?```identity\n([\s\S]*?)```/gm)].map(([, name, text]) => ({
  name: name as string,
  lines: (text as string).trim().split('\n'),
}));

/** As the document writes them. Once the project is loaded, its file finds this package by name. */
async function identifiersIn(file: string): Promise<GatewayConfigInput['identifiers']> {
  const module = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as { default: GatewayConfigInput };
  return module.default.identifiers;
}

describe('docs/identity.md', () => {
  it('has more than a dozen examples', () => {
    expect(EXAMPLES.length).toBeGreaterThanOrEqual(12);
    expect(EXAMPLES.length).toBe([...DOCUMENT.matchAll(/```identity/g)].length);
  });

  it.each(EXAMPLES)('$name', async ({ lines }) => {
    const example = await Example.begin(
      lines[0]?.startsWith('conflict') ? (lines[0].split(' ')[1] as GatewayConfigInput['conflict']) : undefined,
    );
    const customers = lines.filter((line) => line.startsWith('= '));
    for (const line of lines.filter((each) => !each.startsWith('conflict') && !each.startsWith('= '))) await example.follow(line);
    expect(await example.customers(customers.map(parseCustomer))).toEqual(customers.map(parseCustomer));
  });
});

const SEE = `mutation ($input: IdentifyInput!) { identify(input: $input) { outcome rejected { type value reason } } }`;
const BY = 'query ($i: IdentifierInput!) { customerByIdentifier(identifier: $i) { id identifiers { type value } } }';
const UNLINK = 'mutation ($input: UnlinkIdentifierInput!) { unlinkIdentifier(input: $input) { customer { id } } }';
const SPLIT = 'mutation ($input: SplitCustomerInput!) { splitCustomer(input: $input) { splitOff { id } } }';
const ERASE = 'mutation ($input: EraseCustomerInput!) { eraseCustomer(input: $input) { complete } }';
const MERGE = 'mutation ($input: MergeCustomersInput!) { mergeCustomers(input: $input) { customer { id } } }';

interface ExpectedCustomer {
  readonly identifiers: readonly string[];
  readonly interactions: readonly string[];
}

/** One example on a gateway of its own, whose clock stands at the latest time in the text so far. */
class Example {
  #clock = new Date(0);
  readonly #ask: TestGateway['ask'];
  readonly #store: Store;

  private constructor(ask: TestGateway['ask'], store: Store, setClock: (clock: () => Date) => void) {
    this.#ask = ask;
    this.#store = store;
    setClock(() => this.#clock);
  }

  static async begin(conflict: GatewayConfigInput['conflict']): Promise<Example> {
    const directory = temporaryDirectory();
    const file = join(directory, 'gateway.config.ts');
    writeFileSync(file, CONFIG);
    const { config } = await loadProject(file);
    if (config === null) throw new Error('expected the configuration in docs/identity.md to be right');
    let now = () => new Date();
    const { ask, gateway } = await testGateway({
      directory,
      config: { identifiers: await identifiersIn(file), ...(conflict && { conflict }) },
      schema: 'type Customer { favouriteStore: String @from(source: "captured") }',
      dataSources: {},
      now: () => now(),
    });
    // Interactions have no door of their own yet: they come in through the store's port, on the same file.
    const store = await openTestStore({ directory, name: 'gateway', rules: gateway.project.config.identity });
    return new Example(ask, store, (clock) => {
      now = clock;
    });
  }

  async follow(line: string): Promise<void> {
    if (line.startsWith('nobody has ')) {
      expect(await this.#by(parseIdentifiers(line.slice('nobody has '.length))[0] as Identifier)).toBeNull();
      return;
    }
    const [, hour, verb, rest, expected] = /^(\d\d:\d\d) {2}(\w+) +(.+?)(?: +→ (.+))?$/.exec(line) ?? [];
    if (rest === undefined) throw new Error(`expected "10:00  see  crmId tom  → CREATED" or the like, received ${JSON.stringify(line)}`);
    const occurredAt = new Date(`2026-01-05T${hour}:00Z`);
    if (occurredAt > this.#clock) this.#clock = occurredAt;
    if (verb === 'see') expect(await this.#see(parseIdentifiers(rest), occurredAt)).toBe(expected);
    else if (verb === 'interact') await this.#interact(rest, occurredAt);
    else await this.#correct(verb as string, rest);
  }

  /** Those that there are, in the order of the expected ones. */
  async customers(expected: readonly ExpectedCustomer[]): Promise<ExpectedCustomer[]> {
    return Promise.all(
      expected.map(async ({ identifiers: [first = ''] }) => {
        const customer = await this.#by(parseIdentifiers(first)[0] as Identifier);
        const interactions = await this.#store.findInteractions(customer?.id as CustomerId, newest(100));
        return {
          identifiers: (customer?.identifiers ?? []).map(({ type, value }) => `${type} ${value}`).sort(),
          interactions: interactions.map(({ type }) => type).reverse(),
        };
      }),
    );
  }

  async #see(identifiers: readonly Identifier[], occurredAt: Date): Promise<string> {
    const { data } = await this.#ask(SEE, { variables: { input: { identifiers, occurredAt } }, role: 'SERVICE' });
    const rejected = data.identify.rejected.map((each: Identifier & { reason: string }) => `${each.type} ${each.value} ${each.reason}`);
    return [data.identify.outcome, ...rejected].join(', ');
  }

  async #interact(text: string, occurredAt: Date): Promise<void> {
    const [what = '', who = ''] = text.split(': ');
    const rest = { touchpoint: null, pageUrl: null, properties: {}, source: 'example', attributes: {}, provenAt: null };
    await this.#store.saveInteractions([{ id: what, type: what, occurredAt, identifiers: parseIdentifiers(who), ...rest }]);
  }

  async #correct(verb: string, text: string): Promise<void> {
    const named = parseIdentifiers(text.replace(' + ', ', '));
    const ids = await Promise.all(named.map(async (identifier) => (await this.#by(identifier))?.id));
    const [query, input] = {
      unlink: [UNLINK, { identifier: named[0] }],
      split: [SPLIT, { customerId: ids[0], identifiers: named }],
      merge: [MERGE, { customerIds: ids }],
      erase: [ERASE, { customerId: ids[0] }],
    }[verb] as [string, object];
    expect((await this.#ask(query, { variables: { input }, role: verb === 'erase' ? 'ADMIN' : 'AGENT' })).errors).toEqual([]);
  }

  async #by(identifier: Identifier): Promise<{ id: string; identifiers: Identifier[] } | null> {
    return (await this.#ask(BY, { variables: { i: identifier }, role: 'AGENT' })).data.customerByIdentifier;
  }
}

function parseIdentifiers(text: string): Identifier[] {
  return text.split(', ').map((each) => {
    const [type = '', value = ''] = each.split(' ');
    return { type, value };
  });
}

function parseCustomer(line: string): ExpectedCustomer {
  const [identifiers = '', interactions] = line.slice('= '.length).split(': ');
  return { identifiers: identifiers.split(', ').sort(), interactions: interactions?.split(', ') ?? [] };
}
