import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/model/errors.ts';
import { isBrowserMissing, naming } from '../../support/browser.ts';
import { PATIENTLY } from '../../support/waiting.ts';
import { beyondTheEdge } from '../beyond-the-edge.ts';
import { untilFocused, useDesk } from '../desk.ts';
import { CONFIG, SCHEMA } from '../desk-data.ts';

const LONG = 'Um Entschuldigung bitten und einen Gutschein über fünf Pfund für die nächste Bestellung anbieten';

describe.skipIf(isBrowserMissing)(naming('the looks of the agent desktop'), () => {
  const openDesk = useDesk();

  it('has one find box where nobody is open, and the key of the box leads to it', async () => {
    const { page } = await openDesk();
    const box = page.getByRole('combobox', { name: 'Phone, e-mail, number or name' });
    await untilFocused(box);
    expect(await page.getByRole('button', { name: /Find a customer|Open another customer/ }).count()).toBe(0);
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.keyboard.press('/');
    await page.keyboard.type('hugo');
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(await box.inputValue()).toBe('hugo');
  });

  it('keeps what is next inside a narrow window, however long its words are', async () => {
    const { page } = await openDesk({
      config: { placements: { agent: { slots: 1, viewers: ['AGENT'] } }, agentDesktop: { placement: 'agent' } },
      offers: { gold: { placements: ['agent'], content: { en: { title: LONG, text: LONG } } } },
      address: '#identifier=crmId:17850',
      width: 380,
    });
    const next = page.getByRole('complementary', { name: 'Next' });
    await next.getByText(LONG).first().waitFor();
    expect(await beyondTheEdge(page)).toEqual([]);
    expect(await overflowing(next.locator('*'))).toEqual([]);
  });

  it('has the customer who is shown in sight, also in a narrow window with several', async () => {
    const { page } = await openDesk({ width: 380 });
    for (const [number, name] of [
      ['17850', 'Maya Ashdown'],
      ['12583', 'Hugo Garner'],
      ['13047', 'Kira Ashdown'],
      ['14688', 'Noor Ashdown'],
    ]) {
      await page.evaluate((hash) => {
        location.hash = hash;
      }, `identifier=crmId:${number}`);
      await page.getByRole('heading', { level: 1, name: name as string }).waitFor();
    }
    const tabs = page.getByRole('navigation', { name: 'Open customers' });
    const shown = tabs.getByRole('button', { name: 'Noor Ashdown' }).first();
    const isInSight = async () => {
      const [inside, around] = [await shown.boundingBox(), await tabs.boundingBox()];
      return inside !== null && around !== null && inside.x >= around.x && inside.x + inside.width <= around.x + around.width + 1;
    };
    // It comes into sight a moment after its name is known.
    await expect.poll(isInSight, PATIENTLY).toBe(true);
  });

  it('has all channels of a narrow journey in one line', async () => {
    const touchpoints = { ...CONFIG.touchpoints, app: { channel: 'MOBILE' as const } };
    const { page } = await openDesk({ config: { touchpoints }, width: 380, address: '#identifier=crmId:17850' });
    const channels = page.getByRole('group', { name: 'Channels' }).getByRole('button');
    await channels.first().waitFor();
    expect(await channels.count()).toBe(5);
    expect(new Set(await channels.evaluateAll((buttons) => buttons.map((button) => button.getBoundingClientRect().top))).size).toBe(1);
  });

  it.each([1280, 380])('has room for the longest type of identifier in German, %s wide', async (width) => {
    const { page } = await openDesk({ language: 'de', width, address: '#identifier=crmId:17850' });
    await page.getByRole('heading', { level: 1, name: 'Maya Ashdown' }).waitFor();
    await page.getByRole('button', { name: /^Mehr: / }).click();
    await page.getByRole('menuitem', { name: 'Eine Kennung lösen' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByText('Kundennummer').waitFor();
    expect(await overflowing(sheet.locator('.identity-type'))).toEqual([]);
  });

  it('shows all of the words for a fact whose answer is of no use, in German', async () => {
    const { page } = await openDesk({
      schema: SCHEMA.replace('type Customer {', 'type Customer { remark: String '),
      resolvers: {
        Customer: {
          remark: () => {
            throw new GatewayError('NOT_FOUND', 'there is none');
          },
        },
      },
      language: 'de',
      address: '#identifier=crmId:17850',
    });
    const fact = page.getByRole('button', { name: /^Remark/ });
    await fact.waitFor();
    expect(await fact.textContent()).toContain('keine brauchbare Antwort');
    expect(await overflowing(fact.locator('.profile-value'))).toEqual([]);
  });
});

/** Texts that are wider than the room that they have. */
function overflowing(elements: Locator): Promise<readonly (string | null)[]> {
  return elements.evaluateAll((all) =>
    all
      .filter((element) => getComputedStyle(element).overflowX === 'visible' && element.scrollWidth > element.clientWidth + 1)
      .filter((element) => element.clientWidth > 0)
      .map(({ textContent }) => textContent),
  );
}
