import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { findAxeViolations } from '../../support/axe.ts';
import { isBrowserMissing, naming } from '../../support/browser.ts';
import { beyondTheEdge } from '../beyond-the-edge.ts';
import { type Desk, type DeskOptions, untilFocused, useDesk } from '../desk.ts';

const MAYA = { type: 'crmId', value: '17850' };
const CLUB = { type: 'email', value: 'maya.ashdown@example.org' };
const DESK: DeskOptions = {
  config: {
    viewers: { agentsConfirm: true },
    placements: { agent: { slots: 1, viewers: ['AGENT'] } },
    agentDesktop: { placement: 'agent' },
  },
  offers: {
    gold: { placements: ['agent'], when: 'customer.loyalty.tier == "GOLD"', content: { en: { title: 'Free delivery', text: 'Free.' } } },
    silver: { placements: ['agent'], when: 'customer.loyalty.tier == "SILVER"', content: { en: { title: 'Nearly gold' } } },
  },
};
const MORE = 'More: link, merge, split, unlink, erase';
const SHEETS = [
  'Link an identifier',
  'Merge with another customer',
  'Split off identifiers',
  'Unlink an identifier',
  'Erase this customer',
];

describe.skipIf(isBrowserMissing)(naming('every main state of the agent desktop'), () => {
  const openDesk = useDesk();

  it.each([
    { theme: 'light', width: 1280 },
    { theme: 'dark', width: 1280 },
    { theme: 'light', width: 380 },
    { theme: 'dark', width: 380 },
  ] as const)('has nothing that axe finds and nothing beyond the edge, $theme, $width px', async ({ theme, width }) => {
    const desk = await openDesk({ ...DESK, theme, width, isSignedOut: true, stopped: ['support'] });
    const { page, capture } = desk;
    // A colour on its way to another has no contrast to measure.
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await settle(desk);
    await capture('web', '17850', [{ type: 'purchase', properties: { invoiceNo: '536790', total: 44.4, currency: 'GBP' } }]);
    const faults: string[] = [];
    const check = async (state: string) => {
      const found = await findAxeViolations(page);
      const beyond = await beyondTheEdge(page);
      faults.push(...[...found, ...beyond.map((text) => `beyond the edge: ${text}`)].map((each) => `${state}: ${each}`));
    };
    const show = (text: string | RegExp) => page.getByText(text).filter({ visible: true }).first().waitFor();
    /** A key for the page, and not for the field that has the focus. */
    const press = async (key: string) => {
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      await page.keyboard.press(key);
    };
    /** In a narrow window a column is a page of its own. */
    const turnTo = async (name: RegExp) => {
      if (width < 500) await page.getByRole('navigation', { name: 'Pages of this customer' }).getByRole('button', { name }).click();
    };

    await page.getByRole('button', { name: 'Tom Hale' }).waitFor();
    await check('sign-in');
    await page.getByRole('button', { name: 'Tom Hale' }).click();
    const box = page.getByRole('combobox', { name: 'Phone, e-mail, number or name' });
    await box.waitFor();
    await check('home');
    await box.fill('ashdown');
    await page.getByRole('option').nth(2).waitFor();
    await check('found');
    await box.fill('nobody at all');
    await show('No customer has “nobody at all”');
    await check('nobody found');

    await page.evaluate(() => {
      location.hash = 'identifier=crmId:17850';
    });
    await page.getByRole('heading', { level: 1, name: 'Maya Ashdown' }).waitFor();
    await show('Bought 536790');
    await check('to be confirmed');
    await turnTo(/^To do/);
    await page.getByRole('radio', { name: 'Security questions' }).waitFor();
    await check('confirm card');
    await page.getByRole('radio', { name: 'Security questions' }).press('Enter');
    await show('Free delivery');
    await check('confirmed');
    await press('p');
    await show('What did they say?');
    await check('offer presented');
    await press('o');
    await show('not so: customer.loyalty.tier == "SILVER"');
    await check('why these offers');
    await press('n');
    const note = page.getByRole('textbox', { name: 'Note on this call' });
    await untilFocused(note);
    await page.keyboard.type('Wants it on Friday.');
    await expect.poll(() => note.inputValue()).toBe('Wants it on Friday.');
    await page.route('**/graphql', (route) => route.abort());
    await page.keyboard.press('Control+Enter');
    await show(/The note is not saved/);
    await check('note not saved');
    await page.unrouteAll({ behavior: 'wait' });
    await page.keyboard.press('Control+Enter');
    await show('Note saved.');
    await check('note saved');
    await turnTo(/^Facts/);
    await page.getByRole('button', { name: /^Country/ }).waitFor();
    await press('s');
    await check('facts with their origins');
    await press('s');

    await checkSheets(page, check);
    await press('?');
    await page.getByRole('dialog').waitFor();
    await check('all keys');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: /^Agent Tom Hale/ }).click();
    await page.getByRole('menu').waitFor();
    await check("agent's menu");
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
    for (const name of [/^Orders/, /^Tickets/]) {
      await page.getByRole('navigation', { name: 'Pages of this customer' }).getByRole('button', { name }).click();
      await check(String(name));
    }
    await press('g');
    await page.getByRole('heading', { name: 'What happened' }).filter({ visible: true }).last().waitFor();
    await check('identity graph');
    expect(faults).toEqual([]);
  });
});

/** The sheets of what changes who this is, the one to merge with its preview as well. */
async function checkSheets(page: Page, check: (state: string) => Promise<void>): Promise<void> {
  for (const name of SHEETS) {
    await page.getByRole('button', { name: MORE }).filter({ visible: true }).first().click();
    await page.getByRole('menuitem', { name, exact: true }).waitFor();
    if (name === SHEETS[0]) await check('menu of the customer');
    await page.getByRole('menuitem', { name, exact: true }).click();
    const sheet = page.getByRole('dialog');
    await sheet.waitFor();
    await page.getByRole('menu').waitFor({ state: 'detached' });
    await check(name);
    if (name === 'Merge with another customer') {
      await sheet.getByRole('textbox', { name: 'Who is the other customer?' }).fill(CLUB.value);
      await sheet.getByRole('button', { name: /E-?mail/i }).click();
      await sheet.getByText('identifiers of one customer').waitFor();
      await check('preview of a merge');
    }
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
  }
}

/** Two customers of whom the second is confirmed by the agent who signs in later. */
async function settle({ url, server }: Desk): Promise<void> {
  const link = 'mutation ($input: IdentifyInput!) { identify(input: $input) { customer { id } } }';
  const asService = { role: 'SERVICE' } as const;
  await server.ask(link, { ...asService, variables: { input: { identifiers: [MAYA, { type: 'phone', value: '+447700900663' }] } } });
  const { data } = await server.ask(link, { ...asService, variables: { input: { identifiers: [CLUB] } } });
  const post = async (path: string, body: object, headers = {}) => {
    const answer = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return answer.json();
  };
  const { token } = (await post('/agent/sign-in', { agent: 'tom-hale' })) as { token: string };
  const query = 'mutation ($id: ID!) { confirmIdentity(input: { customerId: $id, method: "One-time code" }) { expiresAt } }';
  const done = await post('/graphql', { query, variables: { id: data.identify.customer.id } }, { authorization: `Bearer ${token}` });
  expect(done).toMatchObject({ data: { confirmIdentity: { expiresAt: expect.any(String) } } });
}
