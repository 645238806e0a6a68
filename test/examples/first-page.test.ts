import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isBrowserMissing, naming, useBrowser } from '../support/browser.ts';
import { demoOfFile, startDemo } from '../support/demo.ts';

const LOGGED_IN = { name: 'Log in', exact: true } as const;

const sharedDemo = demoOfFile();

describe('the first page of the demo', () => {
  const post = (url: string, headers: Record<string, string>) => fetch(url, { method: 'POST', headers });

  it('switches no back end for a page of another site, nor for no page at all', async () => {
    const { gateway, firstPage } = sharedDemo();
    const stop = `${gateway}/demo/back-ends/orders?do=stop`;
    const others: Record<string, string>[] = [{}, { origin: 'https://evil.example' }, { origin: 'http://localhost:1' }, { origin: 'null' }];
    for (const headers of others) {
      expect((await post(stop, headers)).status).toBe(403);
    }
    const { origin } = new URL(gateway);
    expect((await post(`${gateway}/demo/back-ends/orders?do=melt`, { origin })).status).toBe(400);
    expect((await post(`${gateway}/demo/back-ends/%2e%2e%2fcrm?do=stop`, { origin })).status).toBe(409);
    expect((await post(`${gateway}/demo/back-ends/nothing?do=stop`, { origin })).status).toBe(409);
    const page = await fetch(firstPage);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(await page.text()).toContain(`curl '${gateway}/graphql?cid=17850'`);
  });

  it('gives no token of a member to a page of another site, and its key to no other address', async () => {
    const { gateway, club } = sharedDemo();
    const logIn = async (headers: Record<string, string>) =>
      (await fetch(`${club}/login`, { method: 'POST', body: '17850', headers })).status;
    const others: Record<string, string>[] = [{}, { origin: 'https://evil.example' }, { origin: 'null' }, { origin: gateway }];
    for (const headers of others) expect(await logIn(headers)).toBe(403);
    expect(await logIn({ origin: club })).toBe(200);

    const received: unknown[] = [];
    const stranger = createServer(({ headers }, response) => {
      received.push(headers['x-demo-key']);
      response.end('caught');
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void stranger.close());
    await once(stranger, 'listening');
    const path = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}/demo/now`;
    const { hostname, port } = new URL(gateway);
    const [answer] = (await once(request({ hostname, port, path, headers: { host: `localhost:${port}` } }).end(), 'response')) as [
      IncomingMessage,
    ];
    expect(Object.keys(JSON.parse(await text(answer)))).toContain('backEnds');
    expect(received).toEqual([]);
  });

  it('comes back after a stop, and leaves every file where it was when the demo ends', async () => {
    const { process, gateway } = await startDemo();
    const { origin } = new URL(gateway);
    const states = async (name: string, to: string) => {
      const response = await post(`${gateway}/demo/back-ends/${name}?do=${to}`, { origin });
      const { backEnds } = (await response.json()) as { backEnds: { name: string; state: string }[] };
      return backEnds.filter(({ state }) => state !== 'answers').map((each) => each.name);
    };
    for (const name of ['crm', 'orders', 'support', 'catalog', 'loyalty']) {
      expect(await states(name, 'stop')).toEqual([name]);
      expect(await states(name, 'start')).toEqual([]);
    }
    expect(await states('catalog', 'stop')).toEqual(['catalog']);
    const { code, stderr } = await process.stop();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('is there under dev as well', async () => {
    const { firstPage } = await startDemo('dev');
    expect(await (await fetch(firstPage)).text()).toContain('Watch it at the agent desktop');
  });
});

describe.skipIf(isBrowserMissing)(naming('a reader of the first page'), () => {
  const openProfile = useBrowser({ frozen: false });

  it('runs the first query, stops a back end, sees what is missing there and in the club, and starts it again', async () => {
    const { firstPage, club } = await startDemo();
    const context = await openProfile();
    const first = await context.newPage();
    await first.goto(firstPage);
    const answer = first.getByLabel('The answer', { exact: true });
    await answer.getByText('"United Kingdom"').waitFor();
    // It asks without this browser's cookies, so that nobody becomes customer 17850 by reading this page.
    expect(await context.cookies()).toEqual([]);

    await first.getByRole('switch', { name: 'crm runs' }).click();
    await first.getByText('Four of five answer.').waitFor();
    await first.getByText('The answer, without crm').waitFor();
    await answer.getByText('SOURCE_UNAVAILABLE').waitFor();
    await first.getByRole('switch', { name: 'loyalty runs' }).click();
    await first.getByText('Three of five answer.').waitFor();

    const page = await context.newPage();
    await page.goto(club);
    await page.getByRole('button', LOGGED_IN).click();
    await page.getByRole('heading', { name: 'Hello, member 17850.' }).waitFor();
    await page.getByText('We can’t read your points just now').waitFor();
    await page.getByText('the customer file (crm) and the points (loyalty) do not answer').waitFor();
    await page.getByText('536791').waitFor();

    await first.bringToFront();
    await first.getByRole('switch', { name: 'crm runs' }).click();
    await first.getByRole('switch', { name: 'loyalty runs' }).click();
    await first.getByText('All five answer.').waitFor();
    // The gateway leaves a back end that failed alone for some seconds: the page runs the query again by itself.
    await answer.getByText('"United Kingdom"').waitFor();
    await page.bringToFront();
    // The page asks again by itself; the gateway asks a back end that failed often again after some seconds.
    await page.getByRole('heading', { name: 'Hello, Maya.' }).waitFor();
    await page.getByText('Gold member', { exact: true }).waitFor();
  });

  it('says to a member whom nobody knows what to look at, and logs in the next time', async () => {
    const { club } = sharedDemo();
    const page = await (await openProfile()).newPage();
    await page.goto(club);
    await page.getByLabel('Your customer number').fill('71850');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('We know nobody with the number 71850.').waitFor();
    expect(await page.getByLabel('Your customer number').getAttribute('aria-invalid')).toBe('true');
    await page.getByRole('button', { name: 'Clara, silver' }).click();
    await page.getByRole('heading', { name: 'Hello, Clara.' }).waitFor();
    await page.getByText('Silver member').waitFor();
    expect(page.url()).toBe(`${club}/`);
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('heading', { name: 'Good to see you. Who are you?' }).waitFor();
    expect(await page.evaluate(() => sessionStorage.getItem('login'))).toBeNull();
  });

  it('logs in within a moment', async () => {
    const { club } = sharedDemo();
    const page = await (await openProfile()).newPage();
    await page.goto(club);
    await page.getByRole('button', LOGGED_IN).click();
    await page.getByRole('heading', { name: 'Hello, Maya.' }).waitFor();
    /** Milliseconds of a request that nothing is computed for: how busy the machine is just now. */
    const roundTrip = () =>
      page.evaluate(async () => {
        const startedAt = performance.now();
        for (let trip = 0; trip < 5; trip++) await (await fetch('/', { cache: 'no-store' })).text();
        return (performance.now() - startedAt) / 5;
      });
    const logIn = async () => {
      await page.evaluate(() => {
        const since = performance.now();
        const measured = globalThis as { took?: number };
        const look = () => {
          if (document.querySelector('#lounge h1')) measured.took ??= performance.now() - since;
        };
        new MutationObserver(look).observe(document, { subtree: true, childList: true });
        document.querySelector<HTMLElement>('#log-in')?.click();
      });
      // Outside the page, which would wait without end for a log-in that fails.
      await page.getByRole('heading', { name: 'Hello, Maya.' }).waitFor();
      return page.evaluate(() => (globalThis as { took?: number }).took ?? Number.POSITIVE_INFINITY);
    };
    const tries: { readonly took: number; readonly trip: number }[] = [];
    // 300 ms, and what a busy machine adds to some requests. A child process for the token would take a second of its own.
    const isFast = ({ took, trip }: (typeof tries)[number]) => took <= 300 + 30 * trip;
    while (tries.length < 5 && !tries.some(isFast)) {
      await page.getByRole('button', { name: 'Log out' }).click();
      await page.getByRole('heading', { name: 'Good to see you.' }).waitFor();
      // Until the page's script has run, a click on the button does nothing.
      await page.locator('#log-in:enabled').waitFor();
      tries.push({ trip: await roundTrip(), took: await logIn() });
    }
    console.info(`log-in until the member's page, and a request, in ms: ${JSON.stringify(tries)}`);
    expect(tries.filter(isFast)).toHaveLength(1);
  });
});
