import { chromium, type Page } from 'playwright-core';
import { CHROMIUM } from './chromium.ts';

/**
 * Makes pictures of the README in a real browser: GraphiQL with its first query run, and the demo shop with the offers for a customer.
 * Usage, while `npm start` runs: node scripts/screenshot.ts http://localhost:4000 http://localhost:4201
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

const [gateway = 'http://localhost:4000', shop = 'http://localhost:4201'] = process.argv.slice(2);

async function graphiql(page: Page): Promise<void> {
  await page.goto(`${gateway}/graphiql?cid=17850&query=${encodeURIComponent(QUERY)}`);
  await page.locator('button.graphiql-execute-button').click();
  await page.locator('.graphiql-response, .result-window').filter({ hasText: 'Kingdom' }).first().waitFor();
  await page.screenshot({ path: 'docs/images/graphiql.png' });
}

/** Customer 12583 lives in France and is nearly a gold member. */
async function offers(page: Page): Promise<void> {
  await page.goto(`${shop}/?cid=12583`);
  await page.locator('[data-placement] a').nth(1).waitFor();
  await page.screenshot({ path: 'docs/images/offers.png' });
}

const browser = await chromium.launch(CHROMIUM);
try {
  await graphiql(await browser.newPage({ viewport: { width: 1280, height: 800 } }));
  await offers(await browser.newPage({ viewport: { width: 720, height: 440 } }));
} finally {
  await browser.close();
}
