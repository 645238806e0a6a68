import type { Page, Response } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { isBrowserMissing, naming } from '../../support/browser.ts';
import { PATIENTLY } from '../../support/waiting.ts';
import { type Desk, useDesk } from '../desk.ts';

const MAYA = { type: 'crmId', value: '17850' };
const PHONE = { type: 'phone', value: '+447700900123' };
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });
const box = (page: Page) => page.getByRole('combobox', { name: 'Phone, e-mail, number or name' });
const note = (page: Page) => page.getByRole('textbox', { name: 'Note on this call' }).filter({ visible: true });
const tabs = (page: Page) => page.getByRole('navigation', { name: 'Open customers' });

const ring = (page: Page, { type, value }: typeof MAYA) =>
  page.evaluate(
    (hash) => {
      location.hash = hash;
    },
    `identifier=${type}:${encodeURIComponent(value)}`,
  );

/** Links these identifiers to one customer, as a back end does it. */
const identify = ({ server }: Desk, ...identifiers: readonly (typeof MAYA)[]) =>
  server.ask('mutation ($input: IdentifyInput!) { identify(input: $input) { customer { id } } }', {
    role: 'SERVICE',
    variables: { input: { identifiers } },
  });

describe.skipIf(isBrowserMissing)(naming('a note that is not saved'), () => {
  const openDesk = useDesk();

  it('comes back with its customer, who was closed by mistake', async () => {
    const { page } = await openDesk({ address: '#identifier=crmId:17850' });
    await note(page).fill('wants it on Friday');
    await page.keyboard.press('Alt+w');
    await page.getByText('Maya Ashdown was closed with a note that is not saved.').first().waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await heading(page, 'Maya Ashdown').waitFor();
    await expect.poll(() => note(page).inputValue(), PATIENTLY).toBe('wants it on Friday');
    // It is kept again as every other note is.
    await page.reload();
    await expect.poll(() => note(page).inputValue(), PATIENTLY).toBe('wants it on Friday');
  });

  it('is gone with the message, and nothing is asked where no note was written', async () => {
    const { page } = await openDesk({ address: '#identifier=crmId:17850' });
    await note(page).fill('wants it on Friday');
    await tabs(page).getByRole('button', { name: 'Close Maya Ashdown' }).click();
    await page.getByRole('button', { name: 'Close message' }).click();
    await ring(page, MAYA);
    await heading(page, 'Maya Ashdown').waitFor();
    expect(await note(page).inputValue()).toBe('');
    await page.keyboard.press('Alt+w');
    await box(page).waitFor();
    expect(await page.getByRole('button', { name: 'Undo' }).count()).toBe(0);
  });

  it('cannot be brought back by who signs in next', async () => {
    const { page } = await openDesk({ address: '#identifier=crmId:17850' });
    await note(page).fill('wants it on Friday');
    await page.keyboard.press('Alt+w');
    await page.getByRole('button', { name: 'Undo' }).waitFor();
    await page.getByRole('button', { name: 'Agent Tom Hale' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Tom Hale' }).waitFor();
    // A moment after the sign-out, and sooner than the message goes by itself.
    await expect.poll(() => page.getByRole('button', { name: 'Undo' }).count(), { ...PATIENTLY, timeout: 5_000 }).toBe(0);
    expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage }))).not.toContain('Friday');
  });

  it('goes with its customer, who is merged with another one who is open', async () => {
    const desk = await openDesk({ address: '#identifier=crmId:17850' });
    const { page } = desk;
    await note(page).fill('wants it on Friday');
    await identify(desk, PHONE);
    await ring(page, PHONE);
    await tabs(page).locator('[aria-current=page]', { hasText: 'Phone …0123' }).waitFor();
    await note(page).fill('calls from work');
    await identify(desk, MAYA, PHONE);
    const close = tabs(page).getByRole('button', { name: /^Close/ });
    await expect.poll(() => close.count(), PATIENTLY).toBe(1);
    await expect.poll(() => note(page).inputValue(), PATIENTLY).toContain('wants it on Friday');
    expect(await note(page).inputValue()).toContain('calls from work');
    await page.reload();
    await expect.poll(() => note(page).inputValue(), PATIENTLY).toContain('wants it on Friday');
  });
});

