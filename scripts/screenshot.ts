import { chromium } from 'playwright-core';
import { CHROMIUM } from './chromium.ts';

/**
 * Makes the README's picture: GraphiQL in a real browser, with its first query run.
 * Usage, while `npm start` runs: node scripts/screenshot.ts http://localhost:4000
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
const browser = await chromium.launch(CHROMIUM);
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(`${gateway}/graphiql?cid=17850&query=${encodeURIComponent(QUERY)}`);
  await page.locator('button.graphiql-execute-button').click();
  await page.locator('.graphiql-response, .result-window').filter({ hasText: 'Kingdom' }).first().waitFor();
  await page.screenshot({ path: 'docs/images/graphiql.png' });
} finally {
  await browser.close();
}
