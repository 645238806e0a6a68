import { once } from 'node:events';
import { connect } from 'node:net';
import type { BrowserContext } from 'playwright-core';
import { describe, expect, it, vi } from 'vitest';
import { isBrowserMissing, naming, useBrowser } from '../support/browser.ts';
import { type TestGatewayOptions, testGateway } from '../support/gateway.ts';
import { PATIENTLY } from '../support/waiting.ts';

const SHOP = 'https://shop.example';
const CONFIG: TestGatewayOptions['config'] = { touchpoints: { web: { channel: 'WEB', origins: [SHOP] } } };
const QUERY = JSON.stringify({ query: '{ customer { id } }' });
const JSON_BODY = { 'content-type': 'application/json' };
const HTML = { accept: 'text/html' };

/** A request to every kind of address and answer. */
const REQUESTS = {
  'a query on the fast lane': { method: 'POST', url: '/graphql', headers: JSON_BODY, payload: QUERY },
  'a query by Apollo Server': { url: '/graphql?query={customer{id}}', headers: { 'apollo-require-preflight': '1' } },
  'an operation that is refused': { method: 'POST', url: '/graphql', headers: JSON_BODY, payload: '{"query":"{"}' },
  'an event stream': { method: 'POST', url: '/graphql', headers: { ...JSON_BODY, accept: 'text/event-stream' }, payload: QUERY },
  'a body that is too large': { method: 'POST', url: '/interactions', headers: JSON_BODY, payload: `[${'0,'.repeat(6_000)}0]` },
  'a body that is no JSON': { method: 'POST', url: '/graphql', headers: { 'content-type': 'application/json; a=b' }, payload: '{' },
  'Apollo Sandbox': { url: '/graphql', headers: HTML },
  GraphiQL: { url: '/graphiql' },
  'the start page': { url: '/' },
  'the tag': { url: '/tag.js' },
  'the agent desktop': { url: '/agent' },
  'the agent desktop for frames, without embedders': { url: '/agent/embed' },
  'a file of the agent desktop that is not there': { url: '/agent/assets/index.js' },
  'the settings of the agent desktop': { url: '/agent/settings.json' },
  'what the agent desktop gets to know of the schema, without a token': { url: '/agent/profile.json' },
  'local sign-in': { method: 'POST', url: '/agent/sign-in', headers: JSON_BODY, payload: '{"agent":"tom-hale"}' },
  'a preflight of the agent desktop': { method: 'OPTIONS', url: '/agent/sign-in', headers: { origin: SHOP } },
  'the pixel': { url: '/pixel.gif' },
  'an unknown address': { url: '/nothing' },
  'a method that is not there': { method: 'DELETE', url: '/graphql' },
  'an address that is none': { url: '/%E0%A4%A' },
  'a preflight': { method: 'OPTIONS', url: '/graphql', headers: { origin: SHOP, 'access-control-request-method': 'POST' } },
  liveness: { url: '/health/live' },
  readiness: { url: '/health/ready' },
  metrics: { url: '/metrics' },
} as const;

