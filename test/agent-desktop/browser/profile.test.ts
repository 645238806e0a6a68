import type { Page, Request } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { findAxeViolations } from '../../support/axe.ts';
import { isBrowserMissing, naming } from '../../support/browser.ts';
import { PATIENTLY } from '../../support/waiting.ts';
import { type DeskOptions, holdReadingAgain, layoutOf, untilAsked, useDesk } from '../desk.ts';
import { PEOPLE } from '../desk-data.ts';

const MAYA = PEOPLE[17850] as (typeof PEOPLE)[string];
const OPEN: DeskOptions = { address: '#identifier=crmId:17850', config: { viewers: { agentsConfirm: true } } };
const OFFERS: DeskOptions = {
  ...OPEN,
  config: { ...OPEN.config, placements: { agent: { slots: 2, viewers: ['AGENT'] } }, agentDesktop: { placement: 'agent' } },
  offers: {
    gold: {
      placements: ['agent'],
      when: 'customer.loyalty.tier == "GOLD"',
      content: { en: { title: 'Free delivery', text: 'Your next order is delivered free.' }, de: { title: 'Gratis-Lieferung' } },
    },
    silver: { placements: ['agent'], when: 'customer.loyalty.tier == "SILVER"', content: { en: { title: 'Nearly gold' } } },
  },
};

const confirmed = async (page: Page) => {
  await untilAsked(page);
  await page.keyboard.press('Enter');
  await page.getByText('Verified by security questions').waitFor();
};

const offerAnswers = `query ($identifier: IdentifierInput!) {
  customerByIdentifier(identifier: $identifier) { interactions(first: 20) { edges { node { type properties touchpoint } } } }
}`;

describe.skipIf(isBrowserMissing)(naming('who is calling'), () => {
  const openDesk = useDesk();

  it('is open after the agent confirmed by the keyboard alone, and nothing of it is in the page before', async () => {
    const { page } = await openDesk(OPEN);
    await page.getByRole('heading', { name: 'Is this Maya Ashdown?' }).waitFor();
    expect(await page.content()).not.toMatch(new RegExp(`${MAYA.email}|${MAYA.phone.slice(1)}|>17850<`));
    await untilAsked(page);
    await page.keyboard.press('2');
    await page.keyboard.press('Enter');
    await page.getByText('Verified by one-time code').waitFor();
    await page.getByRole('button', { name: `E-mail ${MAYA.email}` }).waitFor();
    // 30 in the first minute, which may be over.
    await page
      .getByText(/(30|2\d) min$/)
      .first()
      .waitFor();
    expect(await page.getByRole('heading', { name: 'Is this Maya Ashdown?' }).count()).toBe(0);
  });

  /** The desk of a customer who searched for their own number, on clocks that `passes` moves. */
  async function openTimed() {
    let now = Date.now();
    const { page, url, capture } = await openDesk({ ...OPEN, address: '', now: () => new Date(now) });
    await capture('web', '17850', [{ type: 'search', properties: { query: '17850' } }]);
    await page.clock.install({ time: now });
    // A page of its own for the clock: timers that are running already would keep the real one.
    await page.goto(`${url}/health/live`);
    await page.goto(`${url}/agent${OPEN.address}`);
    const passes = async (milliseconds: number) => {
      now += milliseconds;
      await page.clock.fastForward(milliseconds);
    };
    const search = (query: string) => capture('web', '17850', [{ type: 'search', properties: { query } }]);
    return { page, passes, search };
  }

  it('is locked again when the 30 minutes are over, also when the gateway cannot be asked', async () => {
    const { page, passes, search } = await openTimed();
    const searched = page.locator('.journey-detail');
    await searched.filter({ hasText: '•••' }).waitFor();
    await confirmed(page);
    await page.getByRole('button', { name: `E-mail ${MAYA.email}` }).waitFor();
    await searched.filter({ hasText: '17850' }).waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await search('17850');
    await page.locator('[aria-live=polite]').filter({ hasText: '17850' }).waitFor({ state: 'attached' });
    await page.route('**/graphql', (route) => route.abort());
    await passes(1_801_000);
    await page.getByText('Your 30 minutes are over. Confirm again.').waitFor();
    expect(await page.content()).not.toMatch(new RegExp(`${MAYA.email}|${MAYA.phone.slice(1)}|17850`));
  });

  it('is locked again on the page of the identity graph', async () => {
    const { page, passes } = await openTimed();
    await confirmed(page);
    await page.locator('body').press('g');
    await page.locator('.identity-node').filter({ hasText: '17850' }).waitFor();
    await page.route('**/graphql', (route) => route.abort());
    await passes(1_801_000);
    await page.getByText('The gateway cannot be reached. Check your connection.').filter({ visible: true }).first().waitFor();
    expect(await page.content()).not.toMatch(new RegExp(`${MAYA.email}|${MAYA.phone.slice(1)}|17850`));
  });

  it('is not this person: the tab closes', async () => {
    const { page } = await openDesk(OPEN);
    await untilAsked(page);
    await page.keyboard.press('0');
    await expect.poll(() => page.getByRole('heading', { name: 'Maya Ashdown' }).count(), PATIENTLY).toBe(0);
  });
});

