import { describe, expect, it } from 'vitest';
import { defineAdapter } from '../../src/adapters/define-adapter.ts';
import type { Assurance } from '../../src/model/assurance.ts';
import type { CustomerId, ResolvedCustomer } from '../../src/model/customer.ts';
import type { ViewerRole } from '../../src/model/viewer.ts';
import { DEFAULT_ACCESS } from '../../src/profile/access.ts';
import type { FieldBinding, SourceBinding } from '../../src/profile/field-binding.ts';
import { Profile, type ReadingScope } from '../../src/profile/profile.ts';
import { SourceUsage } from '../../src/profile/source-usage.ts';
import { SourceReader } from '../../src/sources/source-reader.ts';
import { sourceOf } from '../support/ask-source.ts';
import { memorySource } from '../support/gateway.ts';

const from = (source: string, others: Partial<SourceBinding> = {}): SourceBinding => ({
  source,
  many: false,
  pages: false,
  key: { kind: 'identifier', type: 'crmId' },
  keyType: null,
  path: null,
  newestBy: null,
  cursor: null,
  ...others,
});
const bound = (name: string, shape: FieldBinding['shape'], ...sources: SourceBinding[]): FieldBinding => ({ name, shape, sources });

const profile = new Profile([
  { name: 'Customer.name', rule: DEFAULT_ACCESS, binding: bound('Customer.name', 'leaf', from('crm', { path: ['name'] })) },
  {
    name: 'Customer.notes',
    rule: { min: 'CLAIMED', roles: ['AGENT'] },
    binding: bound('Customer.notes', 'leaf', from('crm', { path: ['notes'] })),
  },
  {
    name: 'Customer.level',
    rule: { min: 'CLAIMED', roles: null },
    binding: bound('Customer.level', 'leaf', from('loyalty', { path: ['level'] }), from('crm', { path: ['level'] })),
  },
  { name: 'Order.total', rule: null, binding: undefined },
]);

const customer = (assurance: Assurance = 'RECOGNIZED'): ResolvedCustomer => {
  const now = new Date(0);
  const identifier = { type: 'crmId', value: '1', linkedAt: now, lastSeenAt: now, source: 'test' };
  return { id: 'c1' as CustomerId, assurance, identifiers: [identifier], firstSeenAt: now, lastSeenAt: now };
};

function scopeOf(role: ViewerRole = 'CUSTOMER') {
  const crm = memorySource({ 1: { name: 'Ada', notes: 'prefers letters', level: 3 } });
  const loyalty = memorySource({});
  const sources = new Map([
    ['crm', sourceOf(crm.adapter)],
    ['loyalty', sourceOf(loyalty.adapter)],
  ]);
  const reader = { sources: new SourceReader(sources, {}), usage: new SourceUsage(), cursorSecret: Buffer.alloc(32) };
  const scope: ReadingScope = { viewer: { roles: [role], authenticated: role !== 'CUSTOMER', claims: {} }, profile: reader };
  return { scope, calls: crm.calls };
}

describe('a field read without GraphQL', () => {
  it('has its value, and where it came from', async () => {
    const { scope } = scopeOf();
    expect(await profile.read(scope, customer(), 'name')).toMatchObject({ value: 'Ada', source: 'crm', from: 0, isStale: false });
  });

  it('has the value of the first source that has one', async () => {
    const { scope } = scopeOf();
    expect(await profile.read(scope, customer(), 'level')).toMatchObject({ value: 3, source: 'crm', from: 1 });
  });

  it('is null when no source knows the customer', async () => {
    const { scope } = scopeOf();
    expect(await profile.read(scope, { ...customer(), identifiers: [] }, 'name')).toBeNull();
  });

  it('shares one call with others of the same request', async () => {
    const { scope, calls } = scopeOf('AGENT');
    await Promise.all([profile.read(scope, customer(), 'name'), profile.read(scope, customer(), 'notes')]);
    expect(calls).toEqual([['1']]);
  });

  it('is in the whole record, also after an operation asked for other fields of it', async () => {
    const asked: unknown[] = [];
    const crm = defineAdapter({
      key: 'crmId',
      selectsFields: true,
      load: async (keys, { fields }) => {
        asked.push(fields);
        return keys.map(() => ({ name: 'Ada', ...(fields === null && { notes: 'prefers letters' }) }));
      },
    });
    const reader = new SourceReader(new Map([['crm', sourceOf(crm)]]), {});
    const scope = { ...scopeOf('AGENT').scope, profile: { ...scopeOf().scope.profile, sources: reader } };
    const part = reader.ask('crm', '1', {}, new Set(['name']), null);
    expect((await part.promise()).record).toEqual({ name: 'Ada' });
    expect(await profile.read(scope, customer(), 'notes')).toMatchObject({ value: 'prefers letters' });
    expect(reader.ask('crm', '1', {}, new Set(['name']), null)).toBe(part);
    await profile.read(scope, customer(), 'name');
    expect(asked).toEqual([['name'], null]);
  });

  it('is refused under its rule, before any source is asked', async () => {
    const { scope, calls } = scopeOf();
    await expect(profile.read(scope, customer('CLAIMED'), 'name')).rejects.toMatchObject({
      code: 'INSUFFICIENT_ASSURANCE',
      message: 'Customer.name needs a customer who is RECOGNIZED, this one is CLAIMED',
    });
    await expect(profile.read(scope, customer(), 'notes')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(profile.read(scopeOf('SERVICE').scope, customer(), 'notes')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect((await profile.read(scopeOf('AGENT').scope, customer(), 'notes'))?.value).toBe('prefers letters');
    expect(calls).toEqual([]);
  });

  it('must be one of Customer with a source', async () => {
    const { scope } = scopeOf();
    await expect(profile.read(scope, customer(), 'total')).rejects.toThrow(
      'expected a field of Customer with @from or @computed (Customer.name, Customer.notes, Customer.level), received "total"',
    );
  });
});

describe('the fields of a type', () => {
  it('are those that the owner wrote, in their order', () => {
    expect(profile.fieldsOf('Customer').map(({ name }) => name)).toEqual(['Customer.name', 'Customer.notes', 'Customer.level']);
    expect(profile.fieldsOf('Cust')).toEqual([]);
    expect(profile.field('Order.total')?.binding).toBeUndefined();
  });
});
