/** One kind of load on the contestants: a cell of the tables. */
export interface Cell {
  /** `closed`: each connection sends its next request when it has its answer. `open`: requests are sent at random times, whether answers are there or not. */
  readonly loop: 'closed' | 'open';
  /** Connections of a closed loop; requests per second of an open loop. */
  readonly load: number;
  /** Milliseconds that the back ends take for an answer. */
  readonly latency: number;
}

/** The cells that are measured by default. */
export const ALL_CELLS: readonly Cell[] = [
  'closed:1:0,closed:16:0,closed:64:0,closed:256:0',
  'closed:1:5,closed:16:5,closed:64:5,closed:256:5',
  'open:1000:0,open:4000:0',
].flatMap(parseCells);

/** The cells that `--quick` measures. */
export const QUICK_CELLS: readonly Cell[] = parseCells('closed:1:0,closed:64:0,closed:64:5');

/** @param text `LOOP:LOAD:LATENCY` with commas between: `closed:64:0,open:4000:5`. @throws TypeError for anything else. */
export function parseCells(text: string): Cell[] {
  return text.split(',').map((each) => {
    const [, loop, load, latency] = /^(closed|open):(\d+):(\d+)$/.exec(each) ?? [];
    if (loop === undefined) throw new TypeError(`--cells: expected LOOP:LOAD:LATENCY such as closed:64:0, received ${each}`);
    return { loop: loop as Cell['loop'], load: Number(load), latency: Number(latency) };
  });
}

/** A cell as `parseCells` reads it. */
export const cellName = ({ loop, load, latency }: Cell) => `${loop}:${load}:${latency}`;

/** A cell in words, for tables. */
export function cellTitle({ loop, load, latency }: Cell): string {
  const how = loop === 'closed' ? `${load} connection${load === 1 ? '' : 's'}` : `${load.toLocaleString('en')} requests/s`;
  return `${how}, back ends ${latency} ms`;
}