describe.skipIf(isBrowserMissing)(naming('somebody who is not known yet'), () => {
  const openDesk = useDesk();

  it('is opened by the number that they say, and called by it', async () => {
    const { page } = await openDesk();
    await box(page).fill('07700 900999');
    await page.getByRole('button', { name: 'Open as a new caller' }).click();
    await tabs(page).getByText('Phone …0999').waitFor();
    await note(page).waitFor();
    await page.keyboard.press('Alt+w');
    await box(page).waitFor();
    await page.getByRole('option', { name: /Phone \+447700900999/ }).waitFor();
  });

  it.each([
    ['nobody at all', false],
    ['+12345678', true],
  ])('is not offered for what is no identifier: %s', async (typed, looksLikeOne) => {
    const { page } = await openDesk();
    const isPreview = (response: Response) => response.request().postData()?.includes('"identifiers"') === true;
    const asked = looksLikeOne ? page.waitForResponse(isPreview) : null;
    await box(page).fill(typed);
    await page.getByText(`No customer has “${typed}”`).waitFor();
    // Not before the gateway has said whether it takes the value.
    await (await asked)?.finished();
    expect(await page.getByRole('button', { name: 'Open as a new caller' }).count()).toBe(0);
  });
});

describe.skipIf(isBrowserMissing)(naming('what the gateway refuses'), () => {
  const openDesk = useDesk();

  it('is not called live, and is live again when it is not refused any more', async () => {
    const { page, capture, url } = await openDesk();
    let isRefusing = true;
    await page.routeWebSocket(/graphql/, (socket) => {
      const server = socket.connectToServer();
      socket.onMessage((text) => {
        const { id, type } = JSON.parse(String(text));
        if (!isRefusing || type !== 'subscribe') return server.send(text);
        socket.send(JSON.stringify({ id, type: 'error', payload: [{ message: 'too many', extensions: { code: 'RATE_LIMITED' } }] }));
      });
    });
    // A route counts from the next document on.
    await page.goto(`${url}/health/live`);
    await page.goto(`${url}/agent#identifier=crmId:17850`);
    await page.getByText(/^Not connected, this is from/).waitFor();
    expect(await page.getByText('Live', { exact: true }).count()).toBe(0);
    isRefusing = false;
    await page.getByText('Live', { exact: true }).waitFor();
    await capture('web', '17850', [{ id: '1', type: 'purchase', properties: { invoiceNo: '1', total: 1 } }]);
    await page.getByText('Bought 1').first().waitFor();
  });

  it('says when a source that failed too often is asked again', async () => {
    const { page } = await openDesk({ stopped: ['support'], address: '#identifier=crmId:17850' });
    await page.getByRole('button', { name: /Tickets.*could not be read/ }).click();
    const list = page.locator('.journey-page');
    await list.getByText('Tickets could not be read: support did not answer.').waitFor();
    const rests = list.getByText(/support failed too often, so it was not asked again\. It can be asked in \d+ s\./);
    await expect
      .poll(async () => {
        await list.getByRole('button', { name: 'Ask support again' }).click();
        return rests.count();
      }, PATIENTLY)
      .toBeGreaterThan(0);
  });

  it.each([
    ['tom-hale', 1],
    ['ruth-okafor', 0],
  ] as const)('is said before to who has not the role for it: %s', async (agent, count) => {
    const { page } = await openDesk({ agent, address: '#identifier=crmId:17850' });
    await page.getByRole('button', { name: 'More: link, merge, split, unlink, erase' }).click();
    await page.getByRole('menuitem', { name: /Erase/ }).click();
    await page.getByRole('button', { name: 'Erase', exact: true }).waitFor();
    expect(await page.getByText('Needs the role admin.').count()).toBe(count);
  });
});
