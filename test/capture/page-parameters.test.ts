import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PageParameters, withParameter } from '../../src/capture/page-parameters.ts';
import { handoff, urlParameter } from '../../src/index.ts';
import { IDENTIFIERS, testGateway } from '../support/gateway.ts';

const parameters = new PageParameters([urlParameter('cid'), handoff('ct')]);

describe('an address from which parameters are taken', () => {
  it.each([
    ['https://shop.example/p?q=a%20b&cid=1&x&y=%2F+z', 'https://shop.example/p?q=a%20b&x&y=%2F+z'],
    ['https://shop.example/p?cid=1', 'https://shop.example/p'],
    ['https://shop.example/p?cid=1&cid=2&ct=3#top?cid', 'https://shop.example/p#top?cid'],
    ['https://shop.example/p?c%69d=1&cid&xcid=2', 'https://shop.example/p?xcid=2'],
    ['https://shop.example/p?x&y=%zz', 'https://shop.example/p?x&y=%zz'],
    ['https://shop.example/?', 'https://shop.example/'],
    ['https://ada:secret@shop.example/p?x=%20', 'https://shop.example/p?x=%20'],
    ['https:ada:secret@shop.example/p', 'https://shop.example/p'],
    ['HTTPS://Shop.Example/p?x=%7E&cid=1', 'HTTPS://Shop.Example/p?x=%7E'],
    ['https://shop.example/#/basket?x=%20&cid=1', 'https://shop.example/#/basket?x=%20'],
    ['Basket?x=%20&cid=1', 'Basket?x=%20'],
    ['app://basket/a b', 'app://basket/a b'],
  ])('%s is kept as %s', (address, kept) => expect(parameters.strip(address)).toBe(kept));

  it('keeps the bytes of everything else', () => {
    const secret = fc.tuple(fc.constantFrom('cid', 'ct', 'c%69d', '%63t'), fc.constantFrom('', '=', '=1', '=a%20b=c'));
    const other = fc.string({ unit: fc.constantFrom(...'abz=%20+?/@:~'), minLength: 1, maxLength: 12 });
    const pair = fc.oneof(
      secret.map(([name, value]) => ({ isSecret: true, text: name + value })),
      other.map((text) => ({ isSecret: false, text: `x${text}` })),
    );
    const hash = fc.constantFrom('', '#', '#a?b=%20&cid=1');
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 8 }), hash, (pairs, after) => {
        const kept = pairs.filter(({ isSecret }) => !isSecret).map(({ text }) => text);
        const address = `https://shop.example/a%20b?${pairs.map(({ text }) => text).join('&')}${after}`;
        expect(parameters.strip(address)).toBe(`https://shop.example/a%20b${kept.length > 0 ? `?${kept.join('&')}` : ''}${after}`);
      }),
    );
  });

  it('is another page for another value of a repeated parameter', () => {
    const read = (query: string) => parameters.readIn(`https://shop.example/?${query}`);
    expect(read('cid=null&cid=1')).not.toBe(read('cid=null&cid=2'));
    expect(read('x=1')).toBe(read('x=2'));
  });
});

describe('an address to which a parameter is added', () => {
  it.each([
    ['https://shop.example/p?q=a%20b&x', 'https://shop.example/p?q=a%20b&x&ct=t%2F1'],
    ['https://shop.example/p#top', 'https://shop.example/p?ct=t%2F1#top'],
    ['https://shop.example/p?ct=old&x=%20#top', 'https://shop.example/p?x=%20&ct=t%2F1#top'],
    ['https://shop.example/#/basket?x=%20', 'https://shop.example/?ct=t%2F1#/basket?x=%20'],
    ['https://shop.example/?a#/basket?ct=old', 'https://shop.example/?a&ct=t%2F1#/basket?ct=old'],
  ])('%s becomes %s', (address, expected) => expect(withParameter(address, 'ct', 't/1')).toBe(expected));
});

it('keeps the bytes of a page on the journey', async () => {
  const { ask, gateway } = await testGateway({ config: { identifiers: IDENTIFIERS } });
  const record = { type: 'page_view', pageUrl: 'https://shop.example/p?q=a%20b&cid=7&x' };
  await gateway.app.inject({ method: 'POST', url: '/interactions', payload: [record] });
  const { data } = await ask('{ customer { interactions(first: 1) { edges { node { pageUrl } } } } }', { path: '/graphql?cid=7' });
  expect(data.customer.interactions.edges).toEqual([{ node: { pageUrl: 'https://shop.example/p?q=a%20b&x' } }]);
});
