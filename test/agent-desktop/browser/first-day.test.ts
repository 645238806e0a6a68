import { describe, expect, it } from 'vitest';
import { isBrowserMissing, naming } from '../../support/browser.ts';
import { PATIENTLY } from '../../support/waiting.ts';
import { untilAsked, useDesk } from '../desk.ts';

const CONFIRMING = { config: { viewers: { agentsConfirm: true } } };
const DAY = 86_400_000;

/** What agents stumbled over on their first day. */
describe.skipIf(isBrowserMissing)(naming('an agent on the first day'), () => {
  const openDesk = useDesk();

  it('goes to a day of the last week by its name', async () => {
    const { page, url, capture } = await openDesk();
    const at = (days: number, invoiceNo: string) => ({
      ...{ type: 'purchase', properties: { invoiceNo, total: 1, currency: 'GBP' } },
      occurredAt: new Date(Date.now() - days * DAY).toISOString(),
    });
    const today = Array.from({ length: 40 }, (_, index) => ({ ...at(0, `n${index}`), occurredAt: new Date().toISOString() }));
    await capture('web', '17850', [at(3, 'three'), ...today]);
    await page.goto(`${url}/agent#identifier=crmId:17850`);
    await page.getByRole('button', { name: 'Go to a day' }).click();
    const day = page.getByRole('group', { name: 'The last seven days' }).getByRole('button').nth(2);
    const name = await day.textContent();
    expect(name).toBe(new Date(Date.now() - 3 * DAY).toLocaleDateString('en-GB', { weekday: 'long' }));
    await day.click();
    await page.getByText('Bought three').waitFor();
    expect(await page.getByRole('button', { name: /^Go to another day than/ }).count()).toBe(1);
  });

  it('is asked to type what can be typed before a customer is erased: dots of a mask cannot', async () => {
    const { page, url } = await openDesk({ ...CONFIRMING, agent: 'ruth-okafor' });
    await page.goto(`${url}/agent#identifier=crmId:17850`);
    await page.getByRole('button', { name: /^More/ }).first().click();
    await page.getByRole('menuitem', { name: /Erase/ }).click();
    const field = page.getByRole('textbox', { name: 'Type Name: Maya Ashdown' });
    await field.fill('Maya Ashdown');
    await expect.poll(() => page.getByRole('button', { name: 'Erase', exact: true }).isEnabled(), PATIENTLY).toBe(true);
  });

  it('erases nobody for nothing that was typed, where a mask shows nothing of a short identifier', async () => {
    const { page, url, capture } = await openDesk({ ...CONFIRMING, agent: 'ruth-okafor' });
    await capture('web', '7', [{ type: 'page_view' }]);
    await page.goto(`${url}/agent#identifier=crmId:7`);
    await page.getByRole('button', { name: /^More/ }).first().click();
    await page.getByRole('menuitem', { name: /Erase/ }).click();
    const erase = page.getByRole('button', { name: 'Erase', exact: true });
    const field = page.getByRole('textbox', { name: /^Type / });
    await field.waitFor();
    expect(await erase.isDisabled()).toBe(true);
    await page.getByRole('textbox', { name: 'Type the word: Erase' }).fill('Erase');
    expect(await erase.isDisabled()).toBe(false);
  });

  it('finds the focus after a confirmation, and on the page Identity, where they go on', async () => {
    const { page, url } = await openDesk(CONFIRMING);
    await page.goto(`${url}/agent#identifier=crmId:17850`);
    await untilAsked(page);
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent);
    await page.keyboard.press('1');
    await page.keyboard.press('Enter');
    await expect.poll(focused, PATIENTLY).toBe('What to do');
    await page.keyboard.press('g');
    await expect.poll(focused, PATIENTLY).toBe('Back to the customer');
  });
});
