import { it } from 'vitest';
import { useDesk } from '../desk.ts';

const openDesk = useDesk();
const wait = (ms: number) => new Promise((r) => setTimeout(r, ms));
for (const theme of ['light', 'dark'] as const)
  it('shots ' + theme, async () => {
    const { page, url, capture } = await openDesk({ theme, isSignedOut: true });
    await page.waitForSelector('.app-agent');
    await page.screenshot({ path: `/tmp/d/sign-in-${theme}.png` });
    await page.click('.app-agent');
    await page.waitForSelector('.app-home');
    await capture('web', '17850', [{ type: 'page_view' }]);
    await page.screenshot({ path: `/tmp/d/home-${theme}.png` });
    await page.evaluate(() => {
      location.hash = 'identifier=crmId:17850';
    });
    await page.getByRole('heading', { level: 1, name: 'Maya Ashdown' }).waitFor();
    await page.evaluate(() => {
      location.hash = 'identifier=crmId:12583';
    });
    await page.getByRole('heading', { level: 1, name: 'Hugo Garner' }).waitFor();
    await page.keyboard.press('Alt+1');
    await wait(400);
    await page.screenshot({ path: `/tmp/d/desk-${theme}.png` });
    await page.keyboard.press('/');
    await page.keyboard.type('ashd');
    await page.locator('.find-row').nth(2).waitFor();
    await wait(300);
    await page.screenshot({ path: `/tmp/d/find-${theme}.png` });
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await wait(600);
    await page.screenshot({ path: `/tmp/d/keys-${theme}.png` });
    await page.keyboard.press('Escape');
    await page.click('.app-avatar');
    await wait(300);
    await page.screenshot({ path: `/tmp/d/menu-${theme}.png` });
    await page.keyboard.press('Escape');
    await page.setViewportSize({ width: 380, height: 720 });
    await wait(300);
    await page.screenshot({ path: `/tmp/d/panel2-${theme}.png` });
    await page.keyboard.press('Alt+w');
    await wait(300);
    await page.screenshot({ path: `/tmp/d/panel-${theme}.png` });
    await page.keyboard.press('/');
    await page.keyboard.type('ashd');
    await page.locator('.find-row').nth(2).waitFor();
    await wait(200);
    await page.screenshot({ path: `/tmp/d/panel-find-${theme}.png` });
  });
