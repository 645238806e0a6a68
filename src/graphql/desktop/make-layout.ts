import type { GraphQLSchema } from 'graphql';
import type { Viewer } from '../../model/viewer.ts';
import type { Profile } from '../../profile/profile.ts';
import type { OperationLimits } from '../execution/operation-limits.ts';
import { Operations } from '../execution/operations.ts';
import { layoutDocuments } from './layout-documents.ts';
import type { DesktopDocument, Fact, FactList, ProfileDocuments, ProfileLayout } from './profile-layout.ts';
import { type ReadFields, type ReadList, readFields } from './read-fields.ts';

/** What the configuration says of the desktop. */
export type LayoutSettings = Omit<ProfileLayout, 'facts' | 'lists' | 'documents' | 'name' | 'head'> & {
  /** The path of the field with the customer's name. */
  readonly name: string;
};

export interface LayoutRules {
  readonly schema: GraphQLSchema;
  readonly profile: Profile;
  readonly limits: OperationLimits;
  /** How many sources a search of customers asks. */
  readonly searchable: number;
}

export interface MadeLayout {
  readonly layout: ProfileLayout;
  /** Why not all fields are shown; null where all are. */
  readonly cut: string | null;
}

/** Documents that ask for these fields. */
interface Trial {
  readonly fields: ReadFields;
  readonly head: readonly Fact[];
  readonly documents: ProfileDocuments;
}

/** Facts beside the name that a customer who was found is shown with. */
const HEAD_FACTS = 3;
/** Entries of a list in the longest page that the desktop asks for, and customers that it looks for. */
const LONGEST_PAGE = 50;
const AGENT: Viewer = { roles: ['AGENT'], authenticated: true, claims: {} };

/**
 * Makes what the desktop gets to know of the owner's schema. Each document may run for an agent under the limits of the
 * configuration; where one with all fields might not, fields are left out from the end: lists within lists first, then
 * columns of lists, then single values.
 */
export function makeLayout(settings: LayoutSettings, rules: LayoutRules): MadeLayout {
  const all = readFields(rules.schema, rules.profile);
  const parts = partsOf(all);
  const problemOf = checking(rules);
  const trial = (count: number, most = HEAD_FACTS): Trial => {
    const fields = onlyParts(all, new Set(parts.slice(0, count)));
    const head = headOf(fields, settings.name, most);
    return { fields, head, documents: layoutDocuments(fields, head) };
  };
  // Those by source ask for a part of what `profile` asks for.
  const problemOfFields = ({ documents: { profile, open, byList } }: Trial) => problemOf(documentsOf({ profile, open, byList }));
  const problemOfFound = ({ documents: { find, head } }: Trial) => problemOf(documentsOf({ find, head }));
  // Usually all of it may run, and nothing is tried twice: a trial takes milliseconds of every start.
  const whole = trial(parts.length);
  const problem = problemOfFields(whole);
  const count = problem === null ? parts.length : mostWithout((each) => problemOfFields(trial(each)) !== null, parts.length);
  const full = problem === null ? whole : trial(count);
  // A customer who was found is shown with fewer facts where many customers with all of them would be too much.
  const made =
    problemOfFound(full) === null
      ? full
      : trial(
          count,
          mostWithout((each) => problemOfFound(trial(count, each)) !== null, HEAD_FACTS),
        );
  const { fields, head, documents } = made;
  const shown = partsOf(fields).length;
  return {
    layout: {
      ...settings,
      name: fields.facts.some(({ path }) => path === settings.name) ? settings.name : null,
      head: head.map(({ path }) => path),
      facts: fields.facts,
      lists: fields.lists.map(withoutReading),
      documents,
    },
    cut: problem && `the agent desktop shows ${shown} of the ${parts.length} fields that agents may see; with all of them, ${problem}`,
  };
}

/** A list without what only its documents are written with. */
function withoutReading({ paging: _, inner, ...list }: ReadList): FactList {
  return { ...list, inner: inner.map(({ path, label, columns }) => ({ path, label, columns })) };
}

/** The largest number below `most` without a problem, where more have one; 0 where all have. */
function mostWithout(hasProblem: (count: number) => boolean, most: number): number {
  let [right, wrong] = [0, most];
  while (wrong - right > 1) {
    const middle = Math.floor((right + wrong) / 2);
    if (hasProblem(middle)) wrong = middle;
    else right = middle;
  }
  return right;
}

/** What can be left out alone, the most important first. */
type Part = Fact | FactList['inner'][number];

function partsOf({ facts, lists }: ReadFields): Part[] {
  return [...facts, ...lists.flatMap(({ columns }) => columns), ...lists.flatMap(({ inner }) => inner)];
}

function onlyParts({ facts, lists }: ReadFields, kept: ReadonlySet<Part>): ReadFields {
  const isKept = (part: Part) => kept.has(part);
  const cut = lists.map((list): ReadList => ({ ...list, columns: list.columns.filter(isKept), inner: list.inner.filter(isKept) }));
  return { facts: facts.filter(isKept), lists: cut.filter(({ columns }) => columns.length > 0) };
}

/** The name, and at most so many of the first single values that need no confirmation. */
function headOf({ facts }: ReadFields, name: string, most: number): Fact[] {
  const named = facts.filter(({ path }) => path === name);
  const others = facts.filter((fact) => fact.path !== name && fact.min !== 'VERIFIED' && fact.kind !== 'json');
  return [...named, ...others.slice(0, most)];
}

/** What a document is checked with: the longest page that the desktop asks for. */
const VARIABLES = { id: 'customer', value: 'customer', first: LONGEST_PAGE, after: null, identifier: { type: 'any', value: 'any' } };

/**
 * The first problem of documents; null where all may run. Nothing is run: they are prepared by the same rules as a request of an agent.
 */
function checking({ schema, profile, limits, searchable }: LayoutRules): (documents: readonly DesktopDocument[]) => string | null {
  const operations = new Operations({ schema, profile, limits, searchable, introspection: false, hideSuggestions: false, hotAfter: 2 });
  return (documents) => {
    for (const { text } of documents) {
      const prepared = operations.prepare({ query: text, variables: VARIABLES }, AGENT);
      if (prepared.kind === 'ready') continue;
      const [error] = prepared.errors;
      const limit = error?.extensions.limit;
      return typeof limit === 'string' ? `a document would be beyond limits.${limit}` : `a document may not run: ${error?.message}`;
    }
    return null;
  };
}

/** All documents of a layout, or of a part of it. */
export function documentsOf({ bySource = {}, byList = {}, ...single }: Partial<ProfileDocuments>): DesktopDocument[] {
  return [...Object.values(single), ...Object.values(bySource), ...Object.values(byList)];
}
