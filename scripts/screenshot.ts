import { writeFileSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { CHROMIUM } from './chromium.ts';
import { asWebp, desktopPictures } from './desktop-pictures.ts';

/**
 * Makes the pictures of the README in a real browser: the first page of the demo, its shop and its club, GraphiQL, and the agent
 * desktop. It plays the demo's story for them, so begin with a store of its own. Usage, while the demo runs:
 *
 *     DATABASE_URL=sqlite:/tmp/pictures/gateway.db npm start
 *     node scripts/screenshot.ts http://localhost:4000
 */
const QUERY = `{
  customer {
    id
    name
    country
    loyalty { points tier }
    orders(first: 2) {
      edges { node { invoiceNo total lines { quantity product { name } } } }
    }
    tickets { subject status }
    sources { name status }
  }
}`;

const [gateway = 'http://localhost:4000'] = process.argv.slice(2);
const SIZE = { width: 1280, height: 800 };

const open = async (browser: Browser): Promise<Page> => (await browser.newContext({ viewport: SIZE, reducedMotion: 'reduce' })).newPage();
const picture = (page: Page, name: string) => page.screenshot({ path: `docs/images/${name}.png` });

async function graphiql(page: Page): Promise<void> {
  await page.goto(`${gateway}/graphiql?cid=17850&query=${encodeURIComponent(QUERY)}`);
  await page.locator('button.graphiql-execute-button').click();
  await page.locator('.graphiql-response, .result-window').filter({ hasText: 'Kingdom' }).first().waitFor();
  await picture(page, 'graphiql');
}

/** A visitor who looks around, puts something into the basket, follows the link to the club and logs in; the first page beside it. */
async function story(page: Page): Promise<void> {
  const first = await page.context().newPage();
  await first.goto(gateway);
  const shop = (await first.getByRole('link', { name: 'Open the shop' }).getAttribute('href')) as string;
  await page.goto(shop);
  await page.getByRole('button', { name: 'Yes, remember' }).click();
  for (const path of ['lantern', 'cake-stand', 'alarm-clock']) {
    await page.goto(`${shop}/${path}`);
    await page.getByText('page_view').last().waitFor();
  }
  await page.getByRole('button', { name: 'Add to basket', exact: true }).click();
  const link = page.locator('#club');
  await link.hover();
  await page.waitForFunction(() => document.querySelector('#club')?.getAttribute('href')?.includes('ct='));
  await link.click();
  await page.getByRole('heading', { name: 'What came with you from the shop' }).waitFor();
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await page.locator('.thread').getByText('Here you said who you are').waitFor();
  await page.getByText('Live: new things').waitFor();
  await page.mouse.move(0, 0);
  await picture(page, 'journey');
  await first.bringToFront();
  await first.getByText('Logged in: visitor became').waitFor();
  await first.getByRole('button', { name: 'Run it' }).click();
  await first.mouse.move(0, 0);
  // A whole page is large for a PNG.
  const encoder = await page.context().newPage();
  writeFileSync('docs/images/first-page.webp', await asWebp(encoder, await first.screenshot({ fullPage: true })));
}

/** Customer 17850 is a gold member. */
async function shop(page: Page): Promise<void> {
  await page.goto(gateway);
  const address = (await page.getByRole('link', { name: 'Open the shop' }).getAttribute('href')) as string;
  await page.goto(`${address}/?cid=17850`);
  await page.getByRole('button', { name: 'Yes, remember' }).click();
  await page.getByRole('heading', { name: 'Free delivery' }).waitFor();
  await picture(page, 'shop');
}

const browser = await chromium.launch(CHROMIUM);
try {
  await desktopPictures(browser, gateway);
  await shop(await open(browser));
  await story(await open(browser));
  await graphiql(await open(browser));
} finally {
  await browser.close();
}
