import type { LoadMeter } from '../../src/http/load-meter.ts';

/** A meter of the load that shows what a test says. */
export function loadMeter() {
  let now = 0;
  let sums = { turns: 0, busy: 0 };
  let read = () => {};
  const meter: LoadMeter = {
    // Each look at the clock is a second after the one before, so a turn has room for its first request only.
    now: () => {
      now += 1_000;
      return now;
    },
    sums: () => sums,
    repeat: (action) => {
      read = action;
      return () => {};
    },
  };
  const pass = (turns: number, busy: number) => {
    sums = { turns: sums.turns + turns, busy: sums.busy + busy };
    read();
  };
  return {
    meter,
    /** The turns since the reading before were long. */
    busy: () => pass(1, 100),
    /** Nothing was to do. */
    calm: () => pass(100, 1),
  };
}
