import { describe, expect, it } from 'vitest';
import { whereOfKey } from '../../src/model/position-of-key.ts';

const OFFER = `import { defineOffer } from 'customer-profile-gateway';

// caps: { value: 1 } is only a comment, as is export default defineOffer({ value: 2 })
/* value: 3 */
const other = { value: 4 };
export default defineOffer({
  placements: ['home', "agent"],
  content: { en: { title: 'value: 5, "caps": 6 }', value: \`\${other.value} }\` }, 'de-AT': { title: 'x' } },
  when: 'customer.value == "{"', value: other.value, caps: [{ count: 1 }, { per: '1d', count: Math.max(1, 2) }],
  ...other,
});
`;

describe('the position of a key in an offer', () => {
  it.each<[(string | number)[], string]>([
    [['value'], 'value: other.value, caps'],
    [['when'], "when: 'customer.value"],
    [['placements', 1], '"agent"]'],
    [['content', 'de-AT', 'title'], "title: 'x'"],
    [['content', 'en', 'value'], 'value: `$'],
    [['caps', 1, 'count'], 'count: Math'],
    // What is not written there is shown at the nearest key around it.
    [['caps', 7, 'count'], 'caps: [{ count: 1'],
    [['caps', 0, 'of'], '{ count: 1 }'],
  ])('%j', (path, expected) => {
    const where = whereOfKey('offers/x.ts', OFFER, path);
    const [, line = '', column = '', ...shown] = where.split(':');
    const text = OFFER.split('\n')[Number(line) - 1]?.slice(Number(column) - 1) ?? '';
    expect([text.slice(0, expected.length), shown.join(':')]).toEqual([expected, ` ${path.join('.')}`]);
  });

  it('is the file alone for a key that is not in its text', () => {
    expect(whereOfKey('offers/x.ts', OFFER, ['mandatory'])).toBe('offers/x.ts: mandatory');
    expect(whereOfKey('offers/x.ts', OFFER, [])).toBe('offers/x.ts: export default');
    expect(whereOfKey('offers/x.ts', '', ['value'])).toBe('offers/x.ts: value');
    expect(whereOfKey('offers/x.ts', 'export default make(", { [ ` \' value:', ['value'])).toBe('offers/x.ts: value');
  });

  it('is found in a configuration, and in an object that is exported as it is', () => {
    const text = "export default {\n  placements: {\n    'home-hero': { slots: 2, fallback: 'x' },\n  },\n};\n";
    expect(whereOfKey('g.ts', text, ['placements', 'home-hero', 'fallback'])).toBe('g.ts:3:30: placements.home-hero.fallback');
    const typed = `const settings = defineGateway({ audiences: { loyal: '' } });\nexport default settings;\n`;
    expect(whereOfKey('g.ts', typed, ['audiences', 'loyal'])).toBe('g.ts:1:47: audiences.loyal');
  });
});