describe.skipIf(isBrowserMissing)(naming('a source that is down'), () => {
  const openDesk = useDesk();

  it('costs its own fields and is asked again alone', async () => {
    const { page, backEnds, url } = await openDesk({ ...OPEN, address: '', stopped: ['support', 'loyalty'] });
    await page.getByRole('combobox').waitFor();
    const { documents } = await layoutOf(page);
    const ofProfile = new Map(Object.entries(documents.bySource).map(([source, { id }]) => [id, source]));
    ofProfile.set(documents.open.id, 'everything');
    await holdReadingAgain(page);
    // A page of its own: a fragment alone would open the customer in the desk that is there.
    await page.goto(`${url}/health/live`);
    await page.goto(`${url}/agent${OPEN.address}`);
    await page.getByText('support does not answer.').waitFor();
    await page.getByRole('button', { name: /^Loyalty no answer/ }).waitFor();
    await page.getByText('United Kingdom').waitFor();
    backEnds.start('support');
    const asked: unknown[] = [];
    page.on('request', (request: Request) => {
      if (request.url().endsWith('/graphql')) asked.push(ofProfile.get(request.postDataJSON().documentId));
    });
    await page.getByRole('button', { name: 'Try again', exact: true }).first().click();
    await page.getByRole('heading', { name: 'Open tickets 1' }).waitFor();
    expect(asked.filter((what) => what !== undefined)).toEqual(['support']);
    await page.getByRole('button', { name: 'loyalty failed' }).waitFor();
  });

  it('says where a value came from and how old it is, for all facts at once or for one with the focus', async () => {
    const { page } = await openDesk(OPEN);
    const country = page.getByRole('button', { name: /^Country United Kingdom/ });
    await country.waitFor();
    const origin = country.getByText(/^crm · /);
    expect(await origin.evaluate((element) => getComputedStyle(element).opacity)).toBe('0');
    await page.locator('body').press('s');
    expect(await origin.evaluate((element) => getComputedStyle(element).opacity)).toBe('1');
    await page.locator('body').press('s');
    await country.focus();
    await page.keyboard.press('Shift');
    expect(await origin.evaluate((element) => getComputedStyle(element).opacity)).toBe('1');
  });
});

