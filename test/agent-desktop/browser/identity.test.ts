import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { findAxeViolations } from '../../support/axe.ts';
import { isBrowserMissing, naming } from '../../support/browser.ts';
import type { TestGateway } from '../../support/gateway.ts';
import { PATIENTLY } from '../../support/waiting.ts';
import { type DeskOptions, untilFocused, useDesk } from '../desk.ts';

const MAYA = { type: 'crmId', value: '17850' };
const CLUB = { type: 'email', value: 'maya.ashdown@example.org' };
const BROWSER = { type: 'visitorId', value: '6f1c2f00-1111-4222-8333-444455559e04' };

describe.skipIf(isBrowserMissing)(naming('who somebody is, in the agent desktop'), () => {
  const openDesk = useDesk();

  /**
   * Maya with a customer number, and the visitor of a club with an e-mail address and three visits.
   * @param more what else was linked to Maya, one after the other, before she is opened.
   */
  async function openMaya(options: DeskOptions = {}, more: readonly object[] = []) {
    const desk = await openDesk({ ...options, address: '' });
    const { server, page, url } = desk;
    await link(server, [MAYA], { occurredAt: '2009-07-22T09:00:00Z' });
    for (const identifier of more) await link(server, [MAYA, identifier]);
    const { id } = await link(server, [CLUB, BROWSER], { attributes: { favouriteStore: 'York' } });
    const record = (n: number) => ({ type: 'page_view', touchpoint: 'web', identifiers: [CLUB], pageUrl: `https://shop.example/${n}` });
    await ask(
      server,
      `mutation ($interactions: [InteractionInput!]!) { captureInteractions(input: { interactions: $interactions }) { accepted } }`,
      {
        interactions: [1, 2, 3].map(record),
      },
    );
    // The desk hears of a new fragment once it is there.
    await page.locator('.app-desk').waitFor();
    await page.goto(`${url}/agent#identifier=crmId:17850`);
    await page.getByRole('heading', { level: 1, name: 'Maya Ashdown' }).waitFor();
    return { ...desk, clubId: id };
  }

  it('merges with a preview that says who stays and what moves, and undoes it by a split', async () => {
    const { page, server, clubId } = await openMaya();
    await openGraph(page);
    await page.getByRole('button', { name: 'Merge' }).click();
    const sheet = page.getByRole('dialog', { name: 'Make these two one customer?' });
    const merge = sheet.getByRole('button', { name: /^Merge/ });
    await sheet.getByRole('textbox', { name: 'Who is the other customer?' }).fill(CLUB.value);
    await sheet.getByRole('button', { name: /E-mail address/ }).click();
    await sheet.getByText('identifiers of one customer').waitFor();
    expect(await sheet.locator('.identity-side-stays h3').textContent()).toBe('Maya Ashdown');
    expect(await sheet.locator('.identity-side-joins').textContent()).toContain(CLUB.value);
    expect(await ownerOf(server, CLUB)).toBe(clubId);
    await sheet.getByRole('textbox', { name: 'Why are they the same person?' }).fill('She says the club address is hers too');
    expect(await merge.isEnabled()).toBe(true);
    await page.keyboard.press('Control+Enter');
    await page.getByText('Merged. 3 interactions moved.').first().waitFor();
    // It stays while the pointer is on it: its undo is pressed later.
    await page.locator('.toast').hover();
    const maya = await ownerOf(server, MAYA);
    expect(await ownerOf(server, CLUB)).toBe(maya);
    await page
      .getByText(/She says the club address is hers too/)
      .first()
      .waitFor();

    await page.getByRole('button', { name: /^Undo/ }).click();
    await page.getByText('Undone.').first().waitFor();
    // As it was before, ids included.
    expect([await ownerOf(server, CLUB), await ownerOf(server, BROWSER), await ownerOf(server, MAYA)]).toEqual([clubId, clubId, maya]);
    expect(await idNow(server, clubId)).toBe(clubId);
  });

  it('says before a merge whose record the sources will show, and they show it', async () => {
    const { page, server } = await openMaya();
    // Maya is the older customer and stays, but his number was seen last.
    const hugo = { type: 'crmId', value: '12583' };
    await link(server, [hugo], { occurredAt: '2010-03-02T09:00:00Z' });
    await openGraph(page);
    await page.getByRole('button', { name: 'Merge' }).click();
    const sheet = page.getByRole('dialog', { name: 'Make these two one customer?' });
    await sheet.getByRole('textbox', { name: 'Who is the other customer?' }).fill(hugo.value);
    await sheet.locator('.identity-hit').click();
    await sheet.getByText('the record of Hugo Garner is shown, by their customer number 12583.').waitFor();
    expect(await sheet.locator('.identity-side-stays h3').textContent()).toBe('Maya Ashdown');
    expect(await sheet.getByRole('alert').textContent()).toMatch(/^crm, loyalty, orders, support: /);
    // The preview is there.
    await sheet.getByText('identifiers of one customer').waitFor();
    await page.keyboard.press('Control+Enter');
    await page.getByRole('heading', { level: 1, name: 'Identity of Hugo Garner' }).waitFor();
    expect(await ownerOf(server, hugo)).toBe(await ownerOf(server, MAYA));
  });

  it('says nothing of records where the other customer has no key of a source', async () => {
    const { page } = await openMaya();
    await openGraph(page);
    await page.getByRole('button', { name: 'Merge' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByRole('textbox', { name: 'Who is the other customer?' }).fill(CLUB.value);
    await sheet.locator('.identity-hit').click();
    await sheet.getByText('identifiers of one customer').waitFor();
    expect(await sheet.getByRole('alert').count()).toBe(0);
  });

  it('says at once that a value looks like another kind, and why a second customer number cannot be linked', async () => {
    const { page } = await openMaya();
    await openGraph(page);
    await page.getByRole('button', { name: 'Link', exact: true }).press('Enter');
    const sheet = page.getByRole('dialog', { name: 'Link an identifier' });
    await sheet.getByRole('combobox', { name: 'Kind of identifier' }).selectOption('crmId');
    await sheet.getByRole('textbox', { name: 'Value' }).fill('+44 7700 900123');
    expect(await sheet.getByText('This looks like a value of another kind: phone number.').isVisible()).toBe(true);
    await sheet.getByText(/Maya Ashdown has another customer number, and a customer may have only one/).waitFor();
    expect(await sheet.getByText('belong to different customers').count()).toBe(0);
  });

  it('shows no message over the acts of a sheet', async () => {
    const { page } = await openMaya({ height: 480 });
    await openGraph(page);
    await page.getByRole('button', { name: 'Link', exact: true }).press('Enter');
    await page.getByRole('textbox', { name: 'Value' }).fill('+44 7700 900123');
    await page.getByText('is linked to Maya Ashdown').waitFor();
    await page.keyboard.press('Control+Enter');
    // It stays while the pointer is on it, until the sheet covers it: so by a key.
    await page.locator('.toast').hover();
    await page.getByRole('button', { name: 'Split' }).first().press('Enter');
    await page.getByRole('button', { name: 'Keep as one' }).waitFor();
    // The message is still there, behind the sheet.
    const isCovered = await page.locator('.toast').evaluate((toast) => {
      const { left, top, width, height } = toast.getBoundingClientRect();
      const above = document.elementFromPoint(left + width / 2, top + height / 2);
      return above !== null && !toast.contains(above);
    });
    expect(isCovered).toBe(true);
  });

  it('writes nothing while only a preview is shown, and gives the focus back when the sheet closes', async () => {
    const { page, server, clubId } = await openMaya();
    await openGraph(page);
    await page.getByRole('button', { name: 'Merge' }).press('Enter');
    await page.getByRole('textbox', { name: 'Who is the other customer?' }).fill(CLUB.value);
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /E-mail address/ })
      .click();
    await page.getByText('identifiers of one customer').waitFor();
    expect(await findAxeViolations(page, '.sheet')).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await untilFocused(page.getByRole('button', { name: 'Merge' }));
    expect(await ownerOf(server, CLUB)).toBe(clubId);
  });

  it.each([
    ['en', 1280, 'Customer number', 'Merge', 'Who is the other customer?'],
    ['de', 1280, 'Kundennummer', 'Zusammenführen', 'Wer ist der andere Kunde?'],
    ['de', 380, 'Kundennummer', 'Zusammenführen', 'Wer ist der andere Kunde?'],
  ] as const)('compares two customers with no name of a row cut: %s, %s wide', async (language, width, label, merge, question) => {
    const { page } = await openMaya({ language });
    await page.keyboard.press('g');
    await page.getByRole('button', { name: merge }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByRole('textbox', { name: question }).fill(CLUB.value);
    await sheet.locator('.identity-hit').click();
    await sheet.locator('dt', { hasText: label }).first().waitFor();
    await page.setViewportSize({ width, height: 720 });
    const cut = (elements: Element[]) =>
      elements.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).map(({ textContent }) => textContent);
    expect(await sheet.locator('dt, dd, .identity-cell').evaluateAll(cut)).toEqual([]);
    if (width === 380) return;
    // At one time: the sheet moves when the preview comes.
    const [stays = [], joins = [], arrows = []] = await sheet.evaluate((dialog) =>
      ['.identity-side-stays dl > div', '.identity-side-joins dl > div', '.identity-flow > span'].map((selector) =>
        [...dialog.querySelectorAll(selector)].map((row) => row.getBoundingClientRect()).map(({ top, height }) => top + height / 2),
      ),
    );
    expect(stays.length).toBeGreaterThan(3);
    // A line above the rows makes the first one a pixel higher.
    const isBeside = (middles: readonly number[]) => stays.every((middle, index) => Math.abs(middle - (middles[index] ?? 0)) <= 1);
    expect([isBeside(joins), isBeside(arrows)]).toEqual([true, true]);
  });

  it('says that both must be confirmed where agents confirm, and leads to the one who is not', async () => {
    const { page } = await openMaya({ config: { viewers: { agentsConfirm: true } } });
    await openGraph(page);
    await page.getByRole('button', { name: 'Merge' }).click();
    await page.getByRole('textbox', { name: 'Who is the other customer?' }).fill(CLUB.value);
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /E-mail address/ })
      .click();
    await page.getByText(/Both must be confirmed/).waitFor();
    expect(
      await page
        .getByRole('button', { name: /^Merge/ })
        .last()
        .isDisabled(),
    ).toBe(true);
    expect(await page.getByRole('dialog').textContent()).not.toContain(CLUB.value);
    await page.getByRole('button', { name: 'Confirm Customer without a name' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const open = page.getByRole('navigation', { name: 'Open customers' });
    await open.locator('.app-tab').nth(1).waitFor();
  });

  it('links, unlinks and splits with a preview each, by the keyboard', async () => {
    const { page, server } = await openMaya();
    await openGraph(page);
    await page.getByRole('button', { name: 'Link', exact: true }).press('Enter');
    const sheet = page.getByRole('dialog', { name: 'Link an identifier' });
    await sheet.getByRole('textbox', { name: 'Value' }).fill('+44 7700 900123');
    // What looks like a telephone number is one, until the agent says something else.
    expect(await sheet.getByRole('combobox', { name: 'Kind of identifier' }).inputValue()).toBe('phone');
    await sheet.getByText('is linked to Maya Ashdown').waitFor();
    await page.keyboard.press('Control+Enter');
    await page.getByText('Phone number was linked.').first().waitFor();
    const maya = await ownerOf(server, MAYA);
    expect(await ownerOf(server, { type: 'phone', value: '+447700900123' })).toBe(maya);

    await page.getByRole('button', { name: /Linked: phone/ }).click();
    await page.getByRole('button', { name: 'Unlink, with preview' }).press('Enter');
    await page.getByText('leaves Maya Ashdown, and nobody has it').waitFor();
    await page.keyboard.press('Control+Enter');
    await page.getByText('Phone number was unlinked.').first().waitFor();
    expect(await ownerOf(server, { type: 'phone', value: '+447700900123' })).not.toBe(maya);
    await page.getByRole('button', { name: /Unlinked: phone/ }).waitFor();
  });

  it('erases only for who has the role admin, and only what was typed', async () => {
    const { page, server } = await openMaya({ agent: 'tom-hale' });
    const maya = await ownerOf(server, MAYA);
    await openErase(page);
    const erase = page.getByRole('button', { name: 'Erase', exact: true });
    expect(await erase.isDisabled()).toBe(true);
    await page.getByRole('textbox', { name: /Type Customer number/ }).fill('1785');
    expect(await erase.isDisabled()).toBe(true);
    await page.getByRole('textbox', { name: /Type Customer number/ }).fill('17850');
    await erase.click();
    await page.getByText('You are signed in without the role admin.').waitFor();
    expect(await ownerOf(server, MAYA)).toBe(maya);
  });

  it('shows what was whose at an earlier moment, and walks by the arrows', async () => {
    const { page, server } = await openMaya();
    await link(server, [MAYA, BROWSER]);
    await openGraph(page);
    const identifiers = page.getByRole('list', { name: 'Identifiers at this moment' });
    await page.getByText('event 3 of 3').waitFor();
    await identifiers.getByText(CLUB.value).waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.getByText('event 2 of 3').waitFor();
    await page.getByText('Another customer then').waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.getByText('event 1 of 3').waitFor();
    expect(await identifiers.getByText(CLUB.value).count()).toBe(0);
    const table = page.getByRole('table', { name: 'From when to when each identifier was whose' });
    expect(await table.getByRole('row').count()).toBeGreaterThan(3);
  });

  it('keeps the chosen moment when something newer happens', async () => {
    const { page, server } = await openMaya();
    await link(server, [MAYA, BROWSER]);
    await openGraph(page);
    await page.getByText('event 3 of 3').waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.getByText('event 2 of 3').waitFor();
    await link(server, [MAYA, { type: 'phone', value: '+447700900123' }]);
    await page.getByText('event 2 of 4').waitFor();
  });

  it('says that older events could not be read, and reads them again', async () => {
    // Before she is opened: where the desk still hears of identifiers, it reads the newest events again in place of the older ones.
    const phones = Array.from({ length: 52 }, (_, index) => ({ type: 'phone', value: `+4477009001${index + 10}` }));
    const { page } = await openMaya({}, phones);
    await openGraph(page);
    await page.route('**/graphql', (route) => route.abort());
    await page.getByRole('button', { name: 'Show older events' }).click();
    const events = page.locator('.identity-events');
    await events.getByText('The gateway cannot be reached. Check your connection.').waitFor();
    await page.unrouteAll({ behavior: 'wait' });
    await events.getByRole('button', { name: 'Try again' }).click();
    await events.getByText('53 events').waitFor();
  });

  it('says of each identifier what it is and when it came, in words that cover nothing', async () => {
    const { page, server } = await openMaya();
    const emails = ['a', 'maya', 'maya.ashdown.of.the.long.address'].map((name) => ({ type: 'email', value: `${name}@example.com` }));
    const visitors = ['1', '2'].map((digit) => ({ type: 'visitorId', value: BROWSER.value.replace('6f1c', `6f1${digit}`) }));
    await link(server, [MAYA, ...emails, ...visitors, { type: 'phone', value: '+447700900663' }]);
    await openGraph(page);
    const maya = page.getByRole('list', { name: 'Identifiers at this moment' }).getByRole('button').filter({ hasText: MAYA.value });
    await maya.waitFor();
    const lines = await maya.locator('span > span').allTextContents();
    expect(lines).toEqual(['Customer number', MAYA.value, expect.stringMatching(/^a back end, /)]);
    // Why it was linked is the gateway's own sentence, which names types as the configuration does.
    const said = await page.locator('.identity-main, .identity-event-first, .identity-named').allTextContents();
    expect(said.join()).not.toMatch(/crmId|visitorId/);
    for (const width of [1280, 380]) {
      await page.setViewportSize({ width, height: 720 });
      await page.locator(width < 1000 ? '.app-desk-narrow' : '.app-desk:not(.app-desk-narrow)').waitFor();
      await expect.poll(() => overlapping(page), PATIENTLY).toEqual([]);
    }
  });

  it.each(['light', 'dark'] as const)('has nothing that axe finds, %s, wide and narrow', async (theme) => {
    const { page } = await openMaya({ theme });
    await openGraph(page);
    expect(await findAxeViolations(page, '.identity-page')).toEqual([]);
    await page.setViewportSize({ width: 380, height: 720 });
    await page.locator('.app-desk-narrow').waitFor();
    await page.getByRole('heading', { name: 'What happened' }).last().waitFor();
    expect(await findAxeViolations(page, '.identity-page')).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(380);
  });
});

