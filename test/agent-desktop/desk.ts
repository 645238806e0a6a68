import type { BrowserContext, ConsoleMessage, Locator, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import type { ProfileLayout } from '../../agent-desktop/src/model/gateway.ts';
import { useBrowser } from '../support/browser.ts';
import { type TestGateway, type TestGatewayOptions, testGateway } from '../support/gateway.ts';
import { ensureBuilt } from './built-desktop.ts';
import { BackEnds, CONFIG, SCHEMA } from './desk-data.ts';

export interface DeskOptions
  extends Pick<TestGatewayOptions, 'config' | 'schema' | 'offers' | 'resolvers' | 'variables' | 'directory' | 'now'> {
  /** The id of a local agent. Default: one without the role `admin`. */
  readonly agent?: 'tom-hale' | 'amira-lindqvist' | 'ruth-okafor';
  /** Below `/agent`: `#identifier=…`. */
  readonly address?: string;
  readonly width?: number;
  readonly height?: number;
  readonly language?: 'en' | 'de';
  readonly theme?: 'light' | 'dark';
  /** Sources that fail from the beginning. */
  readonly stopped?: readonly string[];
  /** True: stays at the page where one signs in. */
  readonly isSignedOut?: boolean;
  /** What else the browser may complain about. */
  readonly complains?: RegExp;
  /** Called with the gateway's origin before the page is opened. */
  readonly settle?: (origin: string) => void;
}

export interface Desk {
  readonly server: TestGateway;
  /** The gateway's origin. */
  readonly url: string;
  readonly backEnds: BackEnds;
  readonly context: BrowserContext;
  readonly page: Page;
  /** What a touchpoint sends of a customer, such as a page view. @returns the customer's id. */
  readonly capture: (touchpoint: string, cid: string, interactions: readonly object[]) => Promise<string>;
}

/** Messages of the browser that are no mistake of the page. */
const EXPECTED = [
  /the server responded with a status of (401|403|409|429|502|503)/,
  /WebSocket connection to/,
  /net::ERR_/,
  /Failed to fetch dynamically imported module/,
  /Unable to preload CSS/,
];

/**
 * The desktop in a real browser at a real gateway with back ends in memory, for the tests of a file. A test fails when the page writes
 * an error to the console, such as a breach of the content security policy.
 */
export function useDesk(): (options?: DeskOptions) => Promise<Desk> {
  const openProfile = useBrowser({ frozen: false });
  return async (options = {}) => {
    await ensureBuilt();
    const backEnds = new BackEnds();
    const { config, schema = SCHEMA, offers, resolvers, variables, directory, now } = options;
    // Back ends that a test stops are stopped from the first look on.
    for (const source of options.stopped ?? []) backEnds.stop(source);
    const server = await testGateway({
      schema,
      config: { ...CONFIG, ...config },
      dataSources: backEnds.adapters,
      offers,
      resolvers,
      variables,
      directory,
      now,
    });
    const url = await server.gateway.app.listen({ port: 0, host: '127.0.0.1' });
    options.settle?.(url);
    const context = await openProfile();
    const page = await context.newPage();
    await page.setViewportSize({ width: options.width ?? 1280, height: options.height ?? 720 });
    await page.emulateMedia({ colorScheme: options.theme ?? 'light' });
    watch(page, url, [...EXPECTED, ...(options.complains === undefined ? [] : [options.complains])]);
    const language = options.language ?? 'en';
    await page.addInitScript((chosen) => localStorage.setItem('agent-desktop.language', chosen), language);
    if (options.isSignedOut !== true) await signIn(page, url, options.agent ?? 'tom-hale');
    await page.goto(`${url}/agent${options.address ?? ''}`);
    return { server, url, backEnds, context, page, capture: (...what) => capture(server, ...what) };
  };
}

/** Waits until an element has the focus: what is typed before goes elsewhere, or is lost. */
export const untilFocused = (element: Locator): Promise<void> => element.and(element.page().locator(':focus')).waitFor();

/** Waits until the question who is calling is asked: a way to make sure has the focus then, and the question its keys. */
export const untilAsked = (page: Page): Promise<void> => untilFocused(page.locator('.actions-methods input'));

/** What the desktop shows of a customer, and the documents that it asks with. For a page at the desk. */
export const layoutOf = (page: Page): Promise<ProfileLayout> =>
  page.evaluate(async () => {
    const { token } = JSON.parse(sessionStorage.getItem('agent-desktop.token') ?? '');
    return (await fetch('/agent/profile.json', { headers: { authorization: `Bearer ${token}` } })).json();
  });

/**
 * A moment after a customer is open, and after each change, the desktop reads everything again by itself, and would find a source back
 * that is to be asked alone: from now on that is never answered.
 */
export async function holdReadingAgain(page: Page): Promise<void> {
  const { documents } = await layoutOf(page);
  const isAgain = (documentId: unknown) => documentId === documents.profile.id;
  await page.route('**/graphql', (route) => (isAgain(route.request().postDataJSON()?.documentId) ? undefined : route.fallback()));
}

/** As the page does it, but before it is opened, so that a test begins at the desk. */
async function signIn(page: Page, url: string, agent: string): Promise<void> {
  const answer = await fetch(`${url}/agent/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ agent }),
  });
  expect(answer.status).toBe(200);
  const kept = JSON.stringify(await answer.json());
  await page.addInitScript((token) => {
    // Only at first: after a sign-out the page is to stay signed out.
    if (sessionStorage.getItem('test.signed-in') === null) sessionStorage.setItem('agent-desktop.token', token);
    sessionStorage.setItem('test.signed-in', 'once');
  }, kept);
}

/** Fails the test for what the browser complains about, but for what is expected. */
function watch(page: Page, url: string, allowed: readonly RegExp[]): void {
  const complaints: string[] = [];
  page.on('console', (message: ConsoleMessage) => {
    const text = message.text();
    const { url: from } = message.location();
    // An identity provider's own pages are not ours; and a browser asks for an icon of its own accord.
    if (!from.startsWith(url) || from.endsWith('/favicon.ico')) return;
    if (message.type() === 'error' && !allowed.some((expected) => expected.test(text))) complaints.push(text);
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  onTestFinished(() => expect(complaints).toEqual([]));
}

async function capture(server: TestGateway, touchpoint: string, cid: string, interactions: readonly object[]): Promise<string> {
  const query = `mutation ($interactions: [InteractionInput!]!) {
    captureInteractions(input: { interactions: $interactions }) { customer { id } }
  }`;
  const { data, errors } = await server.ask(query, {
    variables: { interactions },
    path: `/graphql?cid=${encodeURIComponent(cid)}`,
    headers: { 'x-touchpoint': touchpoint },
  });
  expect(errors).toEqual([]);
  return data.captureInteractions.customer.id;
}
