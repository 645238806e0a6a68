import type { Page, WebSocketRoute } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { findAxeViolations } from '../../support/axe.ts';
import { isBrowserMissing, naming } from '../../support/browser.ts';
import { PATIENTLY } from '../../support/waiting.ts';
import { type Desk, type DeskOptions, holdReadingAgain, useDesk } from '../desk.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ago = (milliseconds: number) => new Date(Date.now() - milliseconds).toISOString();
const bought = (invoiceNo: string, milliseconds: number) => ({
  id: invoiceNo,
  type: 'purchase',
  occurredAt: ago(milliseconds),
  properties: { invoiceNo, total: 44.4, currency: 'GBP' },
});
const viewed = (page: string, milliseconds: number) => ({
  id: `${page}-${milliseconds}`,
  type: 'page_view',
  occurredAt: ago(milliseconds),
  pageUrl: `https://shop.example/${page}`,
});

describe.skipIf(isBrowserMissing)(naming('the journey of the agent desktop'), () => {
  const openDesk = useDesk();

  /** The desk with a customer who did this, once their journey is on the screen. */
  async function openJourney(web: readonly object[], options: DeskOptions = {}): Promise<Desk> {
    const desk = await openDesk(options);
    for (let start = 0; start < web.length; start += 100) await desk.capture('web', '17850', web.slice(start, start + 100));
    await open(desk);
    await desk.page.locator('.journey-event, .journey-beginning').first().waitFor();
    return desk;
  }

  async function open({ page, url }: Desk): Promise<void> {
    await page.locator('.app-desk').waitFor();
    await page.goto(`${url}/agent#identifier=crmId:17850`);
  }

  /** Waits until the desktop listens: what is captured before that is read a moment later, and not live. */
  const listening = (page: Page) => page.getByText('Live', { exact: true }).waitFor();
  const titles = (page: Page) => page.locator('.journey-title').allTextContents();
  /** What the tab says, a moment after the rows are there. */
  const countOf = (page: Page) => page.locator('.journey-tab').first().textContent();
  const focused = (page: Page) => page.evaluate(() => document.activeElement?.querySelector('.journey-title')?.textContent ?? null);

  it('shows what happened over all channels, with page views close together in one row that opens to its pages', async () => {
    const desk = await openDesk();
    const { page, capture } = desk;
    // Before noon of yesterday: no midnight parts the pages, whatever time it is now.
    const noon = Date.now() - new Date().setHours(-12, 0, 0, 0);
    const pages = [1, 2, 3, 4].map((n) => viewed(`lantern-${n}`, noon + n * MINUTE));
    await capture('web', '17850', [bought('536407', noon + 3 * HOUR), ...pages]);
    const email = { type: 'email_open', occurredAt: ago(noon + HOUR), properties: { campaign: 'December gifts' } };
    await capture('newsletter', '17850', [email]);
    await open(desk);
    await page.getByText('4 pages in 3 minutes').waitFor();
    expect(await titles(page)).toEqual(['4 pages in 3 minutes', 'Opened', 'Bought 536407']);
    await page.getByRole('button', { name: 'Show 4 pages in 3 minutes' }).click();
    expect(await page.locator('.journey-pages li').allTextContents()).toHaveLength(4);
    expect(await page.locator('.journey-pages li').first().textContent()).toContain('Lantern 1');
  });

  it('opens a row to words and units, and to what was sent on demand', async () => {
    const call = { type: 'call', occurredAt: ago(HOUR), properties: { reason: 'A copy', durationSeconds: 192, by: 'the customer' } };
    const { page } = await openJourney([call]);
    await page.getByRole('button', { name: /^Show Call/ }).click();
    const details = page.locator('.journey-said');
    await details.getByText('Duration', { exact: true }).waitFor();
    expect(await details.textContent()).toContain('Known byparameter cid in the address');
    // A sender's word for what the gateway says itself is in quotes.
    expect(await details.textContent()).toContain('“By”the customer');
    await page.getByRole('button', { name: 'As it was sent' }).click();
    await details.getByText('properties.durationSeconds').waitFor();
    expect(await details.textContent()).toContain('urlParameter:cid');
  });

  it('says an answered offer by its title, and names its file on demand', async () => {
    const content = { en: { title: 'Apologise, and offer a voucher' }, de: { title: 'Entschuldigung und Gutschein' } };
    const desk = await openDesk({
      config: { placements: { agent: { slots: 1, viewers: ['AGENT'] } }, agentDesktop: { placement: 'agent' } },
      offers: { 'open-ticket': { placements: ['agent'], content } },
    });
    await open(desk);
    const { page } = desk;
    await page.getByRole('heading', { name: 'Apologise, and offer a voucher' }).waitFor();
    await page.keyboard.press('p');
    await page.getByText('What did they say?').waitFor();
    await page.keyboard.press('a');
    const row = page.locator('.journey-event', { hasText: 'Took an offer' });
    await row.getByText('Apologise, and offer a voucher').waitFor();
    await row.getByRole('button', { name: 'Show Took an offer' }).click();
    await page.getByRole('button', { name: 'As it was sent' }).click();
    await page.locator('.journey-said').getByText('open-ticket', { exact: true }).waitFor();
  });

  it('shows a live interaction above the unread line', async () => {
    const { page, capture } = await openJourney([bought('1', HOUR)]);
    await listening(page);
    await capture('web', '17850', [bought('2', 0)]);
    await page.getByText('1 new since you last looked').waitFor();
    expect(await titles(page)).toEqual(['Bought 2', 'Bought 1']);
    await page.getByText('1 new, last: Bought 2').waitFor({ state: 'attached' });
  });

  it('lets what is new wait while a row has the focus, and U leads to it', async () => {
    const { page, capture } = await openJourney([bought('1', HOUR), bought('0', 2 * HOUR)]);
    await listening(page);
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await capture('web', '17850', [bought('2', 0)]);
    await page.getByRole('button', { name: '1 new' }).waitFor();
    expect([await titles(page), await focused(page)]).toEqual([['Bought 1', 'Bought 0'], 'Bought 0']);
    await page.keyboard.press('u');
    await page.getByText('1 new since you last looked').waitFor();
    await expect.poll(() => focused(page), PATIENTLY).toBe('Bought 2');
  });

  it('moves by J and K, and opens a row by Enter, all by keyboard', async () => {
    const { page } = await openJourney([bought('3', HOUR), bought('2', 2 * HOUR), bought('1', 3 * HOUR)]);
    for (const [key, title] of [
      ['j', 'Bought 3'],
      ['j', 'Bought 2'],
      ['j', 'Bought 1'],
      ['j', 'Bought 1'],
      ['k', 'Bought 2'],
    ] as const) {
      await page.keyboard.press(key);
      await expect.poll(() => focused(page), PATIENTLY).toBe(title);
    }
    await page.keyboard.press('Enter');
    await page.locator('.journey-open').getByText('Touchpoint').waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.journey-open').waitFor({ state: 'detached' });
  });

  it('loses nothing and shows nothing twice when the socket is cut, and says so', async () => {
    const desk = await openDesk();
    const { page, capture } = desk;
    let isCut = false;
    const sockets = new Set<{ close: (options: { code: number }) => Promise<void> }>();
    await page.routeWebSocket(/graphql/, (socket) => {
      if (isCut) return void socket.close({ code: 4000 });
      socket.connectToServer();
      sockets.add(socket);
    });
    // A route counts from the next document on.
    await page.reload();
    await capture('web', '17850', [bought('1', HOUR)]);
    await open(desk);
    await listening(page);
    await capture('web', '17850', [bought('2', 30 * MINUTE)]);
    await page.getByText('Bought 2').first().waitFor();
    isCut = true;
    await Promise.all([...sockets].map((socket) => socket.close({ code: 4000 })));
    await page.getByText(/^Not connected, this is from/).waitFor();
    await capture('web', '17850', [bought('3', 3_000), bought('4', 2_000), bought('5', 1_000)]);
    isCut = false;
    await page.getByText('Connection was down, 3 read since', { exact: true }).first().waitFor();
    await capture('web', '17850', [bought('6', 0)]);
    await page.getByText('Bought 6').first().waitFor();
    expect(await titles(page)).toEqual(['Bought 6', 'Bought 5', 'Bought 4', 'Bought 3', 'Bought 2', 'Bought 1']);
    expect(await page.getByText(/^Not connected/).count()).toBe(0);
  });

  it('has each of 130 interactions once after ten seconds without a socket, also one that was sent late', async () => {
    const desk = await openDesk();
    const { page, capture, url } = desk;
    // The journey is short enough to be on the screen as a whole.
    await page.setViewportSize({ width: 1280, height: 9_000 });
    await page.clock.install({ time: Date.now() });
    let isCut = false;
    const sockets = new Set<WebSocketRoute>();
    await page.routeWebSocket(/graphql/, (socket) => {
      if (isCut) return void socket.close({ code: 4000 });
      socket.connectToServer();
      sockets.add(socket);
    });
    // A clock and a route count from the next document on.
    await page.goto(`${url}/health/live`);
    await capture('web', '17850', [bought('before', 2 * HOUR)]);
    await page.goto(`${url}/agent#identifier=crmId:17850`);
    await listening(page);
    isCut = true;
    await Promise.all([...sockets].map((socket) => socket.close({ code: 4000 })));
    await page.getByText(/^Not connected, this is from/).waitFor();
    const missed = Array.from({ length: 128 }, (_, n) => bought(`n${n}`, (n + 1) * 1_000));
    await capture('web', '17850', missed.slice(0, 64));
    await page.clock.fastForward(10_000);
    await page.getByText(/^Not connected, this is from/).waitFor();
    await capture('web', '17850', [...missed.slice(64), bought('late', 3 * HOUR)]);
    isCut = false;
    await expect
      .poll(async () => {
        await page.clock.fastForward(1_000);
        return page.getByText('Live', { exact: true }).count();
      }, PATIENTLY)
      .toBe(1);
    const expected = [...missed.map(({ id }) => id), 'before', 'late'].map((id) => `Bought ${id}`);
    await expect.poll(() => titles(page), PATIENTLY).toEqual(expected);
    await expect.poll(() => countOf(page), PATIENTLY).toBe('Journey 130');
  });

  it('reads what the gateway may have missed, as the next live interaction says', async () => {
    const desk = await openDesk();
    const { page, capture, url } = desk;
    await page.clock.install({ time: Date.now() });
    const lost: string[] = [];
    await page.routeWebSocket(/graphql/, (socket) => {
      const server = socket.connectToServer();
      socket.onMessage((message) => server.send(message));
      server.onMessage((message) => {
        const text = String(message);
        // As when the gateway was cut off from the other replicas: it says so with the first that comes through again.
        if (text.includes('"lost-')) return void lost.push(text);
        if (!text.includes('"found"')) return socket.send(message);
        const sent = JSON.parse(text);
        sent.payload.extensions = { ...sent.payload.extensions, gap: { since: ago(10 * MINUTE) } };
        socket.send(JSON.stringify(sent));
      });
    });
    await page.goto(`${url}/health/live`);
    await capture('web', '17850', [bought('first', HOUR)]);
    // A moment after it has begun to listen, the desktop reads once more what is newest: not what this is about.
    const settled = page.waitForResponse((response) => response.request().postDataJSON()?.variables?.first === 100);
    await page.goto(`${url}/agent#identifier=crmId:17850`);
    await listening(page);
    await page.clock.fastForward(3_000);
    await settled;
    await capture('web', '17850', [bought('second', 50 * MINUTE)]);
    await page.getByText('Bought second').waitFor();
    await capture('web', '17850', [bought('lost-1', 2_000), bought('lost-2', 1_000)]);
    await expect.poll(() => lost.length, PATIENTLY).toBeGreaterThanOrEqual(2);
    expect(await titles(page)).toEqual(['Bought second', 'Bought first']);
    await capture('web', '17850', [bought('found', 0)]);
    await page.getByText('Bought lost-1').waitFor();
    await expect
      .poll(() => titles(page), PATIENTLY)
      .toEqual(['Bought found', 'Bought lost-2', 'Bought lost-1', 'Bought second', 'Bought first']);
  });

  it('reads older pages while one scrolls, to the beginning', async () => {
    const all = Array.from({ length: 260 }, (_, index) => bought(`n${index}`, (index + 1) * HOUR));
    const { page } = await openJourney(all);
    await expect.poll(() => countOf(page), PATIENTLY).toMatch(/\+$/);
    const timeline = page.locator('.journey-timeline');
    await expect
      .poll(async () => {
        await timeline.evaluate((element) => element.scrollTo(0, element.scrollHeight));
        return page.getByText('The journey begins here.').count();
      }, PATIENTLY)
      .toBe(1);
    expect(await titles(page)).toContain('Bought n259');
    await expect.poll(() => countOf(page), PATIENTLY).toBe('Journey 260');
  });

  /** Opens the journey at a day that lies so far back, and waits until the day is on the screen. */
  async function goToDay(page: Page, milliseconds: number, expected: RegExp): Promise<void> {
    await page.getByRole('button', { name: 'Go to a day' }).click();
    const day = new Date(Date.now() - milliseconds);
    await page.locator('input[name=day]').fill(day.toLocaleDateString('sv'));
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await onScreen(page))?.title, PATIENTLY).toMatch(expected);
  }

  /** The first row at the top of the screen and where it is; null while the rows that belong there are not rendered. */
  const onScreen = (page: Page) =>
    page.evaluate(() => {
      const top = document.querySelector('.journey-timeline')?.getBoundingClientRect().top ?? 0;
      const rows = [...document.querySelectorAll('.journey-event')].map((row) => ({
        title: row.querySelector('.journey-title')?.textContent ?? '',
        top: row.getBoundingClientRect().top - top,
      }));
      const [first] = rows.filter((row) => row.top >= 0).sort((a, b) => a.top - b.top);
      return first !== undefined && first.top < 100 ? first : null;
    });

  /** Scrolls to so many pixels, and waits until what is there is on the screen. */
  async function scrollTo(page: Page, pixels: number) {
    await page.locator('.journey-timeline').evaluate((element, to) => element.scrollTo(0, to), pixels);
    await expect.poll(() => onScreen(page), PATIENTLY).not.toBeNull();
    return onScreen(page);
  }

  const height = (page: Page) => page.locator('.journey-timeline').evaluate((element) => element.scrollHeight);

  it('keeps what is being read where it is while newer pages come in above it', async () => {
    const all = Array.from({ length: 400 }, (_, index) => bought(`n${index}`, (index + 1) * 12 * HOUR));
    const { page } = await openJourney(all);
    await goToDay(page, 100 * 24 * HOUR, /Bought n(198|199|200)/);
    const former = await height(page);
    const read = await scrollTo(page, 600);
    await expect.poll(() => height(page), PATIENTLY).toBeGreaterThan(former + 3_000);
    expect(await onScreen(page)).toEqual(read);
  });

  it('keeps what is being read where it is at the top as well, where the day goes on in a page above', async () => {
    // The day ends 36 to 60 hours ago, whatever time it is now: more than one page is newer.
    const all = Array.from({ length: 400 }, (_, index) => bought(`n${index}`, (index + 1) * 10 * MINUTE));
    const { page, capture } = await openJourney(all);
    // What is newer is answered when the test says so: each page comes in while the first row is at the top.
    const answers: (() => void)[] = [];
    await page.route('**/graphql', async (route) => {
      if (route.request().postDataJSON()?.variables?.last === 100) await new Promise<void>((resolve) => answers.push(resolve));
      await route.continue();
    });
    await goToDay(page, 60 * HOUR, /^Bought n/);
    let pages = 0;
    for (let more = true; more; pages++) {
      const former = await height(page);
      const read = await scrollTo(page, 0);
      await expect.poll(() => answers.length, PATIENTLY).toBe(1);
      answers.pop()?.();
      await expect.poll(() => height(page), PATIENTLY).toBeGreaterThan(former);
      expect(await onScreen(page)).toEqual(read);
      more = !(await hasNewest(page));
    }
    expect(pages).toBeGreaterThanOrEqual(2);
    const read = await scrollTo(page, 900);
    await capture('web', '17850', [bought('live', 0), bought('late', 25 * MINUTE)]);
    await page.getByRole('button', { name: '2 new' }).waitFor();
    expect(await onScreen(page)).toEqual(read);
  });

  /** Whether the newest interaction is loaded: at the top of the list, where one looks and comes back. */
  async function hasNewest(page: Page): Promise<boolean> {
    const timeline = page.locator('.journey-timeline');
    const offset = await timeline.evaluate((element) => element.scrollTop);
    const first = await scrollTo(page, 0);
    await scrollTo(page, offset);
    return first?.title === 'Bought n0';
  }

  it('filters by channel and by time frame, and counts what is loaded', async () => {
    const { page, capture } = await openJourney([bought('1', 400 * 24 * HOUR), viewed('lantern', MINUTE)]);
    await capture('newsletter', '17850', [{ id: 'm', type: 'email_open', properties: { campaign: 'Gifts' } }]);
    await page.getByText('Gifts').waitFor();
    await page.keyboard.press('f');
    await page.keyboard.press('ArrowRight');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('E-mail1');
    await page.keyboard.press('Enter');
    await expect.poll(() => titles(page), PATIENTLY).toEqual(['Opened']);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Week' }).click();
    await expect.poll(() => titles(page), PATIENTLY).toEqual(['Opened', 'Looked at']);
    await page.getByRole('button', { name: 'Show everything' }).click();
    await expect.poll(() => titles(page), PATIENTLY).toEqual(['Opened', 'Looked at', 'Bought 1']);
  });

  it('opens the invoice of a purchase in its row, and a list to its inner lists', async () => {
    const { page } = await openJourney([bought('536790', HOUR)]);
    await page.getByRole('button', { name: 'Show Bought 536790' }).click();
    await page.locator('.journey-open .journey-inner').waitFor();
    await page.getByRole('button', { name: /^Orders/ }).click();
    await page.getByRole('button', { name: 'Details of 536790' }).click();
    await page.locator('.journey-table-more .journey-inner').waitFor();
  });

  it('says which source of a list failed, and asks it again alone', async () => {
    const desk = await openDesk();
    const { page, backEnds } = desk;
    backEnds.stop('support');
    await page.locator('.app-desk').waitFor();
    await holdReadingAgain(page);
    await open(desk);
    await page.getByRole('button', { name: /Tickets.*could not be read/ }).click();
    await page.getByText('Tickets could not be read: support did not answer.').waitFor();
    backEnds.start('support');
    await page.locator('.journey-page').getByRole('button', { name: 'Ask support again' }).click();
    await page.getByRole('cell', { name: 'When will 536790 arrive?' }).waitFor();
  });

  it('keeps its rows and stays live when another customer is looked at in between', async () => {
    const { page, capture } = await openJourney([bought('1', HOUR)]);
    await listening(page);
    await page.evaluate(() => {
      location.hash = '#identifier=crmId:12583';
    });
    await page.getByRole('heading', { level: 1, name: 'Hugo Garner' }).waitFor();
    await capture('web', '17850', [bought('2', 0)]);
    await page.keyboard.press('Alt+1');
    await page.getByText('1 new since you last looked').waitFor();
    await expect.poll(async () => (await titles(page)).slice(0, 2), PATIENTLY).toEqual(['Bought 2', 'Bought 1']);
  });

  it.each([
    { theme: 'light', width: 1280 },
    { theme: 'dark', width: 1280 },
    { theme: 'light', width: 380 },
    { theme: 'dark', width: 380 },
  ] as const)('has nothing that axe finds in $theme at $width pixels', async ({ theme, width }) => {
    const { page, capture } = await openJourney([bought('536790', HOUR), ...[1, 2, 3].map((n) => viewed(`lantern-${n}`, n * MINUTE))], {
      theme,
      width,
    });
    await listening(page);
    await capture('web', '17850', [bought('2', 0)]);
    await page.getByText('1 new since you last looked').waitFor();
    await page.getByRole('button', { name: 'Show Bought 536790' }).click();
    expect(await findAxeViolations(page, '.app-journey')).toEqual([]);
    await page.getByRole('button', { name: /^Orders/ }).click();
    await page.getByRole('button', { name: 'Details of 536790' }).click();
    expect(await findAxeViolations(page, '.app-journey')).toEqual([]);
  });
});
