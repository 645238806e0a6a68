import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { isBrowserMissing, naming } from '../../support/browser.ts';
import { PATIENTLY } from '../../support/waiting.ts';
import { untilFocused, useDesk } from '../desk.ts';

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });
const MAYA = '#identifier=crmId:17850';

describe.skipIf(isBrowserMissing)(naming('the unusual hours of an agent desktop'), () => {
  const openDesk = useDesk();

  it('looks in the sources for a caller whom nobody has linked, and begins a new customer where none knows them', async () => {
    const { page } = await openDesk({ address: '#identifier=phone:%2B447700900999' });
    await heading(page, 'No customer has this phone number').waitFor();
    await page.getByText('No customer has “+447700900999”').waitFor();
    await page.getByRole('button', { name: 'Open as a new caller' }).click();
    await heading(page, 'Customer').waitFor();
    await page.getByRole('list').getByText('+447700900999').waitFor();
  });

  it('says what is wrong with a call that names something unknown, and lets one find the customer', async () => {
    const { page } = await openDesk({ address: '#identifier=stranger:1' });
    await heading(page, 'This customer could not be opened').waitFor();
    await page.getByText('The call names something that this gateway does not know.').waitFor();
    await untilFocused(page.getByRole('combobox'));
    await page.keyboard.type('hugo');
    await page.keyboard.press('Enter');
    await heading(page, 'Hugo Garner').waitFor();
    // The tab of the call that could not be opened has served.
    expect(
      await page
        .getByRole('navigation', { name: 'Open customers' })
        .getByRole('button', { name: /^Close/ })
        .count(),
    ).toBe(1);
  });

  it('opens who rang while the agent was signing in', async () => {
    const { page } = await openDesk({ isSignedOut: true });
    const agent = page.getByRole('button', { name: 'Tom Hale' });
    await agent.waitFor();
    await page.evaluate((hash) => {
      location.hash = hash;
    }, MAYA);
    await page.waitForURL((url) => url.hash === '');
    await agent.click();
    await heading(page, 'Maya Ashdown').waitFor();
  });

  it('opens the same customers again after the page was loaded again, for the same agent alone', async () => {
    const { page } = await openDesk({ address: MAYA });
    const tabs = page.getByRole('navigation', { name: 'Open customers' }).getByRole('button', { name: /^Close/ });
    const namesOfTabs = () => tabs.evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-label')));
    await heading(page, 'Maya Ashdown').waitFor();
    await page.evaluate(() => {
      location.hash = 'identifier=crmId:12583';
    });
    await heading(page, 'Hugo Garner').waitFor();
    // A tab is kept once it is known whose it is.
    await expect.poll(namesOfTabs, PATIENTLY).toEqual(['Close Maya Ashdown', 'Close Hugo Garner']);
    await page.keyboard.press('Alt+1');
    await heading(page, 'Maya Ashdown').waitFor();
    const kept = await page.evaluate(() => JSON.stringify({ ...sessionStorage }));
    expect(kept).not.toMatch(/17850|12583|Maya|Hugo/);
    await page.reload();
    await heading(page, 'Maya Ashdown').waitFor();
    await expect.poll(namesOfTabs, PATIENTLY).toEqual(['Close Maya Ashdown', 'Close Hugo Garner']);
    // Their token is over, and another agent signs in.
    await page.evaluate(() => sessionStorage.removeItem('agent-desktop.token'));
    await page.reload();
    await page.getByRole('button', { name: 'Amira Lindqvist' }).click();
    await heading(page, 'Who is it about?').waitFor();
    expect(await tabs.count()).toBe(0);
    // Nor are they in the list of whom one had open, which is read from what is kept.
    expect(await page.getByRole('option').count()).toBe(0);
    expect(await page.evaluate(() => sessionStorage.getItem('agent-desktop.recent'))).toBeNull();
  });

  it('shows an agent nobody whom the one before them had open', async () => {
    const { page } = await openDesk({ address: MAYA });
    await heading(page, 'Maya Ashdown').waitFor();
    await page.getByRole('button', { name: 'Agent Tom Hale' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Tom Hale' }).waitFor();
    expect(await page.evaluate(() => Object.keys(sessionStorage))).toEqual(['test.signed-in']);
    await page.getByRole('button', { name: 'Amira Lindqvist' }).click();
    await heading(page, 'Who is it about?').waitFor();
  });

  it('keeps what the agent was writing when their token is over, for them alone', async () => {
    const { page } = await openDesk({ address: MAYA });
    await heading(page, 'Maya Ashdown').waitFor();
    const note = page.getByRole('textbox', { name: 'Note on this call' });
    await note.fill('wants it on Friday');
    const body = JSON.stringify({ errors: [{ message: 'over', extensions: { code: 'UNAUTHENTICATED' } }] });
    const refuseAll = () => page.route('**/graphql', (route) => route.fulfill({ status: 401, contentType: 'application/json', body }));
    await refuseAll();
    await note.press('Control+Enter');
    await page.getByRole('button', { name: 'Tom Hale' }).waitFor();
    await expect.poll(() => page.getByText('Maya Ashdown').filter({ visible: true }).count()).toBe(0);
    await page.unrouteAll({ behavior: 'wait' });
    await page.getByRole('button', { name: 'Tom Hale' }).click();
    await heading(page, 'Maya Ashdown').waitFor();
    await expect.poll(() => note.inputValue()).toBe('wants it on Friday');
    await refuseAll();
    await note.press('Control+Enter');
    const other = page.getByRole('button', { name: 'Amira Lindqvist' });
    await other.waitFor();
    // Before she is there: what she asks is not refused.
    await page.unrouteAll({ behavior: 'wait' });
    await other.click();
    await heading(page, 'Who is it about?').waitFor();
    expect(await page.locator('body').textContent()).not.toContain('Ashdown');
  });

  it('says so when a part of the page is from an older build, and keeps the rest', async () => {
    const { page } = await openDesk({ address: MAYA, complains: /Unable to preload CSS/ });
    await heading(page, 'Maya Ashdown').waitFor();
    // As after an update: the file has another name now.
    await page.route(/\/agent\/assets\/graph-page/, (route) => route.abort());
    await page.getByRole('textbox', { name: 'Note on this call' }).fill('asked for a receipt');
    await page.getByRole('button', { name: 'Identity', exact: true }).click();
    await page.getByText('A part of this page could not be loaded').waitFor();
    await page.getByRole('button', { name: 'Load the page again' }).waitFor();
    await page.getByRole('button', { name: 'Close Maya Ashdown' }).waitFor();
  });

  it('shows nothing more of a customer who is erased while they are open', async () => {
    const { page, server } = await openDesk({ address: MAYA });
    await heading(page, 'Maya Ashdown').waitFor();
    const identifier = { type: 'crmId', value: '17850' };
    const { data } = await server.ask(`mutation ($input: IdentifyInput!) { identify(input: $input) { customer { id } } }`, {
      variables: { input: { identifiers: [identifier] } },
      role: 'SERVICE',
    });
    await server.ask(`mutation ($input: EraseCustomerInput!) { eraseCustomer(input: $input) { complete } }`, {
      variables: { input: { customerId: data.identify.customer.id } },
      role: 'ADMIN',
    });
    await heading(page, 'Nothing is held of this customer any more').waitFor();
    // The tab forgets the name a moment after the page.
    await expect.poll(() => page.locator('body').textContent(), PATIENTLY).not.toContain('Ashdown');
  });

  it('says that a colleague merged the customer who is open', async () => {
    const { page, server, capture } = await openDesk();
    const first = await capture('web', '12583', [{ type: 'page_view' }]);
    const second = await capture('web', '17850', [{ type: 'page_view' }]);
    await page.evaluate((hash) => {
      location.hash = hash;
    }, MAYA);
    await heading(page, 'Maya Ashdown').waitFor();
    await server.ask(`mutation ($input: MergeCustomersInput!) { mergeCustomers(input: $input) { customer { id } } }`, {
      variables: { input: { customerIds: [first, second] } },
      role: 'SERVICE',
    });
    await page.getByText('was merged with another customer. You see both as one now.').first().waitFor();
  });

  it('keeps what the agent was writing of a customer whom a colleague merges, and nothing of one who is erased', async () => {
    const { page, server, capture } = await openDesk();
    const first = await capture('web', '12583', [{ type: 'page_view' }]);
    const second = await capture('web', '17850', [{ type: 'page_view' }]);
    const note = page.getByRole('textbox', { name: 'Note on this call' });
    const kept = () => page.evaluate(() => JSON.stringify({ ...sessionStorage }));
    await page.evaluate((hash) => {
      location.hash = hash;
    }, MAYA);
    await heading(page, 'Maya Ashdown').waitFor();
    await note.fill('wants it on Friday');
    await server.ask(`mutation ($input: MergeCustomersInput!) { mergeCustomers(input: $input) { customer { id } } }`, {
      variables: { input: { customerIds: [first, second] } },
      role: 'SERVICE',
    });
    await page.getByText('was merged with another customer. You see both as one now.').first().waitFor();
    await page.reload();
    await expect.poll(() => note.inputValue(), PATIENTLY).toBe('wants it on Friday');
    await server.ask(`mutation ($input: EraseCustomerInput!) { eraseCustomer(input: $input) { complete } }`, {
      variables: { input: { customerId: first } },
      role: 'ADMIN',
    });
    await heading(page, 'Nothing is held of this customer any more').waitFor();
    await expect.poll(kept, PATIENTLY).not.toContain('Friday');
  });

  it('takes what is written in a tab and in its duplicate for two notes', async () => {
    const { page, context, url, server, capture } = await openDesk();
    const customerId = await capture('web', '17850', [{ type: 'page_view' }]);
    await page.evaluate((hash) => {
      location.hash = hash;
    }, MAYA);
    const noteOf = (tab: Page) => tab.getByRole('textbox', { name: 'Note on this call' });
    await noteOf(page).fill('wants it');
    // A tab is kept once it is known whose it is.
    await page.getByRole('button', { name: 'Close Maya Ashdown' }).waitFor();
    const copied = await page.evaluate(() => ({ ...sessionStorage }));
    const duplicate = await context.newPage();
    await duplicate.addInitScript((entries) => {
      for (const [name, value] of Object.entries(entries)) sessionStorage.setItem(name, value);
    }, copied);
    await duplicate.goto(`${url}/agent`);
    await expect.poll(() => noteOf(duplicate).inputValue(), PATIENTLY).toBe('wants it');
    for (const [tab, text] of [
      [page, 'wants it on Friday'],
      [duplicate, 'wants it in red'],
    ] as const) {
      await noteOf(tab).fill(text);
      await noteOf(tab).press('Control+Enter');
      await expect.poll(() => noteOf(tab).inputValue(), PATIENTLY).toBe('');
    }
    const query = `query ($id: ID!) { node(id: $id) { ... on Customer { interactions { edges { node { properties } } } } } }`;
    const { data } = await server.ask(query, { variables: { id: customerId }, role: 'SERVICE' });
    expect(JSON.stringify(data)).toMatch(/on Friday.*in red|in red.*on Friday/);
  });

  /** The sheet in which an identifier is linked to Maya, who is stored. */
  async function openLinkSheet() {
    const { page, capture } = await openDesk();
    await capture('web', '17850', [{ type: 'page_view' }]);
    await page.evaluate((hash) => {
      location.hash = hash;
    }, MAYA);
    await heading(page, 'Maya Ashdown').waitFor();
    await page.getByRole('button', { name: /^More: link/ }).click();
    await page.getByRole('menuitem', { name: 'Link an identifier', exact: true }).click();
    const sheet = page.getByRole('dialog', { name: 'Link an identifier' });
    return { page, sheet };
  }

  it('gives up the preview of a value that is typed on', async () => {
    const { page, sheet } = await openLinkSheet();
    const has = (text: string) => (request: { postData(): string | null }) => request.postData()?.includes(text) === true;
    // The gateway is busy with it.
    await page.route('**/graphql', (route) => (has('maya@first')(route.request()) ? undefined : route.fallback()));
    const [first] = await Promise.all([
      page.waitForRequest(has('maya@first')),
      sheet.getByRole('textbox', { name: 'Value' }).fill('maya@first.example'),
    ]);
    const [given] = await Promise.all([
      page.waitForEvent('requestfailed', has('maya@first')),
      sheet.getByRole('textbox', { name: 'Value' }).fill('maya@second.example'),
    ]);
    expect(given).toBe(first);
    await sheet.getByText('is linked to Maya Ashdown').waitFor();
  });

  it('says that an undo was refused, also after its customer was closed', async () => {
    const { page, sheet } = await openLinkSheet();
    await sheet.getByRole('combobox', { name: 'Kind of identifier' }).selectOption('phone');
    await sheet.getByRole('textbox', { name: 'Value' }).fill('+44 7700 900123');
    await sheet.getByText('is linked to Maya Ashdown').waitFor();
    await page.keyboard.press('Control+Enter');
    await page.getByText('Phone number was linked.').first().waitFor();
    await page.keyboard.press('Alt+w');
    await page.route('**/graphql', (route) => route.abort());
    await page.getByRole('button', { name: /^Undo/ }).click();
    await page.getByText('It was not undone. The gateway cannot be reached.').first().waitFor();
  });

  it('leaves the journey where it was while a list of the customer is looked at', async () => {
    const { page, capture } = await openDesk();
    const now = Date.now();
    const at = (hours: number) => new Date(now - hours * 3_600_000).toISOString();
    await capture(
      'web',
      '17850',
      Array.from({ length: 90 }, (_, index) => ({ type: 'search', occurredAt: at(index * 7), properties: { query: `lamp ${index}` } })),
    );
    await page.evaluate((hash) => {
      location.hash = hash;
    }, MAYA);
    const pages = page.getByRole('navigation', { name: 'Pages of this customer' });
    await page.getByText('lamp 0', { exact: true }).waitFor();
    const loaded = await pages.getByRole('button', { name: /^Journey/ }).textContent();
    await pages.getByRole('button', { name: /^Orders/ }).click();
    await page.getByRole('table').waitFor();
    // Twice, so that everything that watches sizes has reported what it sees.
    for (let frame = 0; frame < 2; frame++) await page.evaluate(() => new Promise(requestAnimationFrame));
    await pages.getByRole('button', { name: /^Journey/ }).click();
    await page.getByText('lamp 0', { exact: true }).waitFor();
    expect(await pages.getByRole('button', { name: /^Journey/ }).textContent()).toBe(loaded);
    expect(await page.locator('.journey-timeline').evaluate(({ scrollTop }) => scrollTop)).toBe(0);
  });
});
