import { chromium } from 'playwright-core';
import { CHROMIUM } from './scripts/chromium.ts';
const [shop, gateway] = process.argv.slice(2) as [string, string];
const browser = await chromium.launch(CHROMIUM);
for (const [name, query, viewport] of [['visitor', '', { width: 900, height: 700 }], ['gold', '?cid=17850', { width: 900, height: 700 }], ['gold-narrow', '?cid=17850', { width: 390, height: 800 }], ['german', '?cid=12472', { width: 900, height: 700 }]] as const) {
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  page.on('console', (m) => console.log(name, 'CONSOLE', m.type(), m.text()));
  page.on('pageerror', (e) => console.log(name, 'ERROR', e.message));
  const done: Promise<void>[] = [];
  page.on('response', (r) => { if (/graphql/.test(r.url()) && r.request().method() === 'POST') done.push((async () => console.log(name, r.request().timing().responseEnd, (r.request().postData() ?? '').slice(0, 90), (await r.text().catch(() => 'gone')).slice(0, 900)))()); });
  page.on('requestfailed', (r) => console.log(name, 'FAILED', r.url(), r.failure()?.errorText));
  await page.addInitScript(() => { (window as any).cls = []; new PerformanceObserver((l) => { for (const e of l.getEntries() as any) (window as any).cls.push([e.value, e.hadRecentInput]); }).observe({ type: 'layout-shift', buffered: true }); });
  await page.goto(`${shop}/${query}`);
  await page.waitForTimeout(3000);
  await page.screenshot({ path: `/tmp/shot-${name}.png` });
  console.log(name, 'CLS', JSON.stringify(await page.evaluate('cls')), (await context.cookies()).map((c) => c.name).join());
  console.log(name, await page.locator('.hero').innerText());
  const link = page.locator('a[data-offer-link]').first();
  if (await link.count()) { await link.click(); await page.waitForTimeout(1500); console.log(name, page.url()); }
  await Promise.all(done);
  await context.close();
}
await browser.close();
