import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isBrowserMissing, naming, nextMillisecond, useBrowser } from '../support/browser.ts';
import { serve } from '../support/services.ts';
import { fakeGateway, site } from './fake-gateway.ts';

describe('web tag: its file', () => {
  const file = readFileSync('src/http/generated/tag.js', 'utf8');

  it('is at most 3 KB, and 2 KB more on pages with a placement', () => {
    expect(gzipSync(file, { level: 9 }).length).toBeLessThanOrEqual(3072);
    expect(gzipSync(readFileSync('src/http/generated/tag-offers.js'), { level: 9 }).length).toBeLessThanOrEqual(2048);
  });

  it('holds the placeholder of the handoff parameter exactly once', () => {
    expect(file.split('__CT__')).toHaveLength(2);
  });

  it('is up to date with its sources', async () => {
    await promisify(execFile)(process.execPath, ['scripts/build-tag.ts', '--check']);
  });
});

describe.skipIf(isBrowserMissing)(naming('web tag: its file in a browser'), () => {
  const newContext = useBrowser();

  it('works under a content security policy that allows nothing but the gateway', async () => {
    const gateway = await fakeGateway();
    const policy = `default-src 'none'; script-src ${gateway.url}; connect-src ${gateway.url}`;
    const shop = await site(gateway, {
      headers: { 'content-security-policy': policy },
      attributes: 'data-handoff="shop.example=web2"',
      body: '<a href="https://shop.example/" data-capture="out">Out</a>',
    });
    const page = await (await newContext()).newPage();
    const messages: string[] = [];
    page.on('console', (message) => messages.push(message.text()));
    page.on('pageerror', (error) => messages.push(error.message));
    await page.goto(`${shop}/?ct=T9`);
    await page.hover('a');
    await page.waitForFunction("document.querySelector('a').href.includes('ct=')");
    await page.evaluate("customerProfile.capture('last')");
    await page.goto(`${shop}/elsewhere`);
    await gateway.until(() => gateway.types().includes('last'));
    expect(messages).toEqual([]);
  });
});

describe.skipIf(isBrowserMissing)(naming('web tag: the module for apps'), () => {
  const newContext = useBrowser();

  async function app() {
    const gateway = await fakeGateway();
    const url = await serve((request, response) => {
      const path = request.url?.split('?')[0] ?? '';
      if (!path.endsWith('.ts'))
        return void response.setHeader('content-type', 'text/html').end('<title>App</title><button data-capture="click">B</button>');
      response.setHeader('content-type', 'text/javascript').end(stripTypeScriptTypes(readFileSync(`web-tag/${path.slice(1)}`, 'utf8')));
    });
    const page = await (await newContext()).newPage();
    const createTag = (options: Record<string, unknown> = {}, name = 'tag') =>
      page.evaluate(
        `import('/tag.ts').then(({ createTag }) => { window.${name} = createTag(${JSON.stringify({ gateway: gateway.url, touchpoint: 'app', handoffParameter: 'ct', ...options })}); })`,
      );
    return { gateway, url, page, createTag };
  }

  it('captures page views without a call, as the script does', async () => {
    const { gateway, url, page, createTag } = await app();
    await page.goto(`${url}/?ct=T1`);
    await createTag();
    await page.click('button');
    await page.evaluate('tag.flush()');
    expect(gateway.types()).toEqual(['page_view', 'click']);
    expect(gateway.records()[0]).toMatchObject({ touchpoint: 'app', pageUrl: `${url}/?ct=T1` });
    expect(page.url()).toBe(`${url}/`);
  });

  it('captures only what the app passes to it with `automatic: false`', async () => {
    const { gateway, url, page, createTag } = await app();
    await page.goto(`${url}/?ct=T1`);
    await createTag({ automatic: false, gateway: `${gateway.url}/` });
    await page.click('button');
    await page.evaluate("history.pushState({}, '', '/next')");
    await page.evaluate("history.pushState({}, '', '/')");
    await page.evaluate("tag.capture('own'); tag.flush()");
    await gateway.untilAccepted(1);
    expect(gateway.records().map(({ type, pageUrl }) => [type, pageUrl])).toEqual([['own', `${url}/?ct=T1`]]);
  });

  it('fills placements, and none after stop()', async () => {
    const { gateway, url, page, createTag } = await app();
    gateway.offers = (name) => [{ content: { title: `Offer at ${name}` }, token: 'T1' }];
    const add = (name: string) =>
      page.evaluate(
        `document.body.append(document.createRange().createContextualFragment('<p data-placement="${name}"><template><b data-offer="title"></b></template></p>'))`,
      );
    await page.goto(url);
    await createTag();
    await add('hero');
    await page.getByText('Offer at hero').waitFor();
    await page.evaluate('tag.stop()');
    await add('side');
    await page.evaluate("fetch('/').then((response) => response.text())");
    expect(gateway.asked().map((variables) => variables?.p0)).toEqual(['hero']);
  });

  it('does nothing after stop(), and the next tag sends the waiting records', async () => {
    const { gateway, url, page, createTag } = await app();
    await page.goto(url);
    await createTag();
    await page.evaluate('tag.stop()');
    await page.click('button');
    await page.evaluate("history.pushState({}, '', '/next'); tag.capture('own'); tag.flush()");
    expect(gateway.received).toEqual([]);
    await nextMillisecond(page);
    await createTag({}, 'second');
    await page.evaluate('second.flush()');
    expect(gateway.records().map(({ type, pageUrl }) => [type, pageUrl.slice(url.length)])).toEqual([
      ['page_view', '/'],
      ['page_view', '/next'],
    ]);
  });

  it('sends the records of one gateway to no other', async () => {
    const { gateway, url, page, createTag } = await app();
    const other = await fakeGateway();
    gateway.answer = () => 503;
    await page.goto(url);
    await createTag();
    await page.evaluate('tag.flush()');
    await createTag({ gateway: other.url }, 'second');
    await page.evaluate('second.flush()');
    expect(other.records()).toHaveLength(1);
    expect(other.records()[0]?.id).not.toBe(gateway.records()[0]?.id);
  });
});
