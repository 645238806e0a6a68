import type { IdentityGraph } from '../identity/identity-graph.ts';
import { causeOf } from '../model/cause.ts';
import { parseCustomerId, type ResolvedCustomer } from '../model/customer.ts';
import { GatewayError, type SourceErrorCode } from '../model/errors.ts';
import { requireRole, type Viewer } from '../model/viewer.ts';
import type { Source } from '../sources/source.ts';
import type { KeyTypes } from './key-types.ts';

/** How often the back ends are asked again because the customer got another identifier meanwhile. */
const MAX_ATTEMPTS = 5;

export interface ErasureServices {
  readonly graph: IdentityGraph;
  readonly sources: ReadonlyMap<string, Source>;
  readonly keyTypes: KeyTypes;
  readonly now: () => Date;
}

export interface ErasureResult {
  /**
   * False when a back end failed, or the customer kept getting identifiers. The gateway keeps what it knows then, so that
   * the same call can be made again.
   */
  readonly complete: boolean;
  /** Back ends that were asked to erase, and sources whose shared cache could not be. */
  readonly sources: readonly { readonly name: string; readonly erased: boolean; readonly errorCode: SourceErrorCode | null }[];
}

/**
 * Erases a customer, first in every back end that can, then here. Here nothing is erased while the customer has an
 * identifier that the back ends were not asked about: it could not be found again for asking them.
 * @throws GatewayError NOT_FOUND for an id that is nobody's; FORBIDDEN or UNAUTHENTICATED for other viewers.
 */
export async function eraseCustomer(
  services: ErasureServices,
  { customerId, viewer }: { readonly customerId: string; readonly viewer: Viewer },
): Promise<ErasureResult> {
  requireRole(['SERVICE', 'ADMIN'], viewer, 'eraseCustomer');
  const id = parseCustomerId(customerId);
  const cause = causeOf(viewer, 'eraseCustomer');
  let sources: ErasureResult['sources'] = [];
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const customer = id && (await services.graph.findByIds([id], viewer))[0];
    if (!customer) throw notFound();
    sources = await eraseAtSources(services, customer);
    if (sources.some((source) => !source.erased)) return { complete: false, sources };
    const expected = customer.identifiers;
    if (await services.graph.erase({ customerId: customer.id, expected, at: services.now(), ...cause })) return { complete: true, sources };
  }
  return { complete: false, sources };
}

function notFound(): GatewayError {
  return new GatewayError('NOT_FOUND', "eraseCustomer: expected customerId to be a customer's id, there is no such customer");
}

async function eraseAtSources({ sources: all, keyTypes }: ErasureServices, customer: ResolvedCustomer): Promise<ErasureResult['sources']> {
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
  return [...erased, ...uncached];
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
