import type { Connection } from './statement.ts';
import { prepared } from './statement.ts';

/** The setting that says how far the copy of another store is; a store that was not copied has none. */
export const COPY_STATE = 'store_copy';
export type CopyState = 'unfinished' | 'complete';

const STATE = prepared('select value from setting where name = $1');

/** @throws Error for a store that is only partly copied from another (`migrate-store`): what a gateway wrote there would be lost. */
export async function refuseUnfinishedCopy(connection: Connection): Promise<void> {
  const { rows } = await connection.run({ prepared: STATE, values: [COPY_STATE] });
  if (rows[0]?.value === ('unfinished' satisfies CopyState)) {
    throw new Error(
      'the store is not completely copied yet: stop the gateway of the old store, and give the command `migrate-store` with `--final`',
    );
  }
}
