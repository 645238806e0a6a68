/** Where progress is shown: standard error. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Characters. */
const BAR = 30;
/** Milliseconds between two updates: of a bar on a terminal, and of lines in a log, which should be few. */
const BAR_EVERY_MS = 100;
const LINE_EVERY_MS = 5_000;

/** Shows how much of an import or of a copy is done, how fast it is, and how long the rest will take. */
export class Progress {
  readonly #output: ProgressOutput;
  readonly #totalBytes: number;
  readonly #startLines: number;
  readonly #startedAt: number;
  readonly #now: () => number;
  readonly #unit: string;
  #startBytes: number | null = null;
  #shownAt: number;
  #last: { readonly lines: number; readonly bytes: number } | null = null;

  /** @param startLines how many were done in an earlier run. @param now milliseconds. @param unit what is counted, if not lines. */
  constructor(output: ProgressOutput, totalBytes: number, startLines: number, now: () => number, unit = 'lines') {
    this.#output = output;
    this.#unit = unit;
    this.#totalBytes = totalBytes;
    this.#startLines = startLines;
    this.#now = now;
    this.#startedAt = now();
    this.#shownAt = startLines === 0 ? this.#startedAt : Number.NEGATIVE_INFINITY;
  }

  /** @param bytes of the file that are done. */
  show(lines: number, bytes: number): void {
    this.#last = { lines, bytes };
    this.#startBytes ??= startLinesShare(lines, this.#startLines, bytes);
    if (this.#now() - this.#shownAt < (this.#output.isTTY ? BAR_EVERY_MS : LINE_EVERY_MS)) return;
    this.#shownAt = this.#now();
    this.#write(this.#text(lines, bytes));
  }

  /** Shows the final state. */
  end(): void {
    if (this.#last === null) return;
    this.#write(this.#text(this.#last.lines, this.#last.bytes));
    if (this.#output.isTTY) this.#output.write('\n');
  }

  #write(text: string): void {
    this.#output.write(this.#output.isTTY ? `\r${text}\x1b[K` : `${text}\n`);
  }

  #text(lines: number, bytes: number): string {
    const share = this.#totalBytes === 0 ? 1 : Math.min(1, bytes / this.#totalBytes);
    const seconds = Math.max(0.001, (this.#now() - this.#startedAt) / 1000);
    const rate = Math.round((lines - this.#startLines) / seconds);
    const done = Math.max(1, bytes - (this.#startBytes ?? 0));
    const left = Math.max(0, this.#totalBytes - bytes) * (seconds / done);
    const filled = Math.round(share * BAR);
    const bar = this.#output.isTTY ? `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)} ` : '';
    return `${bar}${Math.floor(share * 100)}%  ${lines} ${this.#unit}  ${rate}/s  ${duration(left)} left`;
  }
}

/** About how many bytes an earlier run has done, if all lines are about equally long. */
function startLinesShare(lines: number, startLines: number, bytes: number): number {
  return lines === 0 ? 0 : (bytes * startLines) / lines;
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
