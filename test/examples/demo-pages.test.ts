import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { findAxeViolations } from '../support/axe.ts';
import { isBrowserMissing, naming, useBrowser } from '../support/browser.ts';
import { demoOfFile, problemsOf } from '../support/demo.ts';

const WIDTHS = [1280, 380];

/** What axe finds, and what is wider than the window. */
async function faultsOf(page: Page): Promise<string[]> {
  const faults: string[] = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 720 });
    const found = await findAxeViolations(page);
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    faults.push(...found.map((each) => `${page.url()} at ${width}: ${each}`));
    if (beyond > 0) faults.push(`${page.url()} at ${width}: ${beyond} px wider than the window`);
  }
  return faults;
}

describe.skipIf(isBrowserMissing)(naming("the demo's pages"), () => {
  const openProfile = useBrowser({ frozen: false });
  const demo = demoOfFile({ isNeeded: !isBrowserMissing });

  it('have nothing that axe finds, wide and at 380 px, in light and dark', async () => {
    const { firstPage, shop, club } = demo();
    const context = await openProfile();
    const page = await context.newPage();
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const faults: string[] = [];
    const visit = async (url: string, ready: string) => {
      await page.goto(url);
      await page.getByText(ready).first().waitFor();
      faults.push(...(await faultsOf(page)));
    };
    // With the question whether this visit may be remembered.
    await visit(shop, 'May we remember what you look at?');
    await page.getByRole('button', { name: 'No, thank you' }).click();
    await visit(`${shop}/cake-stand`, 'Goes nicely with it');
    await page.getByRole('button', { name: 'Add to basket', exact: true }).click();
    await visit(`${shop}/basket`, 'Buy, as a demo');
    await visit(`${shop}/search?q=lantern`, 'White metal lantern');
    await visit(`${shop}/search?q=teapott`, 'We found no “teapott”');
    await visit(`${shop}/nowhere`, 'There is no such page');
    await visit(`${shop}/remembered`, 'What we would remember');
    await visit(club, 'Be one of these');
    await page.getByLabel('Your customer number').fill('71850');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    faults.push(...(await faultsOf(page)));
    await page.getByRole('button', { name: 'Maya, gold' }).click();
    await page.getByRole('heading', { name: 'Hello, Maya.' }).waitFor();
    await page.getByText('Live: new things appear by themselves').waitFor();
    faults.push(...(await faultsOf(page)));
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await visit(firstPage, 'All five answer.');
    }
    expect(faults).toEqual([]);
  });

  it('can be used by keyboard alone, from the shop to the member’s page', async () => {
    const { shop, club } = demo();
    const page = await (await openProfile()).newPage();
    /** Presses Tab until the element has the focus; a page where it never gets it fails. */
    const tabTo = async (name: string) => {
      for (let presses = 0; presses < 100; presses++) {
        await page.keyboard.press('Tab');
        const focused = await page.evaluate(
          () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '',
        );
        if (focused.trim() === name) return;
      }
      throw new Error(`expected ${JSON.stringify(name)} to be reached with Tab on ${page.url()}`);
    };
    await page.goto(shop);
    await tabTo('To the content');
    await page.keyboard.press('Enter');
    await tabTo('Add to basket: White hanging heart T-light holder');
    await page.keyboard.press('Enter');
    await page.locator('#count').getByText('1').waitFor();
    await tabTo('Yes, remember');
    await page.keyboard.press('Enter');
    await page.reload();
    await tabTo('Customer club');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${club}/**`);
    await tabTo('Maya, gold 17850');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Hello, Maya.' }).waitFor();
    // The focus is where the new page begins, not lost with the button.
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Hello, Maya.');
  });

  it('work without the gateway: the shop says so and goes on, the club says what to do', async () => {
    const { shop, club, gateway } = demo();
    const context = await openProfile();
    const { port } = new URL(gateway);
    await context.route(`http://*:${port}/**`, (route) => route.abort());
    const page = await context.newPage();
    const errors = problemsOf(page);
    await page.goto(`${shop}/lantern`);
    await page.getByText('The gateway does not answer: nothing is remembered just now.').waitFor();
    await page.getByRole('button', { name: 'Add to basket', exact: true }).click();
    await page.goto(`${shop}/basket`);
    await page.getByRole('button', { name: 'Buy, as a demo' }).click();
    await page.getByRole('heading', { name: 'Thank you.' }).waitFor();
    await page.goto(club);
    await page.getByRole('button', { name: 'Log in', exact: true }).click();
    await page.getByRole('alert').getByText('The club can’t reach the gateway just now.').waitFor();
    // The browser itself writes of every request that fails.
    expect(errors.filter((each) => !each.includes('net::ERR_FAILED'))).toEqual([]);
  });
});
