import type { Source } from '../adapters/source.ts';
import type { IdentityGraph, ResolvedCustomer } from '../identity/identity-graph.ts';
import { parseCustomerId } from '../model/customer.ts';
import { GatewayError, type SourceErrorCode } from '../model/errors.ts';
import { requireRole, type Viewer } from '../model/viewer.ts';
import type { KeyTypes } from './key-types.ts';

export interface ErasureServices {
  readonly graph: IdentityGraph;
  readonly sources: ReadonlyMap<string, Source>;
  readonly keyTypes: KeyTypes;
  readonly now: () => Date;
}

export interface ErasureResult {
  /** False when a back end failed. The gateway keeps what it knows then, so that the same call can be made again. */
  readonly complete: boolean;
  /** Back ends that were asked to erase, and sources whose shared cache could not be. */
  readonly sources: readonly { readonly name: string; readonly erased: boolean; readonly errorCode: SourceErrorCode | null }[];
}

/**
 * Erases a customer, first in every back end that can, then here.
 * @throws GatewayError NOT_FOUND for an id that is nobody's; FORBIDDEN or UNAUTHENTICATED for other viewers.
 */
export async function eraseCustomer(
  { graph, sources: all, keyTypes, now }: ErasureServices,
  { customerId, viewer }: { readonly customerId: string; readonly viewer: Viewer },
): Promise<ErasureResult> {
  requireRole(['SERVICE', 'ADMIN'], viewer, 'eraseCustomer');
  const id = parseCustomerId(customerId);
  const customer = id && (await graph.findByIds([id]))[0];
  if (!customer) throw new GatewayError('NOT_FOUND', "eraseCustomer: expected customerId to be a customer's id, there is no such customer");

  const erased = await Promise.all(
    [...all.values()].flatMap((source) => {
      const keys = source.adapter.erase === undefined ? [] : keysFor(keyTypes.get(source.name), customer);
      return keys.length > 0 ? [eraseAt(source, keys)] : [];
    }),
  );
  // After the back ends, so that nothing is kept that was read before.
  const uncached = (
    await Promise.all([...all.values()].map((source) => forgetAt(source, keysFor(keyTypes.get(source.name), customer))))
  ).filter((failed) => failed !== null);
  const sources = [...erased, ...uncached];
  const complete = sources.every((source) => source.erased);
  const { sub } = viewer.claims;
  const actor = typeof sub === 'string' ? sub : null;
  if (complete) await graph.erase({ customerId: customer.id, at: now(), source: `eraseCustomer:${viewer.role}`, actor });
  return { complete, sources };
}

function keysFor(types: ReadonlySet<string> | undefined, { identifiers }: ResolvedCustomer): string[] {
  return identifiers.filter(({ type }) => types?.has(type)).map(({ value }) => value);
}

/** @returns why what is kept of the source's answers could not be forgotten, or null. */
async function forgetAt(source: Source, values: readonly string[]): Promise<ErasureResult['sources'][number] | null> {
  try {
    await Promise.all(values.map((value) => source.invalidate(value)));
    return null;
  } catch {
    return { name: source.name, erased: false, errorCode: 'SOURCE_UNAVAILABLE' };
  }
}

async function eraseAt(source: Source, keys: readonly string[]): Promise<ErasureResult['sources'][number]> {
  const failure = await source.erase(keys);
  return { name: source.name, erased: failure === null, errorCode: failure?.code ?? null };
}
