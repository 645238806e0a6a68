import { serveProfiles } from './by-hand-server.ts';
import { fetchBatch, profileOf, type Row } from './fetch-profile.ts';

const MAX_BATCH = 100;

/**
 * Batches the ids of all requests: ids of one turn of the event loop, and ids that are asked for while a call is under way, are
 * sent in one call. The best solution by hand.
 */
class Batches {
  readonly #load: (ids: readonly string[]) => Promise<Row[]>;
  #waiting = new Map<string, PromiseWithResolvers<readonly Row[]>>();
  #isBusy = false;

  constructor(load: (ids: readonly string[]) => Promise<Row[]>) {
    this.#load = load;
  }

  ask(id: string): Promise<readonly Row[]> {
    let waiting = this.#waiting.get(id);
    if (waiting === undefined) {
      waiting = Promise.withResolvers();
      this.#waiting.set(id, waiting);
      if (!this.#isBusy) {
        this.#isBusy = true;
        setImmediate(() => void this.#work());
      }
    }
    return waiting.promise;
  }

  async #work(): Promise<void> {
    while (this.#waiting.size > 0) await this.#send(this.#take());
    this.#isBusy = false;
  }

  #take(): Map<string, PromiseWithResolvers<readonly Row[]>> {
    const waiting = this.#waiting;
    this.#waiting = new Map();
    if (waiting.size <= MAX_BATCH) return waiting;
    const entries = [...waiting];
    this.#waiting = new Map(entries.slice(MAX_BATCH));
    return new Map(entries.slice(0, MAX_BATCH));
  }

  async #send(batch: Map<string, PromiseWithResolvers<readonly Row[]>>): Promise<void> {
    try {
      const rows = Map.groupBy(await this.#load([...batch.keys()]), ({ customerId }) => customerId);
      for (const [id, { resolve }] of batch) resolve(rows.get(id) ?? []);
    } catch (error) {
      for (const { reject } of batch.values()) reject(error);
    }
  }
}

const [crm, loyalty, orders] = [new Batches(fetchBatch.crm), new Batches(fetchBatch.loyalty), new Batches(fetchBatch.orders)];
serveProfiles(async (id, first) => {
  const [[customer], [points], invoices] = await Promise.all([crm.ask(id), loyalty.ask(id), orders.ask(id)]);
  return profileOf(customer, points, invoices, first);
});
