import { folded, wordsOf } from '../adapters/folded-text.ts';
import { valueAt } from '../adapters/values.ts';
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

/**
 * True where a part of a value that the agent may not see led to a record, and nothing that the agent may see explains why. Shown to
 * the agent, such a find would let them guess the value piece by piece: `077`, `0770`, … Who types a whole value knows it already.
 * @param key of the record, an identifier: agents see it masked.
 */
export function isGuess({ text, exact }: GuessedText, key: string, record: unknown, shown: ShownParts, vocabulary: IdentifierVocabulary) {
  const seen = new Set<string>();
  for (const path of shown.paths) for (const each of listed(record)) addTexts(valueAt(each, path), shown.except, seen);
  const all = new Set<string>([key]);
  addTexts(record, NONE, all);
  const hidden = [...all].filter((value) => !seen.has(value) || value === key);
  if (hidden.some((value) => isWhole(value, text, exact, vocabulary))) return false;
  const words = wordsOf(folded(text));
  // Where some word is nowhere in the record, something else led to it, such as an order's number. A letter or two of that number
  // stand in many values by chance.
  const isAllThere = words.every((word) => [...all].some((value) => contains(value, word)));
  const mayLead = (value: string, part: string) => (isAllThere ? contains(value, part) : explains(value, part));
  return [text, ...words].some((part) => hidden.some((value) => mayLead(value, part)) && ![...seen].some((value) => explains(value, part)));
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

function isWhole(value: string, text: string, exact: readonly Identifier[], { identifierTypes, blockedValues }: IdentifierVocabulary) {
  if (squeezed(value) === squeezed(text)) return true;
  return exact.some(({ type, value: asked }) => {
    const normalized = normalizeIdentifier(type, value, identifierTypes.get(type) ?? {}, blockedValues);
    return normalized.ok && normalized.identifier.value === asked;
  });
}

const squeezed = (text: string): string => wordsOf(folded(text)).join('');

/** Whether a search, however it compares, may find this part in the value. Phone numbers are also written without country code. */
function contains(value: string, part: string): boolean {
  const [inside, wanted] = [squeezed(value), squeezed(part)];
  if (wanted === '') return false;
  return inside.includes(wanted) || (/^0+\d+$/.test(wanted) && inside.includes(wanted.replace(/^0+/, '')));
}

/** Letters of a part that may stand inside of a word: a shorter one is in nearly every text, so it has to begin a word. */
const LEAST_INSIDE = 3;

/** Whether this value, and not chance, is why a search for the part found a record. */
function explains(value: string, part: string): boolean {
  const wanted = squeezed(part);
  return wanted.length >= LEAST_INSIDE ? contains(value, part) : wordsOf(folded(value)).some((word) => word.startsWith(wanted));
}
