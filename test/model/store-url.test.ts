import { expect, it } from 'vitest';
import { parseStoreUrl } from '../../src/model/store-url.ts';

it.each(['', 'sqlite', 'sqlite:', 'sqlite::memory:', 'graph.db', ':graph.db', 'SQLITE:graph.db', 'mongodb://x', 'toString:x'])(
  "takes '%s' for the URL of no store",
  (text) => {
    expect(parseStoreUrl(text)).toBeNull();
  },
);

it('reads the path of a SQLite file, whatever is in it', () => {
  expect(parseStoreUrl('sqlite:/data/a:b #1.db')).toEqual({ scheme: 'sqlite', path: '/data/a:b #1.db' });
});
