import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTransactions } from '../../examples/demo-back-ends/transactions.ts';
import { CLI, Command } from '../support/command.ts';
import { temporaryDirectory } from '../support/gateway.ts';

const run = (...args: string[]) => new Command(CLI, ['offers', 'simulate', ...args]).ended();
/** Half a year after the transactions: everybody who bought has lapsed. */
const LATER = '2011-06-01';
const DAY = 86_400_000;

/** The file of the demo's customers, made of its real transactions. */
async function demoCustomers(): Promise<string> {
  const file = join(temporaryDirectory(), 'customers.ndjson');
  const { code } = await new Command('examples/demo-back-ends/write-customers.ts', [file]).ended();
  expect(code).toBe(0);
  return file;
}

function written(lines: readonly (object | string)[]): string {
  const file = join(temporaryDirectory(), 'customers.ndjson');
  writeFileSync(file, lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''));
  return file;
}

/** The rows of the table with this title: name and numbers. */
function tableOf(stdout: string, title: string): Record<string, number[]> {
  const lines = stdout.split('\n');
  const from = lines.findIndex((line) => line.startsWith(`${title} `));
  expect(from, `a table ${title} in ${stdout}`).toBeGreaterThan(-1);
  const rows = lines.slice(from + 1);
  const end = rows.findIndex((line) => !line.startsWith('  '));
  return Object.fromEntries(
    rows.slice(0, end).map((line) => {
      const [, name = '', numbers = ''] = /^ {2}(.*?) {2,}([\d ]+)$/.exec(line) ?? [];
      return [name, numbers.trim().split(/ +/).map(Number)];
    }),
  );
}

/**
 * What customers of the transactions should get at `home-hero`, decided by hand from the lines of their invoices, without anything of
 * the gateway: the demo's offers in words.
 */
function byHand(at: string): {
  first: Record<string, number>;
  any: Record<string, number>;
  fallback: number;
  loyal: number;
  lapsed: number;
} {
  const result = { first: {} as Record<string, number>, any: {} as Record<string, number>, fallback: 0, loyal: 0, lapsed: 0 };
  const add = (counts: Record<string, number>, name: string) => {
    counts[name] = (counts[name] ?? 0) + 1;
  };
  const customers = Map.groupBy(
    readTransactions().filter(({ customerId }) => customerId !== ''),
    ({ customerId }) => customerId,
  );
  for (const lines of customers.values()) {
    const points = Math.max(0, Math.floor(Math.round(lines.reduce((sum, line) => sum + line.quantity * line.unitPrice, 0) * 100) / 100));
    const bought = lines.filter(({ invoiceNo }) => !invoiceNo.startsWith('C')).map(({ date }) => Date.parse(at) - Date.parse(date));
    const within = (days: number) => bought.some((age) => age >= 0 && age <= days * DAY);
    const isGold = points >= 1_000;
    const isSilver = points >= 300 && !isGold;
    const isLapsed = within(365) && !within(90);
    const isLoyal = points > 1_000;
    if (isLoyal) result.loyal++;
    if (isLapsed) result.lapsed++;
    // By falling value; of equal values by name.
    const eligible = [
      isGold && !within(30) ? ['free-delivery'] : [],
      isSilver && points >= 600 ? ['nearly-gold'] : [],
      isLapsed && !isLoyal ? ['win-back'] : [],
      // Not beside nearly-gold, which is worth more.
      !isGold && !(isSilver && points >= 600) ? ['double-points'] : [],
      lines.at(-1)?.country !== 'United Kingdom' ? ['delivery-abroad'] : [],
    ].flat();
    const chosen = eligible.slice(0, 2);
    if (chosen[0] === undefined) result.fallback++;
    else add(result.first, chosen[0]);
    for (const name of chosen) add(result.any, name);
  }
  return result;
}

