import type { LoadMeter } from '../../src/http/limits/load-meter.ts';

/** A meter of the load that shows what a test says. */
export function loadMeter() {
  let now = 0;
  let turns = 0;
  let busy = 0;
  let read = () => {};
  const meter: LoadMeter = {
    now: () => {
      now += 1_000;
      return now;
    },
    turns: () => turns,
    // A second more at each look, so a turn has room for its first request only.
    busy: () => {
      busy += 1_000;
      return busy;
    },
    repeat: (action) => {
      read = action;
      return () => {};
    },
  };
  const pass = (passed: number) => {
    turns += passed;
    read();
  };
  return {
    meter,
    /** The turns since the reading before were long. */
    busy: () => pass(1),
    /** Nothing was to do. */
    calm: () => pass(10_000_000),
  };
}
