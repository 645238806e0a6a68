import type { LoadMeter } from '../../src/http/limits/load-meter.ts';

/** Milliseconds between two readings; a turn may be so long. */
const EVERY = 100;

/** A meter of the load that shows what a test says. */
export function loadMeter() {
  let now = 0;
  let idle = 0;
  let busy = 0;
  let read = () => {};
  const meter: LoadMeter = {
    now: () => now,
    idle: () => idle,
    busy: () => busy,
    repeat: (action) => {
      read = action;
      return () => {};
    },
  };
  return {
    meter,
    /** The event loop had no idle moment since the reading before. */
    busy: () => {
      now += EVERY;
      busy += EVERY;
      read();
    },
    /** The event loop had little to do. */
    calm: () => {
      now += EVERY;
      idle += EVERY - 1;
      busy += 1;
      read();
    },
  };
}
