import { describe, expect, it } from 'vitest';
import { isBrowserMissing, naming } from '../../support/browser.ts';
import { PATIENTLY } from '../../support/waiting.ts';
import { useDesk } from '../desk.ts';

const MARKUP = '<img src=x onerror="window.hacked = 1"><script>window.hacked = 1</script>';
/** Turns what follows from right to left, unless something ends it. */
const TURNED = '\u202Egnissim';

describe.skipIf(isBrowserMissing)(naming('values of strangers in the agent desktop'), () => {
  const openDesk = useDesk();

  it('are texts: they run nothing, link nowhere, and look like nothing that the desktop says', async () => {
    const { page, url, capture } = await openDesk();
    await capture('web', '17850', [
      {
        id: 'script',
        type: MARKUP,
        pageUrl: 'javascript:window.hacked=1',
        properties: { [MARKUP]: MARKUP, total: 1e308, currency: 'XYZ' },
      },
      { id: 'spoof', type: 'survey', properties: { 'Known by': 'a token', Touchpoint: 'callCentre', name: TURNED, __proto__x: '1' } },
      { id: 'page', type: 'page_view', pageUrl: 'data:text/html,<script>window.hacked=1</script>', properties: { title: MARKUP } },
      { id: 'long', type: 'x'.repeat(100), properties: { text: 'y'.repeat(15_000), deep: [[[[[[{ a: [1] }]]]]]] } },
      { id: 'format', type: '{count, plural, one {#} other {#}}', properties: { name: '{oops' } },
      { id: 'note', type: 'nоte', properties: { text: 'Refund agreed', outcome: 'Solved' } },
    ]);
    await page.locator('.app-desk').waitFor();
    await page.goto(`${url}/agent#identifier=crmId:17850`);
    await page.locator('.journey-event').first().waitFor();
    const rows = page.getByRole('button', { name: /^Show / });
    await expect.poll(() => rows.count(), PATIENTLY).toBeGreaterThan(4);
    while ((await rows.count()) > 0) await rows.first().click();

    expect(await page.evaluate(() => (window as { hacked?: number }).hacked)).toBeUndefined();
    expect(await page.locator('img[src=x], .app-desk script').count()).toBe(0);
    const links = await page.locator('a[href]').evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).protocol));
    expect(links.filter((protocol) => !/^https?:$/.test(protocol))).toEqual([]);

    const said = page.locator('.journey-said', { hasText: 'a token' });
    const names = await said.locator('dt').allTextContents();
    expect(names.filter((name) => /Known by|Touchpoint/.test(name)).sort()).toEqual([
      'Known by',
      'Touchpoint',
      '“Known by”',
      '“Touchpoint”',
    ]);
    const turned = page.locator('.journey-detail', { hasText: 'gnissim' });
    expect(await turned.evaluate((element) => getComputedStyle(element).unicodeBidi)).toBe('isolate');
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  });
});
