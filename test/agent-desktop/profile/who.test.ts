import { describe, expect, it } from 'vitest';
import type { SourceStatus } from '../../../agent-desktop/src/customer/customer-model.ts';
import { classOfType, identifierIcon, shortCode } from '../../../agent-desktop/src/customer/identifier-icon.ts';
import { summarizeSources } from '../../../agent-desktop/src/profile/sources-summary.ts';

const source = (name: string, status: SourceStatus['status'], fetchedAt: string | null = null): SourceStatus => ({
  name,
  status,
  fetchedAt,
  errorCode: null,
});

describe('the foot of the column', () => {
  it('counts sources by how they answered, and knows the oldest fresh answer', () => {
    const summary = summarizeSources([
      source('crm', 'FRESH', '2010-12-03T14:32:00Z'),
      source('orders', 'FRESH', '2010-12-03T14:31:00Z'),
      source('loyalty', 'STALE', '2010-12-03T14:00:00Z'),
      source('support', 'FAILED'),
      source('catalog', 'SKIPPED'),
    ]);
    expect(summary.fresh.map(({ name }) => name)).toEqual(['crm', 'orders']);
    expect(summary).toMatchObject({ failed: [{ name: 'support' }], stale: [{ name: 'loyalty' }], skipped: [{ name: 'catalog' }] });
    expect(summary.oldest).toBe('2010-12-03T14:31:00Z');
  });
});

describe('identifiers', () => {
  const types = [
    { type: 'crmId', class: 'person' },
    { type: 'email', class: 'person' },
    { type: 'phone', class: 'person' },
    { type: 'visitorId', class: 'cookie' },
    { type: 'appId', class: 'device' },
  ] as const;

  it.each([
    ['crmId', 'id'],
    ['email', 'mail'],
    ['phone', 'handset'],
    ['visitorId', 'cookie'],
    ['appId', 'phone-device'],
    ['unknown', 'id'],
  ])('%s has the picture %s', (type, icon) => {
    expect(identifierIcon(type, classOfType(type, types))).toBe(icon);
  });

  it('are cut in the middle where they are long codes, and nowhere else', () => {
    expect(shortCode('6f1c0b52-1111-4222-8333-444455559e04')).toBe('6f1c…9e04');
    expect(shortCode('maya.ashdown.17850@example.com')).toBe('maya.ashdown.17850@example.com');
    expect(shortCode('•••9e04')).toBe('•••9e04');
  });
});