describe('every answer', () => {
  it.each(Object.entries(REQUESTS))('says that its type is to be believed: %s', async (_, request) => {
    const { gateway } = await testGateway({ config: CONFIG });
    const { headers } = await gateway.app.inject(request);
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  it('says so where the bytes are no HTTP', async () => {
    const { gateway } = await testGateway();
    await gateway.app.listen({ port: 0, host: '127.0.0.1' });
    const socket = connect((gateway.app.server.address() as { port: number }).port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('rubbish\r\n\r\n');
    let answer = '';
    for await (const chunk of socket.setEncoding('utf8')) answer += chunk;
    expect(answer).toContain('\r\nx-content-type-options: nosniff\r\n');
  });
});

describe('pages of other sites', () => {
  it.each(['/tag.js', '/tag-offers.js', '/pixel.gif'])('may load %s', async (url) => {
    const { gateway } = await testGateway();
    expect((await gateway.app.inject(url)).headers['cross-origin-resource-policy']).toBe('cross-origin');
  });

  it.each([
    ...['/', '/graphiql', '/health/live', '/health/ready', '/metrics'],
    ...['/agent', '/agent/', '/agent/settings.json', '/agent/profile.json'],
  ])('may not load %s', async (url) => {
    const { gateway } = await testGateway();
    expect((await gateway.app.inject(url)).headers['cross-origin-resource-policy']).toBe('same-origin');
  });
});

describe('a page', () => {
  it.each([
    ['GraphiQL', { url: '/graphiql' }],
    ['GraphiQL that the browser has already', { url: '/graphiql', headers: { 'if-none-match': '*' } }],
    ['Apollo Sandbox', { url: '/graphql', headers: HTML }],
    ['the start page', { url: '/' }],
  ])('is in no frame, and sends its address to no other site: %s', async (_, request) => {
    const { gateway } = await testGateway();
    const { headers } = await gateway.app.inject(request);
    expect(headers).toMatchObject({
      'content-security-policy': expect.stringMatching(
        /^default-src 'none'; .*; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
      ),
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
    });
    expect(headers['content-security-policy']).not.toMatch(/script-src[^;]*('unsafe|\*|https:( |;))/);
  });

  it('has another nonce each time', async () => {
    const { gateway } = await testGateway();
    const policy = async () => (await gateway.app.inject({ url: '/graphql', headers: HTML })).headers['content-security-policy'];
    expect(await policy()).not.toBe(await policy());
  });
});

describe.skipIf(isBrowserMissing)(naming('in a browser'), () => {
  const openProfile = useBrowser({ frozen: false });

  async function serve() {
    const { gateway } = await testGateway({ config: CONFIG });
    await gateway.app.listen({ port: 0, host: '127.0.0.1' });
    return `http://127.0.0.1:${(gateway.app.server.address() as { port: number }).port}`;
  }

  /** A page that keeps what its Content Security Policy refused. */
  async function open(context: BrowserContext, address: string) {
    const page = await context.newPage();
    await page.addInitScript(`window.refused = [];
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) =>
        window.refused.push(effectiveDirective + ' ' + blockedURI));`);
    await page.goto(address);
    const refused = () => page.evaluate<string[]>('window.refused');
    return { page, refused };
  }

  it('GraphiQL runs a query, and its policy refuses nothing of it', async () => {
    const { page, refused } = await open(await openProfile(), `${await serve()}/graphiql?cid=1`);
    await page.locator('button.graphiql-execute-button').click();
    await page.locator('.graphiql-response, .result-window').filter({ hasText: 'RECOGNIZED' }).first().waitFor();
    // The editor checks documents in workers.
    await vi.waitFor(() => expect(page.workers()).not.toEqual([]), PATIENTLY);
    expect(await refused()).toEqual([]);
  });

  it('GraphiQL runs no script that is put into its page', async () => {
    const { page, refused } = await open(await openProfile(), `${await serve()}/graphiql`);
    await page.locator('button.graphiql-execute-button').waitFor();
    await page.evaluate(
      `{ const script = document.createElement('script'); script.textContent = 'window.isOwned = true'; document.body.append(script); }`,
    );
    // The browser reports a refusal in a later task.
    await expect.poll(refused).toEqual(['script-src-elem inline']);
    expect(await page.evaluate('window.isOwned')).toBe(undefined);
  });

  it('Apollo Sandbox may load its script and its frame from Apollo, ask the gateway, and nothing else', async () => {
    const url = await serve();
    const context = await openProfile();
    // In place of Apollo's servers: a script that does what theirs does.
    await context.route('https://embeddable-sandbox.cdn.apollographql.com/**', (route) =>
      route.fulfill({
        contentType: 'text/javascript',
        body: `window.EmbeddedSandbox = class { constructor({ initialEndpoint, target }) {
          const frame = document.createElement('iframe');
          frame.src = 'https://sandbox.embed.apollographql.com/sandbox/explorer';
          document.querySelector(target).append(frame);
          const body = JSON.stringify({ query: '{ customer { id } }' });
          fetch(initialEndpoint, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
            .then((response) => response.json()).then((answer) => { window.answer = answer; });
        } };`,
      }),
    );
    await context.route('https://sandbox.embed.apollographql.com/**', (route) =>
      route.fulfill({ contentType: 'text/html', body: 'SANDBOX' }),
    );
    await context.route(/fonts\.|landing-page/, (route) => route.fulfill({ contentType: 'text/css', body: '' }));
    const { page, refused } = await open(context, `${url}/graphql`);
    await vi.waitFor(async () => expect(await page.evaluate('window.answer?.data.customer.id')).toBeTypeOf('string'), PATIENTLY);
    await page.frameLocator('iframe').getByText('SANDBOX').waitFor();
    expect(await refused()).toEqual([]);
    await page.evaluate(`fetch('https://elsewhere.example/').catch(() => {})`);
    await expect.poll(refused).toEqual(['connect-src https://elsewhere.example/']);
  });

  it.each(['/graphiql', '/graphql'])('no other page shows %s in a frame', async (path) => {
    const url = await serve();
    const context = await openProfile();
    // Another origin on this machine, because browsers have more rules for pages of the internet that load from here.
    const foreign = `${url.replace('127.0.0.1', 'localhost')}/frame.html`;
    await context.route(foreign, (route) => route.fulfill({ contentType: 'text/html', body: `<iframe src="${url}${path}"></iframe>` }));
    const page = await context.newPage();
    await page.goto(foreign);
    // The frame is of another process, which says later what it shows.
    await expect.poll(() => page.frames().map((frame) => frame.url())).toEqual([foreign, 'chrome-error://chromewebdata/']);
  });
});
