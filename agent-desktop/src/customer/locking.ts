import { type CustomerState, hasAssurance } from './customer-model.ts';

/**
 * The customer once the confirmation has run out. What needs it is taken out at once, before the gateway is asked again; the gateway
 * then answers the masked identifiers.
 */
export function lock(state: CustomerState): CustomerState {
  const isOpen = ({ min }: { readonly min: CustomerState['assurance'] }) => hasAssurance('RECOGNIZED', min);
  const locked = { state: 'locked', source: null, fetchedAt: null, stale: false, code: 'INSUFFICIENT_ASSURANCE' } as const;
  const facts = state.facts.map((value) => (isOpen(value.fact) ? value : { fact: value.fact, value: null, ...locked }));
  return {
    ...state,
    assurance: 'RECOGNIZED',
    confirmation: null,
    name: facts.some(({ value }) => value !== null && value === state.name) ? state.name : null,
    facts,
    lists: state.lists.map((value) => (isOpen(value.list) ? value : { list: value.list, entries: [], next: null, ...locked })),
    identifiers: state.identifiers?.map((identifier) => ({ ...identifier, value: MASKED })) ?? null,
  };
}

/** In place of an identifier's value whose masked form is not known here. */
const MASKED = '•••';

/** Milliseconds until a confirmation has run out; 0 when it has. */
export function timeLeft(confirmation: { readonly expiresAt: string }, now: number): number {
  return Math.max(0, Date.parse(confirmation.expiresAt) - now);
}
