import type { AdapterFailure } from '../adapters/adapter-failure.ts';
import type { Semaphore } from '../batching/semaphore.ts';
import type { SourceError } from '../model/errors.ts';
import type { Health } from './circuit-breaker.ts';

/** `AdapterFailureOptions.tooLarge`. */
export type TooLarge = NonNullable<AdapterFailure['tooLarge']>;

/** The result of one call. */
export interface PieceResult<Answer> {
  /** One entry per key; none for a call that was too large. */
  readonly outcome: (Answer | SourceError)[];
  readonly health: Health;
  /** Set for a call of several keys only. */
  readonly tooLarge?: TooLarge | undefined;
  /** True where a call of one key was too large: its outcome is the failure. */
  readonly isAloneTooLarge?: boolean;
}

export interface PieceCalls<Answer> {
  call(keys: readonly string[]): Promise<PieceResult<Answer>>;
  /** The first piece uses the slot that the batch has; others run at the same time, while slots are free. */
  readonly semaphore: Semaphore;
  /** True when no answer is needed any more. */
  isOver(): boolean;
  /** The failure of keys that are not called for any more. */
  giveUp(): SourceError;
}

/**
 * Keys that may be refused alone before any is accepted; then the rest is given up. A back end that refuses everything, for
 * example because of a large header, would get a hundred calls for a batch.
 */
const MAX_REFUSED_ALONE = 3;

/**
 * Calls for the keys of a batch that was too large, in pieces: of as many keys as fit, or of half as many after each refusal.
 * Until a piece is accepted, there is one call at a time.
 * @returns one entry per key, in their order. Its health is the worst of all calls.
 */
export async function callInPieces<Answer>(
  keys: readonly string[],
  tooLarge: TooLarge,
  { call, semaphore, isOver, giveUp }: PieceCalls<Answer>,
): Promise<PieceResult<Answer>> {
  const outcome: (Answer | SourceError)[] = new Array(keys.length);
  /** Indexes of keys without an outcome that are in no call. */
  const waiting = [...keys.keys()];
  const healths: Health[] = [];
  const besides: Promise<void>[] = [];
  let size = pieceOf(keys.length, tooLarge);
  let isFitting = tooLarge !== true;
  let isAccepted = false;
  let refusedAlone = 0;

  const callNext = async (): Promise<void> => {
    const indexes = waiting.splice(0, size);
    const result = await call(indexes.map((index) => keys[index] as string));
    if (result.tooLarge !== undefined) {
      size = Math.min(size, pieceOf(indexes.length, result.tooLarge));
      isFitting ||= result.tooLarge !== true;
      waiting.unshift(...indexes);
      return;
    }
    healths.push(result.health);
    for (const [position, index] of indexes.entries()) outcome[index] = result.outcome[position] as Answer | SourceError;
    if (result.isAloneTooLarge) refusedAlone++;
    else isAccepted = true;
    if (!isAccepted && refusedAlone >= MAX_REFUSED_ALONE) failWaiting(result.outcome[0] as SourceError);
  };
  const failWaiting = (error: SourceError) => {
    for (const index of waiting.splice(0)) outcome[index] = error;
  };
  const work = async (): Promise<void> => {
    while (waiting.length > 0) {
      if (isOver()) return failWaiting(giveUp());
      const called = callNext();
      while ((isFitting || isAccepted) && waiting.length > 0 && semaphore.tryAcquire())
        besides.push(work().finally(() => semaphore.release()));
      await called;
    }
  };

  await work();
  for (const beside of besides) await beside;
  return { outcome, health: healths.find((each) => each === 'failed') ?? healths.find((each) => each === 'unknown') ?? 'well' };
}

function pieceOf(keys: number, tooLarge: TooLarge): number {
  return Math.max(1, tooLarge === true ? keys >> 1 : Math.min(tooLarge, keys - 1));
}
