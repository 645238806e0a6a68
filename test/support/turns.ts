/** Processor time of each turn of the event loop while an operation runs, in microseconds: the clock would count others' work. */
export async function turnsOf(operation: () => Promise<unknown>): Promise<number[]> {
  const turns: number[] = [];
  let before = process.threadCpuUsage();
  const measure = () => {
    const now = process.threadCpuUsage();
    turns.push(now.user + now.system - before.user - before.system);
    before = now;
    next = setImmediate(measure);
  };
  let next = setImmediate(measure);
  await operation();
  // The turn in which it ended, too: without slices, that one has all the work.
  measure();
  clearImmediate(next);
  return turns;
}