describe.skipIf(isBrowserMissing)(naming('what to do'), () => {
  const openDesk = useDesk();

  it('is an offer that is presented and accepted, with what is not offered and why', async () => {
    const { page, server } = await openDesk(OFFERS);
    await confirmed(page);
    await page.getByRole('heading', { name: 'Free delivery' }).waitFor();
    await page.locator('body').press('p');
    await page.getByText('What did they say?').waitFor();
    await page.locator('body').press('a');
    await page.getByText('accepted', { exact: true }).waitFor();
    await page.locator('body').press('o');
    await page.getByText('not so: customer.loyalty.tier == "SILVER"').waitFor();
    const variables = { identifier: { type: 'crmId', value: '17850' } };
    const { data } = await server.ask(offerAnswers, { role: 'SERVICE', variables });
    const types = data.customerByIdentifier.interactions.edges.map(({ node }: { node: { type: string } }) => node.type);
    expect(types.toSorted()).toEqual(['offer_accepted', 'offer_presented']);
  });

  it('is a note, which is still there after a failure and is then saved once', async () => {
    const { page, server } = await openDesk(OPEN);
    await page.getByRole('heading', { name: 'Is this Maya Ashdown?' }).waitFor();
    await page.locator('body').press('n');
    await page.keyboard.type('Asked for a copy of 536396.');
    await page.getByRole('button', { name: 'Follow up' }).click();
    await page.route('**/graphql', (route) => route.abort());
    await page.getByRole('textbox', { name: 'Note on this call' }).press('Control+Enter');
    await page.getByText(/The note is not saved/).waitFor();
    await page.unrouteAll({ behavior: 'wait' });
    await page.getByRole('textbox', { name: 'Note on this call' }).press('Control+Enter');
    await page.getByText('Note saved: Follow up.').first().waitFor();
    expect(await page.getByRole('textbox', { name: 'Note on this call' }).inputValue()).toBe('');
    const { data } = await server.ask(offerAnswers, { role: 'SERVICE', variables: { identifier: { type: 'crmId', value: '17850' } } });
    expect(data.customerByIdentifier.interactions.edges.map(({ node }: { node: object }) => node)).toEqual([
      { type: 'note', properties: { text: 'Asked for a copy of 536396.', outcome: 'Follow up' }, touchpoint: 'callCentre' },
    ]);
  });

  it('loses nothing of a note that was changed after its answer was lost, or while it was on its way', async () => {
    const { page, server } = await openDesk(OPEN);
    await page.getByRole('heading', { name: 'Is this Maya Ashdown?' }).waitFor();
    const note = page.getByRole('textbox', { name: 'Note on this call' });
    // The gateway stores it, and its answer does not arrive.
    await page.route('**/graphql', async (route) => {
      await route.fetch();
      await route.abort();
    });
    await note.fill('Wants a receipt');
    await note.press('Control+Enter');
    await page.getByText(/The note is not saved/).waitFor();
    // Another request may be on its way through it.
    await page.unrouteAll({ behavior: 'wait' });
    await note.fill('Wants a receipt by post');
    const { promise: isTyped, resolve: goOn } = Promise.withResolvers<void>();
    await page.route('**/graphql', async (route) => {
      await isTyped;
      await route.continue();
    });
    const isSent = page.waitForRequest((request) => request.postData()?.includes('by post') === true);
    await note.press('Control+Enter');
    await isSent;
    await note.fill('Calls again on Friday');
    goOn();
    await page.getByText('Note saved.').first().waitFor();
    expect(await note.inputValue()).toBe('Calls again on Friday');
    await note.press('Control+Enter');
    await expect.poll(() => note.inputValue(), PATIENTLY).toBe('');
    const { data } = await server.ask(offerAnswers, { role: 'SERVICE', variables: { identifier: { type: 'crmId', value: '17850' } } });
    const texts = data.customerByIdentifier.interactions.edges.map(
      ({ node }: { node: { properties: { text: string } } }) => node.properties.text,
    );
    expect(texts.toSorted()).toEqual(['Calls again on Friday', 'Wants a receipt', 'Wants a receipt by post']);
  });

  it('is to compare with somebody who has the same phone number', async () => {
    const { page, server } = await openDesk(OPEN);
    const identifiers = [
      { type: 'phone', value: MAYA.phone },
      { type: 'email', value: 'maya@club.example' },
    ];
    const identify = 'mutation ($identifiers: [IdentifierInput!]!) { identify(input: { identifiers: $identifiers }) { outcome } }';
    expect((await server.ask(identify, { role: 'SERVICE', variables: { identifiers } })).errors).toEqual([]);
    await confirmed(page);
    await page.getByText('A customer without a name: same phone.').waitFor();
  });

  it('follows what the customer does elsewhere', async () => {
    const { page, capture } = await openDesk(OPEN);
    await page.getByRole('button', { name: /^Purchases 0/ }).waitFor();
    await capture('web', '17850', [{ type: 'purchase', properties: { total: 5 } }]);
    await page.getByRole('button', { name: /^Purchases 1/ }).waitFor();
  });

  it('shows what the customer did while there was no connection yet, however long that took', async () => {
    const { page, capture, url } = await openDesk(OPEN);
    const { promise: isThere, resolve: connect } = Promise.withResolvers<void>();
    await page.routeWebSocket(/graphql/, async (socket) => {
      await isThere;
      socket.connectToServer();
    });
    await page.clock.install({ time: Date.now() });
    // A clock and a route count from the next document on.
    await page.goto(`${url}/health/live`);
    await page.goto(`${url}/agent${OPEN.address}`);
    await page.getByRole('button', { name: /^Purchases 0/ }).waitFor();
    await page.clock.fastForward(60_000);
    await capture('web', '17850', [{ type: 'purchase', properties: { total: 5 } }]);
    connect();
    await page.getByRole('button', { name: /^Purchases 1/ }).waitFor();
  });
});

describe.skipIf(isBrowserMissing)(naming('the left and the right column'), () => {
  const openDesk = useDesk();

  it.each([
    { width: 1280, theme: 'light', language: 'en' },
    { width: 1280, theme: 'dark', language: 'de' },
    { width: 380, theme: 'light', language: 'de' },
    { width: 380, theme: 'dark', language: 'en' },
  ] as const)('are for everybody: $width px, $theme, $language', async ({ width, theme, language }) => {
    const { page } = await openDesk({ ...OFFERS, width, theme, language, stopped: ['support'] });
    await page.getByRole('heading', { level: 1, name: 'Maya Ashdown' }).first().waitFor();
    await page
      .getByText(/^(Is this Maya Ashdown\?|Ist das Maya Ashdown\?)$/)
      .first()
      .waitFor();
    expect(await findAxeViolations(page)).toEqual([]);
  });
});
