import Negotiator from 'negotiator';

export const JSON_TYPE = 'application/json; charset=utf-8';
export const GRAPHQL_TYPE = 'application/graphql-response+json; charset=utf-8';
export const EVENT_STREAM = 'text/event-stream; charset=utf-8';
export type AnswerType = typeof JSON_TYPE | typeof GRAPHQL_TYPE | typeof EVENT_STREAM;

const JSON_TYPES: readonly AnswerType[] = [JSON_TYPE, GRAPHQL_TYPE];
const ALL_TYPES: readonly AnswerType[] = [...JSON_TYPES, EVENT_STREAM];
const EVENTS = /\btext\/event-stream\b/i;

/**
 * The media types in which a client takes an answer, the preferred one first (RFC 9110, section 12.5.1). Without an
 * `accept` it is JSON, as GraphQL over HTTP requires. An event stream is only for clients that name it: `*\/*` alone means JSON.
 * @returns an empty list where the client takes none of them.
 */
export function acceptedTypes(accept: string | undefined): readonly AnswerType[] {
  if (accept === undefined || accept === '') return JSON_TYPES;
  const offered = EVENTS.test(accept) ? ALL_TYPES : JSON_TYPES;
  return new Negotiator({ headers: { accept } }).mediaTypes(offered as string[]) as AnswerType[];
}

/** True for a browser that opens the address: it gets a page. */
export function prefersPage(accept: string | undefined): boolean {
  if (accept === undefined || !accept.includes('text/html')) return false;
  return new Negotiator({ headers: { accept } }).mediaType([...JSON_TYPES, 'text/html']) === 'text/html';
}
