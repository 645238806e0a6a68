import type { ApolloClient } from '@apollo/client';
import { OFFERS, RESPOND_TO_OFFER } from './documents.ts';
import { type NotShown, notShown, type OfferAnswer, type ShownOffer, shownOffers } from './shown-offers.ts';

export interface OffersState {
  readonly offers: readonly ShownOffer[];
  readonly notShown: readonly NotShown[];
  /** The customer is in the control group: only the fallback is offered. */
  readonly isControl: boolean;
  readonly isLoading: boolean;
  /** Why nothing could be read. */
  readonly error: unknown;
  /** The offer whose answer is being recorded, and why the last one was not. */
  readonly pending: string | null;
  readonly failed: { readonly id: string; readonly error: unknown } | null;
}

/** Milliseconds between two readings: a customer who is busy changes often, and an offer must not move while it is read out. */
const PAUSE = 10_000;

/** The offers of one open customer, and what the agent recorded of them. */
export class OffersStore {
  private readonly client: ApolloClient;
  private readonly listeners = new Set<() => void>();
  private state: OffersState = { offers: [], notShown: [], isControl: false, isLoading: true, error: null, pending: null, failed: null };
  private asked = '';
  private askedAt = Number.NEGATIVE_INFINITY;
  private reading = 0;

  constructor(client: ApolloClient) {
    this.client = client;
  }

  readonly current = (): OffersState => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Reads the offers of a placement. Not while an answer is awaited, and not soon after the last time for the same language. */
  async read(id: string, placement: string, locale: string): Promise<void> {
    const asked = [id, placement, locale].join(' ');
    const isAwaited = this.state.pending !== null || this.state.offers.some(({ answer }) => answer?.kind === 'PRESENTED');
    if (asked === this.asked && (isAwaited || Date.now() - this.askedAt < PAUSE)) return;
    this.asked = asked;
    this.askedAt = Date.now();
    await this.readNow(id, placement, locale);
  }

  async readNow(id: string, placement: string, locale: string): Promise<void> {
    this.reading += 1;
    const reading = this.reading;
    try {
      const { data, error } = await this.client.query({ query: OFFERS, variables: { id, placement, locale }, fetchPolicy: 'no-cache' });
      if (reading !== this.reading) return;
      const hasOffers = data?.node?.__typename === 'Customer' && data.node.offers !== null;
      if (data === undefined || !hasOffers) return this.set({ isLoading: false, error: error ?? new Error('no offers') });
      const offers = shownOffers(data, this.state.offers, this.state.pending);
      const { explainOffers } = data;
      const isControl = explainOffers?.isControl ?? false;
      this.set({ offers, notShown: notShown(explainOffers, offers), isControl, isLoading: false, error: null });
    } catch (error) {
      if (reading === this.reading) this.set({ isLoading: false, error });
    }
  }

  /** Records that an offer was presented, or how the customer answered. */
  async respond(id: string, response: OfferAnswer): Promise<boolean> {
    const offer = this.state.offers.find((shown) => shown.id === id);
    if (offer === undefined || this.state.pending !== null) return false;
    this.set({ pending: id, failed: null });
    try {
      const { data, error } = await this.client.mutate({ mutation: RESPOND_TO_OFFER, variables: { token: offer.token, response } });
      if (data?.respondToOffer === null || data?.respondToOffer === undefined) throw error ?? new Error('no answer');
      const answer = { kind: response, at: new Date().toISOString() };
      this.set({ offers: this.state.offers.map((shown) => (shown.id === id ? { ...shown, answer } : shown)), pending: null });
      return true;
    } catch (error) {
      this.set({ pending: null, failed: { id, error } });
      return false;
    }
  }

  private set(change: Partial<OffersState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}
