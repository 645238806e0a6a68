import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { CHROMIUM } from '../../scripts/chromium.ts';
import { PATIENTLY } from './waiting.ts';

/** True when tests in a browser are skipped: when there is no browser, and never in CI. */
export const isBrowserMissing = !existsSync(CHROMIUM.executablePath) && process.env.CI === undefined;

/** A test's name, with the reason when it is skipped. */
export const naming = (what: string): string => (isBrowserMissing ? `${what} (skipped: there is no ${CHROMIUM.executablePath})` : what);

/**
 * Starts one browser for the tests of a file. @returns a function that opens a new profile, with its own cookies and storage, which is
 * closed when the test is over. The clock of its pages is stopped unless the test says otherwise: on a busy machine any time may pass
 * between two steps of a test, and the tag's timers would run or not by chance.
 */
export function useBrowser({ frozen = true }: { readonly frozen?: boolean } = {}): () => Promise<BrowserContext> {
  let browser: Browser;
  beforeAll(async () => {
    if (isBrowserMissing) return;
    browser = await chromium.launch(CHROMIUM);
  });
  afterAll(() => browser?.close());
  return async () => {
    const context = await browser.newContext();
    context.setDefaultTimeout(PATIENTLY.timeout);
    if (process.env.SLOW_PAGES !== undefined) await slowDown(context);
    if (frozen) await freeze(context);
    onTestFinished(() => context.close());
    return context;
  };
}

/** Milliseconds, at most, that each script and each request of a page waits where SLOW_PAGES is set. */
const LATE_BY = 400;
/** How much slower the processor is for a page then. */
const SLOWER = 4;

/**
 * What a very busy machine does to a page, for `SLOW_PAGES=1 npx vitest run`: its scripts run late and slowly, and answers come in
 * another order. A test that fails then acts before the page can, or relies on an order that nobody promised.
 */
async function slowDown(context: BrowserContext): Promise<void> {
  const late = new Set(['script', 'fetch', 'xhr']);
  await context.route('**/*', async (route) => {
    if (late.has(route.request().resourceType())) await setTimeout(Math.random() * LATE_BY);
    // The page may be gone meanwhile.
    await route.fallback().catch(() => undefined);
  });
  context.on('page', (page) => {
    context
      .newCDPSession(page)
      .then((session) => session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER }))
      .catch(() => undefined);
  });
}

/** Stops the clock of the profile's pages. Time passes only by `page.clock`. */
async function freeze(context: BrowserContext): Promise<void> {
  const now = Date.now();
  await context.clock.install({ time: now });
  await context.clock.pauseAt(now + 1_000);
}

/** Lets a stopped clock go on, as time does between two pages: the tag sorts records by their time, and two pages have no common order within a millisecond. */
export const nextMillisecond = (page: Page): Promise<void> => page.clock.runFor(1);
