/**
 * The largest share of an operation's processor time that one turn of the event loop took, from 0 to 1. Without slices, nearly all is
 * in one turn, however often it is repeated. With them, a garbage collection may make one turn long: then it is measured again, up to
 * five times. @param wanted the operation is not repeated after a smaller share than this.
 */
export async function longestTurnOf(operation: () => Promise<unknown>, wanted = 0.5): Promise<number> {
  let smallest = 1;
  for (let run = 0; run < 5 && smallest >= wanted; run++) {
    const turns = await turnsOf(operation);
    smallest = Math.min(smallest, Math.max(...turns) / turns.reduce((sum, each) => sum + each, 0));
  }
  return smallest;
}

/** Processor time of each turn of the event loop while an operation runs, in microseconds: the clock would count others' work. */
async function turnsOf(operation: () => Promise<unknown>): Promise<number[]> {
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
