import { readFileSync } from 'node:fs';
import { buildASTSchema, parse } from 'graphql';
import { expect, it } from 'vitest';
import { causeOf, evidenceCause, handoffCause, isHandoff } from '../../src/model/cause.ts';
import type { Evidence, OriginKind } from '../../src/model/evidence.ts';

const evidence = (kind: OriginKind, name: string | null): Evidence => ({
  type: 'crmId',
  value: '1',
  assurance: 'VERIFIED',
  origin: { kind, name },
});
const viewer = (sub: unknown) => ({ roles: ['AGENT'], authenticated: true, claims: { sub } }) as const;

it('a cause names the mutation and the role, and on whose behalf it was called', () => {
  expect(causeOf(viewer('ada'), 'mergeCustomers')).toEqual({ source: 'mergeCustomers:AGENT', actor: 'ada' });
  expect(causeOf(viewer(undefined), 'mergeCustomers')).toEqual({ source: 'mergeCustomers:AGENT', actor: null });
  // A claim may hold anything.
  expect(causeOf(viewer({ name: 'ada' }), 'mergeCustomers').actor).toBeNull();
});

it('a cause of evidence names where each identifier was read', () => {
  const both = [evidence('bearerClaim', 'sub'), evidence('recipientToken', null)];
  expect(evidenceCause(both)).toEqual({ source: 'bearerClaim:sub+recipientToken', actor: null });
});

it('only a handoff is a handoff, whatever mutation the schema has and whatever a person is called', () => {
  expect(isHandoff(handoffCause([evidence('handoff', 'ct')]))).toBe(true);
  expect(isHandoff(handoffCause([]))).toBe(true);
  expect(isHandoff({ ...handoffCause([]), actor: 'ada' })).toBe(false);
  const schema = buildASTSchema(parse(readFileSync('docs/schema.graphql', 'utf8')), { assumeValidSDL: true });
  const mutations = Object.keys(schema.getMutationType()?.getFields() ?? {});
  expect(mutations).toContain('createHandoff');
  for (const mutation of mutations) expect(isHandoff(causeOf(viewer(null), mutation))).toBe(false);
});
