import type { Page, Request } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { isBrowserMissing, naming } from '../../support/browser.ts';
import { layoutOf, useDesk } from '../desk.ts';

const heading = (page: Page) => page.getByRole('heading', { level: 1, name: 'Maya Ashdown' });
const names = (requests: readonly Request[], ending: RegExp) =>
  requests.map((request) => new URL(request.url()).pathname).filter((path) => ending.test(path));

describe.skipIf(isBrowserMissing)(naming('a screen pop'), () => {
  const openDesk = useDesk();

  it('has the whole profile after one question about the customer, without a part of the program that the first load does not have', async () => {
    const { page, capture, url } = await openDesk({ address: '' });
    await capture('web', '17850', [{ type: 'purchase', properties: { invoiceNo: '536790', total: 44.4 } }]);
    await page.getByRole('combobox').waitFor();
    const loaded = await page.evaluate(async () => {
      const text = await (await fetch('/agent')).text();
      return [...text.matchAll(/(?:src|href)="(\/agent\/[^"]+)"/g)].map((match) => match[1]);
    });
    const { documents } = await layoutOf(page);
    // A moment later the desktop reads again what may have changed. Nobody has to wait for that, so it is never answered here.
    const later = new Set([documents.profile, ...Object.values(documents.bySource)].map(({ id }) => id));
    await page.route('**/graphql', (route) => (later.has(route.request().postDataJSON()?.documentId) ? undefined : route.continue()));
    // A page of its own: a fragment alone would open the customer in the desk that is there.
    await page.goto(`${url}/health/live`);
    const requests: Request[] = [];
    page.on('request', (request) => requests.push(request));
    const began = Date.now();
    await page.goto(`${url}/agent#identifier=crmId:17850`);
    await heading(page).waitFor();
    for (const fact of [/^Country United Kingdom/, /^Loyalty/, /^Member since/]) await page.getByRole('button', { name: fact }).waitFor();
    await page.getByRole('heading', { name: 'Open tickets 1' }).waitFor();
    await page.getByText('Bought 536790').waitFor();
    // The goal of 500 ms is measured by `npm run bench:agent-desktop`: here are many other tests at the same time.
    console.info(`screen pop to complete profile: ${Date.now() - began} ms`);

    const asked = requests.filter((request) => request.url().endsWith('/graphql')).map((request) => request.postDataJSON()?.documentId);
    expect(asked.filter((id) => id === documents.open.id)).toHaveLength(1);
    expect(names(requests, /\.js$/).filter((path) => !loaded.includes(path))).toEqual([]);
    expect(names(requests, /\.css$/).filter((path) => !loaded.includes(path))).toEqual([]);
    expect(names(requests, /settings\.json|profile\.json$/)).toHaveLength(2);
  });

  it('leaves the token in no address, and nothing of it or of the customer in what outlives the tab', async () => {
    const { page, context, url } = await openDesk({ isSignedOut: true, address: '#identifier=crmId:17850' });
    const addresses: string[] = [];
    page.on('request', (request) => addresses.push(request.url()));
    page.on('websocket', (socket) => addresses.push(socket.url()));
    page.on('framenavigated', (frame) => addresses.push(frame.url()));
    await page.getByRole('button', { name: 'Tom Hale' }).click();
    await heading(page).waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    const { token } = await page.evaluate(() => JSON.parse(sessionStorage.getItem('agent-desktop.token') ?? '{}'));
    expect(token).toEqual(expect.any(String));
    expect(addresses.some((address) => address.startsWith('ws:'))).toBe(true);
    const kept = JSON.stringify(await context.storageState({ indexedDB: true }));
    const cached = await page.evaluate(async () => JSON.stringify(await caches.keys()));
    for (const text of [addresses.join(' '), kept, cached]) {
      expect(text).not.toContain(token);
      expect(text).not.toMatch(/17850|Ashdown/);
    }
    // Another tab is another sign-in.
    const other = await context.newPage();
    await other.goto(`${url}/agent`);
    await other.getByRole('button', { name: 'Tom Hale' }).waitFor();
  });
});
