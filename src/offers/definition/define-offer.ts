import { createHash } from 'node:crypto';
import { z } from 'zod';
import { CHANNELS } from '../../capture/touchpoints.ts';
import { type Explanation, explainIssue, shownInput } from '../../model/explain-issue.ts';
import { beyondBounds } from '../../model/json-bounds.ts';
import type { Offer } from '../../model/offer.ts';
import { type Duration, parseDuration, quantity } from '../../model/quantity.ts';
import { readInstant, readTimeInUtc } from '../../model/read-time.ts';

/** Characters of JSON of an offer's content in one language. */
const MAX_CONTENT = 16_384;
/** Languages of one offer. */
const MAX_LANGUAGES = 100;
/** Caps of one offer. Each decision that may give the offer counts all of them. */
const MAX_CAPS = 10;
/** Names in `placements` and `excludes`. */
const MAX_NAMES = 100;
/** Characters of a rule: the limit of the parser (`RULE_LIMITS.text`). */
const MAX_RULE = 4_000;
const DAY_MS = 86_400_000;

/** The name of an offer or a placement: it is a part of ids, of addresses and of HTML attributes. */
export const OFFER_NAME = /^[A-Za-z0-9_-]{1,100}$/;
export const EXPECTED_OFFER_NAME = 'expected 1 to 100 letters, digits, - and _';

const EXPECTED_TIME = "expected a day such as '2026-12-01', or a time with its offset such as '2026-12-01T08:00:00+01:00'";
const EXPECTED_RULE = `expected a rule in quotes, such as 'customer.country == "France"', or no when for everybody`;

const names = z.array(z.string()).max(MAX_NAMES);
const amount = z.number().min(0);

const contentSchema = z
  .custom<Readonly<Record<string, unknown>>>(isPlainJson, 'expected a JSON object such as { title, text, image, url } for each language')
  .superRefine((value, context) => {
    const problem = isPlainJson(value) ? beyondBounds(value, MAX_CONTENT) : null;
    if (problem !== null) context.addIssue({ code: 'custom', message: `${problem}, received more` });
  });

const capSchema = z.strictObject({
  /** How often the offer may be presented. */
  count: z.number().int().min(1),
  /** The sliding time in which presentations count, for example `'7d'`. For ever if not given. */
  per: quantity<Duration>(parseDuration, "expected a duration such as '7d'", (milliseconds) => milliseconds > 0).optional(),
  /** Whose presentations count: the customer's own, or those of all customers together. */
  of: z.enum(['customer', 'everybody']).default('customer'),
});

/** All options of a file in `offers/`. */
export const offerSchema = z.strictObject({
  /** The names of the placements where it may be shown. Empty for an offer that is only the fallback of one. */
  placements: names,
  /** Its rule (CEL): it is shown to customers for whom the rule is true. To everybody if not given. */
  when: z
    .string({ error: ({ code }) => (code === 'invalid_type' ? EXPECTED_RULE : undefined) })
    .regex(/\S/, EXPECTED_RULE)
    .max(MAX_RULE)
    .optional(),
  /** What is shown, by language tag (BCP 47): any JSON object. Customers of other languages get the first. */
  content: z.record(z.string(), contentSchema, "expected contents by language, such as { en: { title: 'Welcome' } }"),
  /** The first moment: a day in UTC such as `'2026-12-01'`, or a time such as `'2026-12-01T08:00:00+01:00'`. */
  starts: z.string(EXPECTED_TIME).optional(),
  /** The last day in UTC, which is included, such as `'2026-12-24'`; or the time at which it ends. */
  ends: z.string(EXPECTED_TIME).optional(),
  /** For the rank formula. */
  priority: amount.default(1),
  /** For the rank formula: what it is worth when a customer accepts it. */
  value: amount.default(1),
  /** Whether it comes before all offers that are not mandatory. */
  mandatory: z.boolean().default(false),
  /** How often it may be presented; all of the caps hold. */
  caps: z.array(capSchema).max(MAX_CAPS).default([]),
  /** Offers that are not shown beside it. */
  excludes: names.default([]),
  /** The channels of touchpoints where it may be shown. Everywhere if not given. */
  channels: z.array(z.enum(CHANNELS)).min(1).optional(),
});

/** An offer as its file in `offers/` declares it. */
export type OfferDefinition = z.input<typeof offerSchema>;

/** Declares an offer, for its types. Offers are checked when the project is loaded; all problems are reported at once. */
export function defineOffer(definition: OfferDefinition): OfferDefinition {
  return definition;
}

