import type { ApolloClient } from '@apollo/client';
import type {
  EraseMutation,
  IdentifyInput,
  LinkMutation,
  MergeCustomersInput,
  PreviewFragment,
  SplitCustomerInput,
  UnlinkIdentifierInput,
} from '../generated/graphql.ts';
import { ERASE, LINK, MERGE, PREVIEW_IDENTIFY, PREVIEW_MERGE, PREVIEW_SPLIT, PREVIEW_UNLINK, SPLIT, UNLINK } from './documents.ts';
import type { Identifier } from './history/key.ts';

/** A change of who somebody is, as the gateway takes it. */
export type Change =
  | { readonly kind: 'merge'; readonly input: MergeCustomersInput }
  | { readonly kind: 'split'; readonly input: SplitCustomerInput }
  | { readonly kind: 'unlink'; readonly input: UnlinkIdentifierInput }
  | { readonly kind: 'link'; readonly input: IdentifyInput };

/** What a change came to. */
export interface Applied {
  /** The id that the customer has now. */
  readonly customerId: string;
  /** Of a split: the other customer's. */
  readonly splitOff: string | null;
  /** Of a link: identifiers that were left out, each with a code. */
  readonly rejected: NonNullable<LinkMutation['identify']>['rejected'];
}

/** @param signal gives the preview up. @throws what the gateway refuses the preview with. */
export async function previewOf(client: ApolloClient, change: Change, signal: AbortSignal): Promise<PreviewFragment> {
  const { data, error } = await askPreview(client, change, signal);
  if (data == null) throw error ?? new Error('the gateway answered no preview');
  return data;
}

async function askPreview(
  client: ApolloClient,
  change: Change,
  signal: AbortSignal,
): Promise<{ data: PreviewFragment | null | undefined; error: unknown }> {
  const options = { fetchPolicy: 'no-cache', errorPolicy: 'all', context: { signal } } as const;
  switch (change.kind) {
    case 'merge': {
      const { data, error } = await client.query({ query: PREVIEW_MERGE, variables: { input: change.input }, ...options });
      return { data: data?.previewMerge, error };
    }
    case 'split': {
      const { data, error } = await client.query({ query: PREVIEW_SPLIT, variables: { input: change.input }, ...options });
      return { data: data?.previewSplit, error };
    }
    case 'unlink': {
      const { data, error } = await client.query({ query: PREVIEW_UNLINK, variables: { input: change.input }, ...options });
      return { data: data?.previewUnlink, error };
    }
    case 'link': {
      const { data, error } = await client.query({ query: PREVIEW_IDENTIFY, variables: { input: change.input }, ...options });
      return { data: data?.previewIdentify, error };
    }
  }
}

/** Writes a change. @throws what the gateway refuses it with; nothing is written then. */
export async function apply(client: ApolloClient, change: Change): Promise<Applied> {
  const options = { fetchPolicy: 'no-cache', errorPolicy: 'all' } as const;
  const none = { splitOff: null, rejected: [] };
  switch (change.kind) {
    case 'merge': {
      const { data, error } = await client.mutate({ mutation: MERGE, variables: { input: change.input }, ...options });
      return { customerId: idOf(data?.mergeCustomers?.customer, error), ...none };
    }
    case 'split': {
      const { data, error } = await client.mutate({ mutation: SPLIT, variables: { input: change.input }, ...options });
      const customerId = idOf(data?.splitCustomer?.customer, error);
      return { customerId, splitOff: data?.splitCustomer?.splitOff.id ?? null, rejected: [] };
    }
    case 'unlink': {
      const { data, error } = await client.mutate({ mutation: UNLINK, variables: { input: change.input }, ...options });
      return { customerId: idOf(data?.unlinkIdentifier?.customer, error), ...none };
    }
    case 'link': {
      const { data, error } = await client.mutate({ mutation: LINK, variables: { input: change.input }, ...options });
      const { identify } = data ?? {};
      const rejected = identify?.rejected ?? [];
      return {
        customerId: rejected.length > 0 ? (identify?.customer?.id ?? '') : idOf(identify?.customer, error),
        splitOff: null,
        rejected,
      };
    }
  }
}

/** Erases a customer. @throws what the gateway refuses it with. */
export async function erase(client: ApolloClient, customerId: string): Promise<NonNullable<EraseMutation['eraseCustomer']>> {
  const { data, error } = await client.mutate({
    mutation: ERASE,
    variables: { input: { customerId } },
    fetchPolicy: 'no-cache',
    errorPolicy: 'all',
  });
  if (data?.eraseCustomer == null) throw error ?? new Error('the gateway answered no erasure');
  return data.eraseCustomer;
}

function idOf(customer: { readonly id: string } | null | undefined, error: unknown): string {
  if (customer == null) throw error ?? new Error('the gateway answered no customer');
  return customer.id;
}

/** What takes a change back; null where nothing does. */
export function undoOf(
  change: Change,
  { customerId, splitOff }: Applied,
  { joined, anchor }: { readonly joined: readonly Identifier[]; readonly anchor: Identifier | null },
): Change | null {
  const named = joined.map(({ type, value }) => ({ type, value }));
  switch (change.kind) {
    // What joined leaves again, with its id and its history.
    case 'merge':
      return named.length === 0 ? null : { kind: 'split', input: { customerId, identifiers: named } };
    case 'split':
      return splitOff === null ? null : { kind: 'merge', input: { customerIds: [customerId, splitOff] } };
    // An agent's word is evidence of now, which is newer than the unlinking.
    case 'unlink':
      return anchor === null ? null : { kind: 'link', input: { identifiers: [anchor, change.input.identifier] } };
    case 'link': {
      const [first] = named;
      return named.length === 1 && first ? { kind: 'unlink', input: { customerId, identifier: first } } : null;
    }
  }
}