describe('offers simulate', () => {
  it.each(['2010-12-06', '2011-01-15', LATER])('counts who of the real customers would get what at %s', async (at) => {
    const { code, stdout, stderr } = await run(await demoCustomers(), '--at', at);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`323 customers, at ${at}T00:00:00.000Z\n`);
    const expected = byHand(at);
    const rows = tableOf(stdout, 'home-hero');
    for (const [name, [first, any]] of Object.entries(rows)) {
      if (name === 'nothing') expect([name, first]).toEqual([name, 0]);
      else if (name.startsWith('fallback')) expect([name, first]).toEqual(['fallback: welcome', expected.fallback]);
      else expect([name, first, any]).toEqual([name, expected.first[name] ?? 0, expected.any[name] ?? 0]);
    }
    expect(Object.keys(rows)).toEqual(expect.arrayContaining(Object.keys(expected.any)));
    expect(tableOf(stdout, 'audience')).toEqual({ loyal: [expected.loyal], lapsed: [expected.lapsed] });
  });

  it('gives the same result whatever the order of the file', async () => {
    const file = await demoCustomers();
    const turned = written(readFileSync(file, 'utf8').trim().split('\n').reverse());
    const [one, other] = await Promise.all([run(file, '--at', LATER), run(turned, '--at', LATER)]);
    expect(other.stdout).toBe(one.stdout);
  });

  it('says what another folder of offers changes: how many get and lose which offer, and lines as examples', async () => {
    const folder = join(temporaryDirectory(), 'next');
    cpSync('offers', folder, { recursive: true });
    const file = await demoCustomers();
    const same = await run(file, '--at', LATER, '--against', folder);
    expect(same).toMatchObject({ code: 0, stderr: '' });
    expect(same.stdout).toContain(`home-hero, with ${folder}: nothing changes`);

    rmSync(join(folder, 'win-back.ts'));
    const { code, stdout } = await run(file, '--at', LATER, '--against', folder, '--placement', 'home-hero');
    expect(code).toBe(0);
    expect(stdout).not.toContain('agent');
    const hadIt = byHand(LATER).any['win-back'] as number;
    expect(hadIt).toBeGreaterThan(10);
    expect(stdout).toContain(`home-hero, with ${folder}: ${hadIt} get something else\n`);
    expect(stdout).toMatch(new RegExp(`^  win-back +0 +${hadIt}$`, 'm'));
    expect(stdout.match(/^ {2}line \d+: .*win-back.* → /gm)).toHaveLength(10);
  });

  it('gives customers who are not proven the offers whose rules read nothing of them', async () => {
    const gold = { customer: { loyalty: { tier: 'GOLD', points: 2_000 }, country: 'France' } };
    const lines = [gold, { ...gold, assurance: 'CLAIMED' }, { ...gold, consent: { personalisation: false } }];
    const { stdout } = await run(written(lines), '--placement', 'home-hero');
    expect(tableOf(stdout, 'home-hero')).toMatchObject({ 'free-delivery': [1, 1], 'delivery-abroad': [0, 1], 'fallback: welcome': [2] });
  });

  it('takes each purpose as agreed to that the file does not name', async () => {
    const folder = join(temporaryDirectory(), 'offers');
    cpSync('offers', folder, { recursive: true });
    const offer = { placements: ['home-hero'], priority: 1_000, when: 'consent.tracking && consent.sharing', content: { en: {} } };
    writeFileSync(join(folder, 'agreed.ts'), `export default ${JSON.stringify(offer)};\n`);
    const lines = [{}, { consent: { sharing: true } }, { consent: { sharing: false } }];
    const { stdout } = await run(written(lines), '--placement', 'home-hero', '--against', folder);
    expect(stdout).toMatch(/^ {2}agreed +2 +0$/m);
    expect(stdout).toContain('line 2: fallback welcome → agreed\n');
  });

  it('reads fields that attributes and interactions answer, lists of connections, the touchpoint, and nothing that is later', async () => {
    const basket = (occurredAt: string) => ({ type: 'add_to_cart', occurredAt, properties: { sku: '1' } });
    const lines = [
      { touchpoint: 'web', interactions: [basket('2026-01-01T10:00:00Z')], customer: { orders: [{ invoiceNo: '1', total: 3 }] } },
      { touchpoint: 'store', interactions: [basket('2026-01-01T10:00:00Z')] },
      { touchpoint: 'web', interactions: [basket('2026-01-01T13:00:00Z')], attributes: { favouriteStore: 'York' } },
    ];
    const { code, stdout } = await run(written(lines), '--placement', 'home-hero', '--at', '2026-01-01T12:00:00Z');
    expect(code).toBe(0);
    expect(tableOf(stdout, 'home-hero')).toMatchObject({ 'in-your-basket': [1, 1], 'fallback: welcome': [2] });
  });

  it('reports lines that it cannot read with number and reason, and counts the others', async () => {
    const lines = [
      { customer: { country: 'France' } },
      'no JSON',
      { customer: { colour: 'red' } },
      { touchpoint: 'moon' },
      { interactions: [{ type: 'purchase', occurredAt: 'soon' }] },
      { colour: 'red' },
      { identifiers: 17_850 },
      '',
      { assurance: 'SURE' },
    ];
    const { code, stdout, stderr } = await run(written(lines));
    expect(code).toBe(1);
    expect(stdout).toContain('1 customer, at ');
    expect(stderr).toContain('lines that could not be read: 7\n');
    expect(stderr).toContain('line 2: expected a JSON object, received something that is no JSON');
    expect(stderr).toMatch(/line 3: customer: expected only a field that the project has \(name, .*\), received 1 other\n/);
    expect(stderr).toMatch(/line 4: touchpoint: expected only a touchpoint that the project has \(web, /);
    expect(stderr).toContain('line 5: interactions.0.occurredAt: expected a date or time such as 2026-01-31T12:00:00Z');
    expect(stderr).toContain('line 6: colour: expected no such field; there are identifiers, customer, attributes');
    expect(stderr).toContain('line 7: identifiers: expected a list of {"type", "value"}, or values by type');
    expect(stderr).toContain('line 9: assurance: ');
    // No value of a line is printed: it may be personal data.
    expect(stderr).not.toMatch(/moon|red\b|17850|SURE|soon/);
  });

  it('says what was expected of its options', async () => {
    const file = written([{}]);
    const stderrOf = async (...args: string[]) => {
      const { code, stderr } = await run(...args);
      expect(code).toBe(1);
      return stderr;
    };
    expect(await stderrOf(file, '--placement', 'nowhere')).toBe('--placement: expected one of home-hero, agent; received "nowhere"\n');
    expect(await stderrOf(file, '--at', 'soon')).toBe('--at: expected a date or time such as 2026-01-31T12:00:00Z, received "soon"\n');
    expect(await stderrOf(file, '--against', file)).toBe(`--against: expected a folder of offers, received ${file}, which is a file\n`);
    expect(await stderrOf(file, '--against', 'no-folder')).toContain('received no-folder, which does not exist');
    expect(await stderrOf('no-file')).toBe('offers simulate: expected a file, NDJSON or CSV; there is none at no-file\n');
  });

  it('shows what is wrong with the other folder of offers', async () => {
    const folder = join(temporaryDirectory(), 'next');
    mkdirSync(folder);
    cpSync('offers/welcome.ts', join(folder, 'welcome.ts'));
    writeFileSync(
      join(folder, 'mine.ts'),
      `export default { placements: ['home-hero'], when: 'customer.countri == "France"', content: { en: {} } };\n`,
    );
    const { code, stderr } = await run(written([{}]), '--against', folder);
    expect(code).toBe(1);
    expect(stderr).toMatch(/mine\.ts:1.*country/);
  });
});
