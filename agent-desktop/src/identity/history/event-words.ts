import type { HistoryEventFragment } from '../../generated/graphql.ts';
import type { IconName } from '../../pieces/icon.tsx';
import type { Translate } from '../../text/translate.ts';
import { typeInSentence } from '../../text/type-name.ts';
import type { Identifier } from './key.ts';
import type { ClassOf } from './lives.ts';
import { sayOrigin } from './origin-words.ts';

/** How an identity event is said to a person. */
export interface EventWords {
  readonly icon: IconName;
  readonly title: string;
  /** Where it was seen, or who did it and why. */
  readonly sentence: string;
  /** What decided. */
  readonly rule: string;
}

type Event = Pick<HistoryEventFragment, 'rule' | 'linked' | 'cut' | 'merged' | 'source' | 'actor' | 'reason' | 'evidence'>;

/** @param classOf the class of an identifier type: of a cookie, `A browser joined` is said, and not its name. */
export function wordsOf(event: Event, classOf: ClassOf, t: Translate, joined: readonly Identifier[] = []): EventWords {
  return { icon: iconOf(event), title: titleOf(event, classOf, t, joined), sentence: sentenceOf(event, t), rule: ruleOf(event, t) };
}

function iconOf({ rule, merged, cut, linked }: Event): IconName {
  switch (rule) {
    case 'CONFIRM':
      return 'shield';
    case 'MERGE':
      return 'merge';
    case 'SPLIT':
      return 'split';
    case 'UNLINK':
      return 'cut';
    case 'ERASE':
      return 'trash';
    case 'ROTATE':
      return 'retry';
    case 'TOGETHER':
    case 'REASSIGN_LATEST':
    case 'KEEP_FIRST':
      if (merged.length > 0) return 'merge';
      return linked.length === 0 && cut.length > 0 ? 'cut' : 'link';
  }
}

function titleOf({ rule, merged, linked, cut, evidence }: Event, classOf: ClassOf, t: Translate, joined: readonly Identifier[]): string {
  switch (rule) {
    case 'CONFIRM':
      return t('Confirmed by an agent');
    case 'MERGE':
      return t('{count, plural, other {# customers became one}}', { count: merged.length + 1 });
    case 'SPLIT':
      return t('Split: {what}', { what: listOf(linked, classOf, t) });
    case 'UNLINK':
      return t('Unlinked: {what}', { what: listOf(cut, classOf, t) });
    case 'ERASE':
      return t('Everything was erased');
    case 'ROTATE':
      return t('A browser got a new cookie');
    case 'TOGETHER':
    case 'REASSIGN_LATEST':
    case 'KEEP_FIRST':
      if (merged.length > 0) return t('Joined: {what}', { what: listOf(joined.length > 0 ? joined : evidence, classOf, t) });
      if (linked.length === 0) return cut.length > 0 ? t('Cut: {what}', { what: listOf(cut, classOf, t) }) : t('Seen again');
      if (linked.some(({ from }) => from != null)) return t('Moved here: {what}', { what: listOf(linked, classOf, t) });
      return t('Linked: {what}', { what: listOf(linked, classOf, t) });
  }
}

/** `customer number, 2 browsers`, in short: each type once. */
function listOf(identifiers: readonly Identifier[], classOf: ClassOf, t: Translate): string {
  const counts = Map.groupBy(identifiers, ({ type }) => (classOf(type) === 'person' ? type : classOf(type)));
  return [...counts]
    .map(([what, { length: count }]) => {
      if (what === 'cookie') return t('{count, plural, one {a browser} other {# browsers}}', { count });
      if (what === 'device') return t('{count, plural, one {a device} other {# devices}}', { count });
      const words = typeInSentence(what, t);
      return count === 1 ? words : `${count} × ${words}`;
    })
    .join(', ');
}

function sentenceOf({ actor, reason, source }: Event, t: Translate): string {
  const origin = sayOrigin(source, t);
  if (actor !== null && reason !== null) return t('{actor}: {reason}', { actor, reason });
  if (actor !== null) return t('{actor}, {origin}', { actor, origin });
  return reason === null ? origin : t('{origin}: {reason}', { origin, reason });
}

function ruleOf({ rule, merged }: Event, t: Translate): string {
  switch (rule) {
    case 'TOGETHER':
      return merged.length > 0
        ? t('No limit broken: everything that was seen together is one customer')
        : t('No limit broken: what was seen together belongs together');
    case 'REASSIGN_LATEST':
      return t('More than one customer may have: the latest evidence decided');
    case 'KEEP_FIRST':
      return t('More than one customer may have: what was owned stayed');
    case 'MERGE':
      return t('A person decided: no limit applies');
    case 'SPLIT':
    case 'UNLINK':
      return t('A person decided: older evidence does not link it again');
    case 'ERASE':
      return t('A person decided: older evidence restores nothing');
    case 'ROTATE':
      return t('A cookie recognises a browser no longer than the rights it was given with');
    case 'CONFIRM':
      return t('Counts for this agent alone, for 30 minutes');
  }
}
