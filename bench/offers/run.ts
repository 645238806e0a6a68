import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { measureDecisions } from './decisions.ts';
import { measureRequests } from './requests.ts';

/**
 * Measures what offers cost: one decision in memory, and what a query for offers adds to the query for the profile alone, with 10,
 * 100 and 1,000 offers at one placement, whose rules share their terms or have terms of their own.
 */
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    decisions: { type: 'string', default: '2000' },
    customers: { type: 'string', default: '2000' },
    offers: { type: 'string', default: '10,100,1000' },
  },
});
const [rounds, decisions, customers] = [options.rounds, options.decisions, options.customers].map(Number) as [number, number, number];
const cases = options.offers.split(',').flatMap((offers) => [true, false].map((shared) => ({ offers: Number(offers), shared })));

const print = (line: string) => process.stdout.write(`${line}\n`);
const micro = (milliseconds: number) => `${(milliseconds * 1_000).toFixed(milliseconds < 0.1 ? 1 : 0)} µs`;
const terms = (shared: boolean) => (shared ? 'shared' : 'of their own');

print(`Node ${process.versions.node}, ${cpus()[0]?.model}, ${cpus().length} cores, medians of ${rounds} rounds\n`);
print('| offers | terms of rules | CPU of a decision | decisions per second and core | by hand | ratio to by hand |');
print('| --- | --- | --- | --- | --- | --- |');
for (const { offers, shared } of cases) {
  const { ours, byHand } = await measureDecisions(offers, shared, rounds, decisions);
  const perSecond = Math.round(1_000 / ours).toLocaleString('en');
  print(`| ${offers} | ${terms(shared)} | ${micro(ours)} | ${perSecond} | ${micro(byHand)} | ${(ours / byHand).toFixed(1)} |`);
}
print('\n| offers | terms of rules | the profile alone | with offers, asked again | ratio | added | with a new decision | ratio | added |');
print('| --- | --- | --- | --- | --- | --- | --- | --- | --- |');
for (const { offers, shared } of cases) {
  const { profile, again, fresh } = await measureRequests(offers, shared, rounds, customers);
  const added = (milliseconds: number) => `${(milliseconds / profile).toFixed(2)} | ${micro(milliseconds - profile)}`;
  print(`| ${offers} | ${terms(shared)} | ${micro(profile)} | ${micro(again)} | ${added(again)} | ${micro(fresh)} | ${added(fresh)} |`);
}
