import { folded, wordsOf } from '../adapters/folded-text.ts';
import { valueAt } from '../adapters/values.ts';
import { yieldWhenLong } from '../batching/event-loop.ts';
import { normalizeIdentifier } from '../capture/normalize.ts';
import type { Identifier } from '../model/identifier.ts';
import type { Viewer } from '../model/viewer.ts';
import { refusal } from './access.ts';
import type { IdentifierVocabulary } from './parse-identifiers.ts';
import type { Profile } from './profile.ts';

/** What an agent who has not confirmed a customer sees of the customer's record in one source. */
export interface ShownParts {
  /** Paths into the record; an empty one for the whole. */
  readonly paths: readonly (readonly string[])[];
  /** Names of properties inside of these that are refused. */
  readonly except: ReadonlySet<string>;
}

/** @param source the name of a source. */
export function shownParts(profile: Pick<Profile, 'fields'>, source: string, viewer: Viewer): ShownParts {
  const paths: (readonly string[])[] = [];
  const except = new Set<string>();
  for (const { name, rule, binding } of profile.fields) {
    const isRefused = rule !== null && refusal(rule, viewer, 'RECOGNIZED', name) !== null;
    if (binding === undefined) {
      if (isRefused) except.add(name.slice(name.indexOf('.') + 1));
    } else if (!isRefused && name.startsWith('Customer.')) {
      for (const { source: from, path } of binding.sources) if (from === source) paths.push(path ?? []);
    }
  }
  return { paths, except };
}

/** One search by an agent who must confirm. */
export interface GuessedText {
  readonly text: string;
  /** The text as an identifier, for each type that takes it. */
  readonly exact: readonly Identifier[];
}

/** A text as searches may compare it. */
interface Compared {
  readonly words: readonly string[];
  /** The words without what stands between them. */
  readonly squeezed: string;
}

/**
 * True where a part of a value that the agent may not see led to a record, and nothing that the agent may see explains why. Shown to
 * the agent, such a find would let them guess the value piece by piece: `077`, `0770`, … Who types a whole value knows it already.
 * In slices: a record may be thousands of orders, and each of their values is looked at.
 * @param key of the record, an identifier: agents see it masked.
 */
export async function isGuess(
  { text, exact }: GuessedText,
  key: string,
  record: unknown,
  shown: ShownParts,
  vocabulary: IdentifierVocabulary,
): Promise<boolean> {
  const seenTexts = new Set<string>();
  for (const path of shown.paths) for (const each of listed(record)) addTexts(valueAt(each, path), shown.except, seenTexts);
  const allTexts = new Set<string>([key]);
  addTexts(record, NONE, allTexts);
  const asked = comparedOf(text);
  const seen: Compared[] = [];
  const hidden: Compared[] = [];
  for (const value of allTexts) {
    const compared = comparedOf(value);
    if (seenTexts.has(value)) seen.push(compared);
    if (!seenTexts.has(value) || value === key) {
      if (compared.squeezed === asked.squeezed || isSame(value, compared, exact, vocabulary)) return false;
      hidden.push(compared);
    }
    const turn = yieldWhenLong();
    if (turn !== undefined) await turn;
  }
  const words = [...new Set(asked.words)];
  // Where some word is nowhere in the record, something else led to it, such as an order's number. A letter or two of that number
  // stand in many values by chance.
  const isAllThere = words.every((word) => [seen, hidden].some((values) => values.some((value) => contains(value, word))));
  const mayLead = isAllThere ? contains : explains;
  for (const part of [asked.squeezed, ...words]) {
    if (hidden.some((value) => mayLead(value, part)) && !seen.some((value) => explains(value, part))) return true;
    const turn = yieldWhenLong();
    if (turn !== undefined) await turn;
  }
  return false;
}

const NONE: ReadonlySet<string> = new Set();

const listed = (record: unknown): readonly unknown[] => (Array.isArray(record) ? record : [record]);

/** Adds every text and number in a value. */
function addTexts(value: unknown, except: ReadonlySet<string>, to: Set<string>): void {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') to.add(String(value));
  else if (Array.isArray(value)) for (const item of value) addTexts(item, except, to);
  else if (typeof value === 'object' && value !== null)
    for (const [name, inner] of Object.entries(value)) if (!except.has(name)) addTexts(inner, except, to);
}

function comparedOf(text: string): Compared {
  const words = wordsOf(folded(text));
  return { words, squeezed: words.join('') };
}

/** Whether a value is the identifier that was asked for, in another spelling: a phone number without its country code. */
function isSame(
  value: string,
  { squeezed }: Compared,
  exact: readonly Identifier[],
  { identifierTypes, blockedValues }: IdentifierVocabulary,
): boolean {
  return exact.some(({ type, value: asked }) => {
    const format = identifierTypes.get(type) ?? {};
    // Reading a number takes long, and every spelling of it ends alike. Other named normalisations keep letters and digits.
    if (format.normalize === 'phone' ? !squeezed.endsWith(asked.slice(-2)) : typeof format.normalize !== 'function') return false;
    const normalized = normalizeIdentifier(type, value, format, blockedValues);
    return normalized.ok && normalized.identifier.value === asked;
  });
}

/** Whether a search, however it compares, may find this part in the value. Phone numbers are also written without country code. */
function contains({ squeezed }: Compared, wanted: string): boolean {
  if (wanted === '') return false;
  return squeezed.includes(wanted) || (/^0+\d+$/.test(wanted) && squeezed.includes(wanted.replace(/^0+/, '')));
}

/** Letters of a part that may stand inside of a word: a shorter one is in nearly every text, so it has to begin a word. */
const LEAST_INSIDE = 3;

/** Whether this value, and not chance, is why a search for the part found a record. */
function explains(value: Compared, wanted: string): boolean {
  return wanted.length >= LEAST_INSIDE ? contains(value, wanted) : value.words.some((word) => word.startsWith(wanted));
}
