import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { readTransactions } from '../examples/demo-back-ends/transactions.ts';
import { CHROMIUM } from '../scripts/chromium.ts';

/**
 * Screen pops in a real browser at the demo with its five back ends: the time from the call until everything of the profile, and the
 * first page of the journey, is on the screen. Once in a desk that is open, as an agent has it all day, and once in a new tab that
 * loads the whole desktop, with the browser's cache and without. Each pop is another customer, whom no back end was asked for before.
 *
 *     npm run build:agent-desktop && node bench/agent-desktop-pop.ts --pops 20
 */
const { values } = parseArgs({ options: { pops: { type: 'string', default: '20' } } });
const POPS = Number(values.pops);
/** Places where pops are measured; before the second, one more pop fills the browser's cache. */
const PLACES = 3;
/** Each pop is another customer's: nothing of them is in any cache of the gateway. */
const CUSTOMERS = customersOf(POPS * PLACES + 1);
const callers = CUSTOMERS.values();

const folder = mkdtempSync(join(tmpdir(), 'pops-'));
const demo = spawn(process.execPath, ['examples/demo/run.ts', 'start', '--port', '0'], {
  env: { ...process.env, DATABASE_URL: `sqlite:${join(folder, 'gateway.db')}`, DEMO_FOLDER: join(folder, 'demo') },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const browser = await chromium.launch(CHROMIUM);
try {
  const url = await gatewayUrl();
  const token = await signIn(url);
  await capture(url);
  process.stdout.write(`load of the machine ${loadavg()[0]?.toFixed(1)}\n`);
  const desk = await newProfile(token);
  const page = await desk.newPage();
  await page.goto(`${url}/agent`);
  await page.getByRole('combobox').waitFor();
  report('in an open desk', await measured((customer) => popInto(page, customer)));
  await desk.close();
  const warm = await newProfile(token);
  await popNew(await warm.newPage(), url, nextCaller());
  report('in a new tab, cached', await measured((customer) => inNewTab(warm, url, customer)));
  await warm.close();
  report(
    'in a new browser, nothing cached',
    await measured(async (customer) => {
      const cold = await newProfile(token);
      const took = await inNewTab(cold, url, customer);
      await cold.close();
      return took;
    }),
  );
} finally {
  await browser.close();
  demo.kill('SIGTERM');
  await new Promise((resolve) => demo.once('exit', resolve));
  rmSync(folder, { recursive: true, force: true });
}

function nextCaller(): string {
  const { value } = callers.next();
  if (value === undefined) throw new Error('expected a customer for each pop, there is none left');
  return value;
}

/** The first customer numbers of the demo's data. */
function customersOf(count: number): readonly string[] {
  const numbers = new Set(readTransactions().flatMap(({ customerId }) => (customerId === '' ? [] : [customerId])));
  if (numbers.size < count) throw new Error(`--pops: expected at most ${Math.floor((numbers.size - 1) / PLACES)}, received ${POPS}`);
  return [...numbers].slice(0, count);
}

async function gatewayUrl(): Promise<string> {
  for await (const line of createInterface({ input: demo.stdout })) {
    const found = /(http:\/\/localhost:\d+)\/graphql/.exec(line);
    if (found !== null) {
      demo.stdout.resume();
      return found[1] as string;
    }
  }
  throw new Error('examples/demo/run.ts: expected the URL of the gateway, it ended without');
}

async function signIn(url: string): Promise<string> {
  const response = await fetch(`${url}/agent/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ agent: 'tom-hale' }),
  });
  return JSON.stringify(await response.json());
}

/** Some journey for everybody. */
async function capture(url: string): Promise<void> {
  for (const customer of CUSTOMERS) {
    const interactions = Array.from({ length: 60 }, (_, n) => ({
      id: `i${n}`,
      type: n % 5 === 0 ? 'add_to_cart' : 'page_view',
      occurredAt: new Date(Date.now() - n * 20 * 60_000).toISOString(),
      pageUrl: `https://shop.example/product-${n % 7}`,
    }));
    const response = await fetch(`${url}/interactions?cid=${customer}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-touchpoint': 'web' },
      body: JSON.stringify(interactions),
    });
    if (!response.ok) throw new Error(`/interactions: expected 200, received ${response.status}`);
  }
}

async function newProfile(token: string): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  await context.addInitScript((kept) => sessionStorage.setItem('agent-desktop.token', kept), token);
  return context;
}

async function measured(pop: (customer: string) => Promise<number>): Promise<readonly number[]> {
  const times: number[] = [];
  for (let n = 0; n < POPS; n++) times.push(await pop(nextCaller()));
  return times.toSorted((a, b) => a - b);
}

async function popInto(page: Page, customer: string): Promise<number> {
  // Customers who are open are closed first, so that each is read anew.
  while ((await page.locator('.app-tab').count()) > 0) await page.locator('.app-tab-close').first().click();
  await page.locator('.app-home').waitFor();
  return page.evaluate((value) => {
    const began = performance.now();
    location.hash = `identifier=crmId:${value}`;
    return new Promise<number>((resolve) => {
      const look = () => (isComplete() ? resolve(performance.now() - began) : requestAnimationFrame(look));
      const isComplete = () =>
        document.querySelectorAll('.profile-facts li').length > 2 && document.querySelector('.journey-event') !== null;
      requestAnimationFrame(look);
    });
  }, customer);
}

async function inNewTab(context: BrowserContext, url: string, customer: string): Promise<number> {
  const page = await context.newPage();
  const took = await popNew(page, url, customer);
  await page.close();
  return took;
}

/** @returns milliseconds since the browser began to load the page. */
async function popNew(page: Page, url: string, customer: string): Promise<number> {
  await page.goto(`${url}/agent#identifier=crmId:${customer}`, { waitUntil: 'commit' });
  const complete = await page.waitForFunction(() => {
    const isComplete = document.querySelectorAll('.profile-facts li').length > 2 && document.querySelector('.journey-event') !== null;
    return isComplete ? performance.now() : null;
  });
  return Number(await complete.jsonValue());
}

function report(where: string, times: readonly number[]): void {
  const at = (share: number) => Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0);
  process.stdout.write(`screen pop to complete profile, ${where}: ${at(0.5)} ms in the middle, ${at(0.95)} ms at 95 %\n`);
}
