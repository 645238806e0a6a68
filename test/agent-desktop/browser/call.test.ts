import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { isBrowserMissing, naming } from '../../support/browser.ts';
import { PATIENTLY } from '../../support/waiting.ts';
import { untilAsked, untilFocused, useDesk } from '../desk.ts';
import { PEOPLE } from '../desk-data.ts';

const MAYA = PEOPLE[17850] as (typeof PEOPLE)[string];
const DESK = {
  config: {
    viewers: { agentsConfirm: true },
    placements: { agent: { slots: 1, viewers: ['AGENT'] as ['AGENT'] } },
    agentDesktop: { placement: 'agent' },
  },
  offers: {
    gold: { placements: ['agent'], when: 'customer.loyalty.tier == "GOLD"', content: { en: { title: 'Free delivery' } } },
  },
};
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });
const bought = { type: 'purchase', properties: { invoiceNo: '536407', total: 22.2, currency: 'GBP' } };

/** What has the focus: how it is read out, and whether a reader sees that it has it. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (element === null || element === document.body) return null;
    const marks = [element, element.parentElement, element.closest('label')].map((each) => each && getComputedStyle(each));
    return {
      name: (element.getAttribute('aria-label') ?? element.textContent ?? '').trim(),
      html: element.outerHTML.slice(0, 160),
      isSeen: element.checkVisibility({ visibilityProperty: true }),
      isMarked: marks.some((style) => style && (style.outlineStyle !== 'none' || style.boxShadow !== 'none')),
    };
  });

/** Presses Tab until something of this name has the focus. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const passed: string[] = [];
  for (let presses = 0; presses < 120; presses++) {
    const now = await focused(page);
    if (now !== null && (typeof name === 'string' ? now.name === name : name.test(now.name))) return;
    passed.push(now?.name.slice(0, 30) ?? '-');
    await page.keyboard.press('Tab');
  }
  throw new Error(`expected Tab to reach ${name}, passed ${passed.join(' | ')}`);
}

describe.skipIf(isBrowserMissing)(naming('a call, by keyboard alone'), () => {
  const openDesk = useDesk();

  it('has the keys of everything there is to do on each page of a narrow panel', async () => {
    const { page } = await openDesk({ ...DESK, language: 'de', width: 380, address: '#identifier=crmId:17850' });
    await heading(page, 'Maya Ashdown').waitFor();
    const next = page.getByRole('complementary', { name: 'Nächstes' });
    const toJourney = () => page.getByRole('button', { name: /^Verlauf/ }).click();
    await next.getByRole('button', { name: 'Bestätigen' }).waitFor();
    // The second way to make sure is chosen, and confirmed by the next key.
    await page.keyboard.press('2');
    await page.getByRole('radio', { name: 'One-time code', checked: true }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('Bestätigt durch One-time code').waitFor();
    await toJourney();
    await next.getByRole('button', { name: 'Anbieten' }).waitFor();
    await page.keyboard.press('p');
    await page.getByRole('button', { name: 'Angenommen' }).waitFor();
    await page.keyboard.press('a');
    await page.getByText('angenommen', { exact: true }).waitFor();
    await toJourney();
    await next.waitFor();
    await page.keyboard.press('n');
    await page.keyboard.type('Ruft morgen an.');
    await page.keyboard.press('Control+Enter');
    await page.getByText('Notiz gespeichert.').first().waitFor();
  });

  it('goes through the parts of a narrow panel by F6', async () => {
    const { page } = await openDesk({ ...DESK, width: 380, address: '#identifier=crmId:17850' });
    await page.getByRole('complementary', { name: 'Next' }).getByRole('button', { name: 'Confirm' }).waitFor();
    for (const name of [/Find a customer/, /^Journey/, /^Confirm/, /Find a customer/]) {
      await page.keyboard.press('F6');
      expect((await focused(page))?.name).toMatch(name);
    }
  });

  it('goes from the sign-in over finding, confirming, reading, an offer and a note to the sign-out', async () => {
    const { page, capture, server } = await openDesk({ ...DESK, isSignedOut: true });
    await capture('web', '17850', [bought]);
    await page.getByRole('button', { name: 'Tom Hale' }).waitFor();
    await tabTo(page, /^THTom Hale|^Tom Hale/);
    await page.keyboard.press('Enter');
    await untilFocused(page.getByRole('combobox', { name: 'Phone, e-mail, number or name' }));
    await page.keyboard.type('maya');
    await page.getByRole('option', { name: /Maya Ashdown/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Is this Maya Ashdown?' }).waitFor();
    // The method is asked for at once, so a number and Enter are enough.
    await untilAsked(page);
    await page.keyboard.press('2');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: `E-mail ${MAYA.email}` }).waitFor();
    await page.getByText('Bought 536407').waitFor();
    await page.keyboard.press('j');
    await expect.poll(async () => (await focused(page))?.name, PATIENTLY).toContain('Bought 536407');
    await page.keyboard.press('Enter');
    await page.locator('.journey-open').getByText('Touchpoint').waitFor();
    await page.getByRole('heading', { name: 'Free delivery' }).waitFor();
    await page.keyboard.press('p');
    await page.getByText('What did they say?').waitFor();
    await page.keyboard.press('a');
    await page.getByText('accepted', { exact: true }).waitFor();
    await page.keyboard.press('n');
    await page.keyboard.type('She wants it on Friday.');
    await tabTo(page, 'Follow up');
    await page.keyboard.press('Space');
    await page.keyboard.press('Control+Enter');
    await page.getByText('Note saved: Follow up.').first().waitFor();
    await page.keyboard.press('g');
    await heading(page, 'Identity of Maya Ashdown').waitFor();
    await page.keyboard.press('Escape');
    await heading(page, 'Maya Ashdown').waitFor();
    await page.keyboard.press('Alt+w');
    await heading(page, 'Who is it about?').waitFor();
    await tabTo(page, /^Agent Tom Hale/);
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Sign out' }).waitFor();
    await page.getByRole('menu').locator(':focus').waitFor();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Tom Hale' }).waitFor();
    const query = `{ customerByIdentifier(identifier: { type: "crmId", value: "17850" }) { interactions(first: 9) { edges { node { type } } } } }`;
    const { data } = await server.ask(query, { role: 'SERVICE' });
    const types = data.customerByIdentifier.interactions.edges.map(({ node }: { node: { type: string } }) => node.type);
    expect(types.toSorted()).toEqual(['note', 'offer_accepted', 'offer_presented', 'purchase']);
  });

  it('is nowhere trapped, and always shows what has the focus', async () => {
    const { page, capture } = await openDesk({ ...DESK, address: '' });
    await capture('web', '17850', [bought]);
    await page.evaluate(() => {
      location.hash = 'identifier=crmId:17850';
    });
    await heading(page, 'Maya Ashdown').waitFor();
    await page.getByText('Bought 536407').waitFor();
    await untilAsked(page);
    const names = new Set<string>();
    const faults: string[] = [];
    for (let presses = 0; presses < 120; presses++) {
      await page.keyboard.press('Tab');
      const now = await focused(page);
      if (now === null) break;
      names.add(now.name);
      if (!now.isSeen || !now.isMarked) faults.push(`${now.isSeen ? 'no mark' : 'not seen'}: ${now.html}`);
    }
    expect(await focused(page)).toBeNull();
    expect(faults).toEqual([]);
    // Round again from the beginning: through all three columns.
    for (let presses = 0; presses < 120 && names.size < 200; presses++) {
      await page.keyboard.press('Tab');
      const now = await focused(page);
      if (now === null) break;
      names.add(now.name);
      if (!now.isSeen || !now.isMarked) faults.push(`${now.isSeen ? 'no mark' : 'not seen'}: ${now.html}`);
    }
    expect(faults).toEqual([]);
    const all = [...names].join('\n');
    for (const what of [/^Country/m, /Bought 536407/m, /Not this person/m, /^Orders/m]) expect(all).toMatch(what);
  });
});
