import { readLines } from '../../adapters/files/text-lines.ts';

/** Why lines were rejected. The message holds no value of a record. */
export interface RejectionReason {
  readonly code: string;
  readonly message: string;
  readonly count: number;
  /** The numbers of the first such lines, at most three. */
  readonly lines: readonly number[];
}

/** Reasons that are told apart; of a file with more, the later ones count as one. */
const MAX_REASONS = 1_000;
const MAX_LINES = 3;
const OTHER = { code: 'OTHER', message: 'other reasons' };

/**
 * Reads a file of rejected lines, as `RejectedFile` writes it, also what an earlier run has left in it.
 * @returns the reasons, the most frequent first.
 */
export async function rejectionReasons(file: string): Promise<readonly RejectionReason[]> {
  const reasons = new Map<string, { code: string; message: string; count: number; lines: number[] }>();
  for await (const batch of readLines(file)) {
    for (const { text, isTooLong } of batch) {
      if (text === '' || isTooLong) continue;
      const rejected = JSON.parse(text) as { line: number; code: string; message: string };
      const { code, message } = reasons.size < MAX_REASONS || reasons.has(keyOf(rejected)) ? rejected : OTHER;
      const key = keyOf({ code, message });
      const reason = reasons.get(key) ?? { code, message, count: 0, lines: [] };
      reason.count++;
      if (reason.lines.length < MAX_LINES) reason.lines.push(rejected.line);
      reasons.set(key, reason);
    }
  }
  return [...reasons.values()].sort((a, b) => b.count - a.count);
}

function keyOf({ code, message }: { readonly code: string; readonly message: string }): string {
  return `${code} ${message}`;
}
