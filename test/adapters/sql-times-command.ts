import { sqlAdapter } from '../../src/index.ts';

// Time enough for a machine that has other work.
const PATIENT = { timeout: '60s' } as const;

// Prints what each database of the arguments answers, as JSON: a program of its own, since a process has one time zone.
const [keys, ...urls] = process.argv.slice(2) as [string, ...string[]];
const answers = await Promise.all(
  urls.flatMap((url) =>
    [undefined, 'Europe/Berlin'].map(async (timeZone) => {
      const adapter = sqlAdapter({ url, match: 'id', query: 'select * from moment where id in ($keys)', timeZone, policy: PATIENT });
      const context = {
        args: {},
        headers: {},
        fields: null,
        maxAnswerBytes: 1e6,
        signal: AbortSignal.timeout(60_000),
        onForeign: () => {},
      };
      const records = await adapter.load(keys.split(','), context);
      await adapter.close?.();
      return records;
    }),
  ),
);
process.stdout.write(JSON.stringify(answers));
