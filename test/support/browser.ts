import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { CHROMIUM } from '../../scripts/chromium.ts';
import { PATIENTLY } from './waiting.ts';

/** Whether tests in a browser are left out: only where there is none, and never in CI. */
export const isBrowserMissing = !existsSync(CHROMIUM.executablePath) && process.env.CI === undefined;

/** For a test's name: says why it was skipped. */
export const naming = (what: string): string => (isBrowserMissing ? `${what} (skipped: there is no ${CHROMIUM.executablePath})` : what);

/** One browser for the tests of a file. @returns a new profile in it: own cookies, own storage, closed when the test is over. */
export function useBrowser(): () => Promise<BrowserContext> {
  let browser: Browser;
  beforeAll(async () => {
    if (isBrowserMissing) return;
    browser = await chromium.launch(CHROMIUM);
  });
  afterAll(() => browser?.close());
  return async () => {
    const context = await browser.newContext();
    context.setDefaultTimeout(PATIENTLY.timeout);
    onTestFinished(() => context.close());
    return context;
  };
}

/** For pages of this profile, time passes only when the test says so. */
export async function freeze(context: BrowserContext): Promise<void> {
  const now = Date.now();
  await context.clock.install({ time: now });
  await context.clock.pauseAt(now + 1_000);
}
