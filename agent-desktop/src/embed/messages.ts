import type { OpenQuestion } from '../model/open-question.ts';

/** What the page around a frame may send. Names and fields are fixed: other people's programs send them. */
export type FromEmbedder =
  | { readonly type: 'customer-profile:token'; readonly token: string }
  | { readonly type: 'customer-profile:open'; readonly question: OpenQuestion };

/** What a frame sends to the page around it. */
export type ToEmbedder =
  | { readonly type: 'customer-profile:ready' }
  | { readonly type: 'customer-profile:opened'; readonly customerId: string; readonly assurance: string }
  | { readonly type: 'customer-profile:confirmed'; readonly customerId: string; readonly method: string }
  | { readonly type: 'customer-profile:error'; readonly code: string; readonly message: string };

/** Characters at most, so that a page can't fill the memory: a token of an identity provider is 1 to 4 KB. */
const MOST = { token: 16_384, type: 100, value: 256, customerId: 200 } as const;

/** Reads a message. @returns null for one that is not for the desktop; a text for one that is, and is wrong: what was expected. */
export function readMessage(data: unknown): FromEmbedder | string | null {
  if (typeof data !== 'object' || data === null) return null;
  const { type, token, identifier, customerId } = data as Record<string, unknown>;
  if (type === 'customer-profile:token') {
    return isText(token, MOST.token)
      ? { type, token }
      : `customer-profile:token: expected a token, a text of 1 to ${MOST.token} characters.`;
  }
  if (type !== 'customer-profile:open') return null;
  if (isText(customerId, MOST.customerId) && identifier === undefined) return { type, question: { id: customerId } };
  const named = identifier as { type?: unknown; value?: unknown } | null | undefined;
  if (customerId === undefined && isText(named?.type, MOST.type) && isText(named?.value, MOST.value)) {
    return { type, question: { identifier: { type: named.type, value: named.value } } };
  }
  return 'customer-profile:open: expected either customerId, or identifier: { type, value } with texts.';
}

function isText(value: unknown, most: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= most;
}
