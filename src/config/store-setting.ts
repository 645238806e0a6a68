import { z } from 'zod';
import { shownInput } from '../model/explain-issue.ts';
import { type Duration, parseDuration, quantity } from '../model/quantity.ts';
import { EXPECTED_STORE_URL, parseStoreUrl, type StoreUrl } from '../model/store-url.ts';
import { postgresUrlProblem } from './postgres-url.ts';

/** Milliseconds. A change that another process made, an erasure above all, must not stay unseen for longer. */
const MAX_IDENTITY_AGE = 60_000;

const storeFields = z.strictObject({
  /** Where the store is: `sqlite:` and a path, or the URL of a PostgreSQL database. */
  url: z.string({ error: EXPECTED_STORE_URL }),
  /** For PostgreSQL with the extension Citus: the tables are distributed over the nodes of its cluster when they are made. */
  distribute: z.enum(['citus'], { error: "expected 'citus', or nothing for a PostgreSQL without Citus" }).optional(),
  /** For PostgreSQL: how long what was read of an identity may be used again without asking the database. */
  identityAge: quantity<Duration>(
    parseDuration,
    "expected a duration of at most 1m such as '1s'",
    (milliseconds) => milliseconds > 0 && milliseconds <= MAX_IDENTITY_AGE,
  ).optional(),
});

type StoreFields = z.output<typeof storeFields>;

/** `store` of `gateway.config.ts`: a URL, or an object with a URL and what only PostgreSQL has. */
export const storeSchema = z.union([z.string(), storeFields], { error: EXPECTED_STORE_URL }).transform((written, context): StoreUrl => {
  const fields: StoreFields = typeof written === 'string' ? { url: written } : written;
  const issues = issuesOf(fields);
  for (const { name, message } of issues) {
    // The input is left out of the issue: the messages say as much of it as may be shown.
    context.addIssue({ code: 'custom', message, path: typeof written === 'string' ? [] : [name] });
  }
  return issues.length > 0 ? z.NEVER : withOptions(parseStoreUrl(fields.url) as StoreUrl, fields);
});

function withOptions(url: StoreUrl, { distribute, identityAge }: StoreFields): StoreUrl {
  return url.scheme === 'postgres' ? { ...url, isCitus: distribute === 'citus', identityAge: identityAge ?? null } : url;
}

function issuesOf({ url, ...options }: StoreFields): { name: keyof StoreFields; message: string }[] {
  const isPostgres = /^postgres(ql)?:/.test(url);
  const problem = isPostgres ? postgresUrlProblem(url) : parseStoreUrl(url) === null ? EXPECTED_STORE_URL : null;
  const ofOthers = isPostgres ? [] : (['distribute', 'identityAge'] as const).filter((name) => options[name] !== undefined);
  return [
    ...(problem === null ? [] : [{ name: 'url' as const, message: `${problem}; received ${shownUrl(url)}` }]),
    ...ofOthers.map((name) => ({ name, message: `expected only beside the URL of a PostgreSQL, received beside ${shownUrl(url)}` })),
  ];
}

/** A text that may hold a password is shown as its scheme alone: where the password begins and ends is not known in a wrong URL. */
function shownUrl(url: string): string {
  if (!/[@?=]|\/\//.test(url) || url.startsWith('sqlite:')) return shownInput(url);
  return `${/^[a-z][\w+.-]*:/i.exec(url)?.[0] ?? ''}… (the rest is not shown, since it may hold a password)`;
}
