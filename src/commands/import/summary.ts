import type { LineCounts } from './checkpoint.ts';
import { hasRows } from './record-file.ts';
import type { RejectionReason } from './rejected-file.ts';

export interface FinishedImport {
  readonly kind: 'interactions' | 'identifiers';
  readonly file: string;
  readonly counts: LineCounts;
  /** The file with the rejected lines. */
  readonly rejectedPath: string;
  readonly reasons: readonly RejectionReason[];
  /** Lines that were done in an earlier run. */
  readonly earlier: number;
  readonly seconds: number;
}

/** Reasons that are shown. Further ones are only counted. */
const MAX_SHOWN = 10;

/** The outcome of an import, for a person to read; with advice if nothing was stored. */
export function summaryOf(finished: FinishedImport): string {
  const { kind, file, counts, rejectedPath, reasons, earlier, seconds } = finished;
  const { lines, accepted, duplicates, rejected } = counts;
  const known = kind === 'interactions' ? 'duplicates ' : 'nothing new';
  const before = earlier === 0 ? '' : ` (${earlier} of them in an earlier run)`;
  const where = rejected === 0 ? '' : `, to be found in ${rejectedPath}`;
  const rate = Math.round((lines - earlier) / Math.max(seconds, 0.001));
  return [
    `${file}: ${lines} ${kind}${before}`,
    `  accepted    ${accepted}`,
    `  ${known} ${duplicates}`,
    `  rejected    ${rejected}${where}`,
    ...reasons.slice(0, MAX_SHOWN).map((reason) => `    ${describe(reason)}`),
    ...(reasons.length > MAX_SHOWN ? [`    and ${reasons.length - MAX_SHOWN} more reasons`] : []),
    `  ${seconds.toFixed(1)} s, ${rate} per second`,
    ...advice(finished),
    '',
  ].join('\n');
}

function describe({ code, message, count, lines }: RejectionReason): string {
  const shown = `${lines.length === 1 ? 'line' : 'lines'} ${lines.join(', ')}${count > lines.length ? ', …' : ''}`;
  return `${count} ${code} (${shown}): ${message}`;
}

function advice({ kind, file, counts }: FinishedImport): string[] {
  const isCsv = hasRows(file);
  if (counts.lines === 0) {
    const expected = isCsv ? "rows under the line with the columns' names" : `a JSON object on each line (a CSV's name ends in .csv)`;
    return [`The file holds no ${kind}: expected ${expected}.`];
  }
  if (counts.accepted > 0 || counts.duplicates > 0) return [];
  const look = isCsv
    ? 'is each column a field or an identifier type, or mapped to one with --map COLUMN=FIELD?'
    : `has each of them the fields of an ${kind === 'interactions' ? 'interaction' : 'identify event'}?`;
  return [`Nothing of the file is stored. Look at the lines that are named above: ${look}`];
}
