import { describe, expect, it } from 'vitest';
import { saidProperties, sentProperties } from '../../agent-desktop/src/journey/said-properties.ts';
import { formatsOf } from '../../agent-desktop/src/text/formats.ts';
import { translator } from '../../agent-desktop/src/text/translate.ts';

const t = translator('en');
const said = (properties: Readonly<Record<string, unknown>>) =>
  saidProperties(properties, { t, ...formatsOf('en', t) }).map(({ label, text }) => `${label}: ${text}`);

describe('properties of an interaction', () => {
  it.each([
    [{ durationSeconds: 192 }, 'Duration: 3 min 12 s'],
    [{ wait_minutes: 90 }, 'Wait: 1 h 30 min'],
    [{ responseTimeMs: 1204 }, 'Response time: 1,204 ms'],
    [{ trialDays: 1 }, 'Trial: 1 day'],
    [{ discountPercent: 12.5 }, 'Discount: 12.5 %'],
    [{ shippingHours: 48 }, 'Shipping: 48 h'],
    [{ productName: 'LANTERN' }, 'Product name: LANTERN'],
    [{ ticketId: 'T-1' }, 'Ticket ID: T-1'],
    [{ isGift: true }, 'Is gift: yes'],
    [{ lines: [{ sku: '71053' }] }, 'Lines: [{"sku":"71053"}]'],
  ])('%j is said as "%s"', (properties, line) => {
    expect(said(properties)).toEqual([line]);
  });

  it('are as they were sent where the name only looks like a unit, or the value is none', () => {
    expect(said({ seconds: 12, items: 3, forms: 2, durationSeconds: 'long', ageDays: -1 })).toEqual([
      'Seconds: 12',
      'Items: 3',
      'Forms: 2',
      'Duration seconds: long',
      'Age days: -1',
    ]);
  });

  it('keep their names and values where they are shown as they were sent, the empty ones left out', () => {
    const lines = sentProperties({ durationSeconds: 192, empty: '', none: null }).map(({ label, text }) => [label, text]);
    expect(lines).toEqual([['durationSeconds', '192']]);
  });

  it('are at most 40 of what a sender may send', () => {
    expect(said(Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`p${n}x`, n])))).toHaveLength(40);
  });
});