async function openGraph(page: Page): Promise<void> {
  await page.keyboard.press('g');
  await page.getByRole('heading', { level: 1, name: 'Identity of Maya Ashdown' }).waitFor();
  await page.getByRole('heading', { name: 'What happened' }).waitFor();
}

/** What covers something else in the picture of the identity graph, or comes out of its node. */
function overlapping(page: Page): Promise<string[]> {
  return page
    .locator('.identity-picture')
    .filter({ visible: true })
    .evaluate((picture) => {
      const nodes = [...picture.querySelectorAll('.identity-node, svg text')];
      const boxes = nodes.map((node) => node.getBoundingClientRect());
      const found = nodes.flatMap((node, index) =>
        boxes.slice(index + 1).flatMap((other) => {
          const own = boxes[index] as DOMRect;
          const isApart = own.right <= other.left || other.right <= own.left || own.bottom <= other.top || other.bottom <= own.top;
          return isApart ? [] : [`${node.textContent} covers another`];
        }),
      );
      const out = nodes.filter((node, index) =>
        [...node.querySelectorAll('span')].some((part) => part.getBoundingClientRect().right > (boxes[index] as DOMRect).right),
      );
      return [...found, ...out.map(({ textContent }) => `${textContent} is wider than its box`)];
    });
}

async function openErase(page: Page): Promise<void> {
  await page.getByRole('button', { name: /More/ }).first().click();
  await page.getByRole('menuitem', { name: /Erase/ }).click();
}

async function ask(server: TestGateway, query: string, variables: Record<string, unknown>) {
  const { data, errors } = await server.ask(query, { variables, role: 'SERVICE' });
  expect(errors).toEqual([]);
  return data;
}

async function link(server: TestGateway, identifiers: readonly object[], more: object = {}): Promise<{ id: string }> {
  const query = 'mutation ($input: IdentifyInput!) { identify(input: $input) { customer { id } } }';
  return (await ask(server, query, { input: { identifiers, ...more } })).identify.customer;
}

/** The id that a customer of this id has by now. */
async function idNow(server: TestGateway, id: string): Promise<string> {
  return (await ask(server, 'query ($id: ID!) { node(id: $id) { id } }', { id })).node.id;
}

async function ownerOf(server: TestGateway, identifier: object): Promise<string | undefined> {
  const query = 'query ($identifier: IdentifierInput!) { customerByIdentifier(identifier: $identifier) { id } }';
  return (await ask(server, query, { identifier })).customerByIdentifier?.id;
}
