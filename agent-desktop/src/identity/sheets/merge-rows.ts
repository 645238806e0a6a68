import { wordsOf } from '../../customer/words.ts';
import type { ProfileLayout } from '../../model/gateway.ts';
import type { Translate } from '../../text/translate.ts';
import { typeInSentence, typeLabel } from '../../text/type-name.ts';
import { keyOf } from '../history/key.ts';
import type { Side } from './use-side.ts';

/** A row of a comparison: what each side has, and what becomes of the right one. */
export interface MergeRow {
  readonly label: string;
  readonly left: Cell;
  readonly right: Cell;
  /** True when what is at the right goes to the left. */
  readonly moves: boolean;
}

export interface Cell {
  readonly text: string;
  /** True for an identifier's value, which is written in the code face. */
  readonly isCode?: boolean;
  /** What is said beside it, or in place of a value that there is not. */
  readonly note?: string;
}

/** Rows of attributes at most: a sheet that must be scrolled is not read. */
const MOST_ATTRIBUTES = 3;

/** Compares who stays with who joins: identifiers, journey, and the attributes of which one value counts. Pure. */
export function mergeRows(stays: Side, joins: Side, layout: Pick<ProfileLayout, 'identifiers'>, t: Translate): MergeRow[] {
  return [
    ...personRows(stays, joins, layout, t),
    browserRow(stays, joins, layout, t),
    journeyRow(stays, joins, t),
    ...attributeRows(stays, joins, t),
  ].filter((row) => row !== null);
}

function personRows(stays: Side, joins: Side, { identifiers }: Pick<ProfileLayout, 'identifiers'>, t: Translate): MergeRow[] {
  return identifiers.flatMap(({ type, class: kind }) => {
    const values = (side: Side) => (side.identifiers ?? []).filter((each) => each.type === type).map(({ value }) => value);
    const [left, right] = [values(stays), values(joins)];
    if (kind !== 'person' || left.length + right.length === 0) return [];
    const own = (side: string[]): Cell => (side.length === 0 ? { text: '', note: t('none') } : { text: side.join(', '), isCode: true });
    return [{ label: typeLabel(type, t), left: own(left), right: own(right), moves: right.some((value) => !left.includes(value)) }];
  });
}

function browserRow(stays: Side, joins: Side, { identifiers }: Pick<ProfileLayout, 'identifiers'>, t: Translate): MergeRow | null {
  const types = new Set(identifiers.filter(({ class: kind }) => kind !== 'person').map(({ type }) => type));
  const count = (side: Side) => (side.identifiers ?? []).filter(({ type }) => types.has(type)).length;
  const [left, right] = [count(stays), count(joins)];
  if (left + right === 0) return null;
  return {
    label: t('Browsers'),
    left: { text: String(left) },
    right: right === 0 ? { text: '', note: t('none') } : { text: t('{count, plural, one {# moves} other {# move}}', { count: right }) },
    moves: right > 0,
  };
}

function journeyRow(stays: Side, joins: Side, t: Translate): MergeRow {
  const said = (interactions: Side['interactions']) => {
    if (interactions === null) return t('not shown to you');
    if (interactions.isMore) return t('more than {count} interactions', { count: interactions.count });
    return t('{count, plural, =0 {no interactions} one {# interaction} other {# interactions}}', { count: interactions.count });
  };
  const count = joins.interactions?.count ?? 0;
  const moves = count > 0;
  const right = { text: said(joins.interactions), ...(moves ? { note: t('{count, plural, one {moves} other {move}}', { count }) } : {}) };
  return { label: t('Journey'), left: { text: said(stays.interactions) }, right, moves };
}

/** Of each name the latest value counts, whichever of them had it. */
function attributeRows(stays: Side, joins: Side, t: Translate): MergeRow[] {
  const mine = new Map((stays.attributes ?? []).map((attribute) => [attribute.name, attribute]));
  const rows = (joins.attributes ?? []).flatMap<MergeRow>((theirs) => {
    const own = mine.get(theirs.name);
    const text = sayValue(theirs.value);
    if (own === undefined) return [{ label: wordsOf(theirs.name), left: { text: '', note: t('none') }, right: { text }, moves: true }];
    if (JSON.stringify(own.value) === JSON.stringify(theirs.value)) return [];
    const moves = theirs.capturedAt > own.capturedAt;
    const note = moves ? t('is later, so it counts') : t('is older, so the other stays');
    return [{ label: wordsOf(theirs.name), left: { text: sayValue(own.value) }, right: { text, note }, moves }];
  });
  return rows.slice(0, MOST_ATTRIBUTES);
}

const sayValue = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Why the gateway did not make them one customer itself. */
export function whyApart(stays: Side, joins: Side, { identifiers }: Pick<ProfileLayout, 'identifiers'>, t: Translate): string {
  const [strongest] = identifiers;
  const has = (side: Side) => (side.identifiers ?? []).some(({ type }) => type === strongest?.type);
  if (strongest && has(stays) && has(joins)) {
    return t('Not joined by itself: both have a {type}. Only a person may decide that.', { type: typeInSentence(strongest.type, t) });
  }
  const mine = new Set((stays.identifiers ?? []).map(keyOf));
  if ((joins.identifiers ?? []).some((each) => mine.has(keyOf(each)))) return t('Not joined by itself: what they share was only claimed.');
  return t('Not joined by itself: nothing has proven yet that they are one person.');
}
