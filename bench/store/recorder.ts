import pg from 'pg';

export interface Recorded {
  readonly text: string;
  readonly values: readonly unknown[];
}

interface Sent {
  readonly client: object;
  readonly statement: Recorded;
  /** Counts round trips: statements with one number were sent together. */
  readonly trip: number;
}

/**
 * Records what the store sends while it does something, statement by statement, in blocks that were sent together: so a reference
 * can run the very same.
 * @param mark a text in the values of the work, by which its connection is told from those of the background.
 * @returns the blocks of that connection.
 */
export async function recordStatements(mark: string, work: () => Promise<unknown>): Promise<readonly (readonly Recorded[])[]> {
  const sent: Sent[] = [];
  let trip = 0;
  let isNew = true;
  const original = pg.Client.prototype.query;
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const [config] = args as [{ text?: string; values?: readonly unknown[] } | string];
    if (isNew) {
      isNew = false;
      trip++;
      setImmediate(() => {
        isNew = true;
      });
    }
    const statement = typeof config === 'string' ? { text: config, values: [] } : { text: config.text ?? '', values: config.values ?? [] };
    sent.push({ client: this, statement, trip });
    return (original as (...given: unknown[]) => unknown).apply(this, args);
  } as typeof original;
  try {
    await work();
  } finally {
    pg.Client.prototype.query = original;
  }
  const clients = new Set(sent.filter(({ statement }) => JSON.stringify(statement.values).includes(mark)).map(({ client }) => client));
  const ofWork = sent.filter(({ client }) => clients.has(client));
  return [...Map.groupBy(ofWork, (each) => each.trip).values()].map((block) => block.map(({ statement }) => statement));
}