/**
 * Parses what a file in `offers/` exports.
 * @param name the name of the file, without its extension.
 * @returns null where a problem was reported. What depends on other files (placements, other offers, the rule) is not checked here.
 */
export function parseOffer(name: string, input: unknown, report: (problem: Explanation) => void): Offer | null {
  const { success, data, error } = offerSchema.safeParse(input, { reportInput: true });
  if (!success) {
    for (const issue of error.issues) {
      for (const problem of explainIssue(issue, { schema: offerSchema, noun: 'option', shows: 'input' })) report(problem);
    }
    return null;
  }
  let isRight = true;
  const wrong = (path: readonly PropertyKey[], message: string) => {
    isRight = false;
    report({ path, message });
  };
  const content = languagesOf(data.content, wrong);
  const starts = data.starts === undefined ? null : timeOf('starts', data.starts, 0, wrong);
  const ends = data.ends === undefined ? null : timeOf('ends', data.ends, DAY_MS, wrong);
  if (starts !== null && ends !== null && starts >= ends)
    wrong(['ends'], `expected a time after starts (${data.starts}), received ${shownInput(data.ends)}`);
  for (const list of ['placements', 'excludes', 'channels'] as const) {
    for (const [index, entry] of (data[list] ?? []).entries())
      if (data[list]?.indexOf(entry as never) !== index)
        wrong([list, index], `expected each name once, received ${shownInput(entry)} again`);
  }
  if (data.excludes.includes(name)) wrong(['excludes'], 'expected other offers, received the name of this one');
  if (!isRight) return null;
  const offer = {
    name,
    placements: data.placements,
    when: data.when ?? null,
    starts,
    ends,
    priority: data.priority,
    value: data.value,
    mandatory: data.mandatory,
    caps: data.caps.map(({ count, per, of }) => ({ count, per: per ?? null, of })),
    excludes: data.excludes,
    channels: data.channels ?? null,
  };
  return { ...offer, content, version: versionOf({ ...offer, content: [...content] }) };
}

/** 72 bits: enough that two versions of one file differ. */
function versionOf(definition: unknown): string {
  return createHash('sha256').update(JSON.stringify(definition)).digest('base64url').slice(0, 12);
}

/** @param wholeDay milliseconds that are added to a day without a time: 0 for its beginning, a day for its end. */
function timeOf(
  option: 'starts' | 'ends',
  text: string,
  wholeDay: number,
  wrong: (path: readonly PropertyKey[], message: string) => void,
): number | null {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const time = isDay ? readTimeInUtc(text) : readInstant(text);
  if (time !== null) return time.getTime() + (isDay ? wholeDay : 0);
  wrong([option], `${EXPECTED_TIME}, received ${shownInput(text)}`);
  return null;
}

function languagesOf(
  content: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  wrong: (path: readonly PropertyKey[], message: string) => void,
): ReadonlyMap<string, Readonly<Record<string, unknown>>> {
  const languages = new Map<string, Readonly<Record<string, unknown>>>();
  const tags = Object.entries(content);
  if (tags.length === 0) wrong(['content'], 'expected content for at least one language such as en, received none');
  if (tags.length > MAX_LANGUAGES) wrong(['content'], `expected at most ${MAX_LANGUAGES} languages, received ${tags.length}`);
  for (const [tag, value] of tags) {
    const canonical = canonicalTag(tag);
    if (canonical === null) wrong(['content', tag], `expected a language tag (BCP 47) such as en or de-AT, received ${shownInput(tag)}`);
    else if (languages.has(canonical)) wrong(['content', tag], `expected each language once, received ${canonical} again`);
    else languages.set(canonical, JSON.parse(JSON.stringify(value)));
  }
  return languages;
}

/** The usual form of a language tag: `DE-at` is `de-AT`. Null for a text that is none. */
function canonicalTag(tag: string): string | null {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? null;
  } catch {
    return null;
  }
}

/** True for an object that JSON can hold unchanged: without functions, dates, NaN and the like. */
function isPlainJson(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && isJson(value, 0);
}

/** Levels of nesting up to which values are checked. `beyondBounds` accepts fewer. */
const MAX_LEVELS = 100;

function isJson(value: unknown, level: number): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || level > MAX_LEVELS) return false;
  if (Array.isArray(value)) return value.every((entry) => isJson(entry, level + 1));
  const prototype = Object.getPrototypeOf(value);
  return (prototype === null || prototype === Object.prototype) && Object.values(value).every((entry) => isJson(entry, level + 1));
}
