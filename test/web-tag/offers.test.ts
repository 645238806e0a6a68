import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it, vi } from 'vitest';
import { OWN_DOCUMENTS } from '../../src/graphql/execution/own-documents.ts';
import { isBrowserMissing, naming, useBrowser } from '../support/browser.ts';
import { temporaryDirectory, testGateway } from '../support/gateway.ts';
import { serve } from '../support/services.ts';
import { PATIENTLY } from '../support/waiting.ts';

const PAGE = `<div id="hero" data-placement="hero"><template><a data-offer-link data-offer="title"></a></template>Default</div>
  <div data-placement="nobody-configured-it"><template><a data-offer="title"></a></template><i>Default</i></div>`;

const JOURNEY = '{ customer { interactions(first: 50) { edges { node { type touchpoint properties } } } } }';
const JOURNEY_ID = createHash('sha256').update(JOURNEY).digest('hex');

/** A gateway that takes no text of a document, and a shop with the tag on another origin of the same site. */
async function start() {
  const gatewayUrl = { value: '' };
  const shop = await serve((request, response) => {
    if (request.url === '/favicon.ico') return void response.writeHead(204).end();
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(
      `<html lang="de-AT"><script src="${gatewayUrl.value}/tag.js" defer></script>${request.url?.startsWith('/tea') ? '' : PAGE}`,
    );
  });
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'documents.json'), JSON.stringify({ [JOURNEY_ID]: JOURNEY }));
  const server = await testGateway({
    directory,
    config: {
      touchpoints: { web: { channel: 'WEB', origins: [shop] } },
      documents: { file: 'documents.json', only: true },
      placements: { hero: { min: 'ANONYMOUS', fallback: 'tea' } },
    },
    offers: {
      tea: { placements: [], content: { en: { title: 'Tea', url: '/tea' }, de: { title: 'Tee', url: '/tea' } } },
      // Only for customers who are known by their number.
      mugs: { placements: ['hero'], when: 'customer.name == "Ada"', content: { en: { title: 'Mugs', url: '/tea?mugs' } } },
    },
  });
  gatewayUrl.value = await server.gateway.app.listen({ port: 0, host: '127.0.0.1' });
  return { ...server, shop, gatewayUrl: gatewayUrl.value };
}

it('every document of the tag runs where texts are refused', async () => {
  const { ask } = await start();
  const variables: Record<string, unknown> = {};
  for (let at = 0; at < 10; at++) variables[`p${at}`] = 'hero';
  for (const query of OWN_DOCUMENTS) {
    const input = /CreateHandoff/.test(query) ? { touchpoint: 'web', url: 'https://other.example/' } : { token: 'x', response: 'CLICKED' };
    const { errors = [] } = await ask(query, { variables: { ...variables, i: input } });
    const codes = errors.map(({ extensions }) => extensions.code);
    // The mutations are refused for what they ask: this client has no cookie, and the token is none.
    expect([query, codes]).toEqual([
      query,
      query.startsWith('query') || query.includes('resetVisitor') ? [] : [expect.not.stringMatching(/DOCUMENT|GRAPHQL/)],
    ]);
  }
  const { errors } = await ask('{ customer { name } }');
  expect(errors?.[0]?.extensions.code).toBe('PERSISTED_DOCUMENT_REQUIRED');
});

type Seen = { readonly type: string; readonly touchpoint: string; readonly properties: Readonly<Record<string, string>> };

/** The journey of the page's customer, newest first. */
async function journeyOf(page: Page, gatewayUrl: string): Promise<Seen[]> {
  const { data } = await page.evaluate(
    ([url, documentId]) =>
      fetch(`${url}/graphql`, {
        method: 'POST',
        credentials: 'include',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ documentId }),
      }).then((response) => response.json()),
    [gatewayUrl, JOURNEY_ID] as const,
  );
  return data.customer.interactions.edges.map(({ node }: { node: Seen }) => node);
}

describe.skipIf(isBrowserMissing)(naming('web tag: offers of a gateway'), () => {
  const newContext = useBrowser();

  it('are shown to a new visitor in the language of the page, and what the visitor does with them is in the journey', async () => {
    const { shop, gatewayUrl } = await start();
    const page = await (await newContext()).newPage();
    await page.goto(shop);
    const link = page.getByRole('link', { name: 'Tee' });
    await link.waitFor();
    expect(await page.locator('i').textContent()).toBe('Default');
    await link.click();
    await page.waitForURL('**/tea');
    await page.evaluate('customerProfile.flush()');
    await vi.waitFor(async () => {
      const seen = await journeyOf(page, gatewayUrl);
      expect(seen.map(({ type }) => type).sort()).toEqual(['offer_clicked', 'offer_presented', 'page_view', 'page_view']);
      expect(seen.find(({ type }) => type === 'offer_clicked')).toMatchObject({
        touchpoint: 'web',
        properties: { offer: 'tea', placement: 'hero' },
      });
    }, PATIENTLY);
  });

  it('are those for the customer whom the address of the page names, and stay theirs on the next page', async () => {
    const { shop, gatewayUrl } = await start();
    const page = await (await newContext()).newPage();
    await page.goto(`${shop}/?cid=1`);
    await page.getByRole('link', { name: 'Mugs' }).click();
    await page.waitForURL('**/tea?mugs');
    // What was sent while the page was left says whose the cookie is; it may arrive after the next page was loaded.
    await vi.waitFor(async () => {
      expect((await journeyOf(page, gatewayUrl)).map(({ type }) => type)).toContain('offer_clicked');
    }, PATIENTLY);
    await page.goto(shop);
    await page.getByRole('link', { name: 'Mugs' }).waitFor();
  });
});
