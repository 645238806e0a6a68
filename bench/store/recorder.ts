import { OpenConnection } from '../../src/store/postgres/open-connection.ts';
import type { Statement } from '../../src/store/postgres/statement.ts';

export interface Recorded {
  readonly text: string;
  readonly values: Statement['values'];
}

interface Sent {
  readonly connection: object;
  readonly statement: Recorded;
  /** Counts round trips: statements with one number were sent together. */
  readonly trip: number;
}

/**
 * Records what the store sends while it does something, statement by statement, in blocks that were sent together: so a reference
 * can run the very same. @param mark a text in the values of the work: connections that never send it are those of the background.
 * @returns the blocks.
 */
export async function recordStatements(mark: string, work: () => Promise<unknown>): Promise<readonly (readonly Recorded[])[]> {
  const sent: Sent[] = [];
  let trip = 0;
  let isNew = true;
  const original = OpenConnection.prototype.run;
  OpenConnection.prototype.run = function (this: OpenConnection, statement: Statement) {
    if (isNew) {
      isNew = false;
      trip++;
      setImmediate(() => {
        isNew = true;
      });
    }
    sent.push({ connection: this, statement: { text: statement.prepared.text, values: statement.values }, trip });
    return original.call(this, statement);
  };
  try {
    await work();
  } finally {
    OpenConnection.prototype.run = original;
  }
  const isOfWork = ({ statement }: Sent) => JSON.stringify(statement.values).includes(mark);
  const connections = new Set(sent.filter(isOfWork).map(({ connection }) => connection));
  const ofWork = sent.filter(({ connection }) => connections.has(connection));
  return [...Map.groupBy(ofWork, (each) => each.trip).values()].map((block) => block.map(({ statement }) => statement));
}
