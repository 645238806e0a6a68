import type { ProfileLayout } from '../../model/gateway.ts';
import type { Translate } from '../../text/translate.ts';
import { typeInSentence } from '../../text/type-name.ts';
import { nameOf } from './side-view.tsx';
import type { Side } from './use-side.ts';

/**
 * Whose record the sources show after a merge, one sentence for each identifier type that both customers have and that sources are
 * asked by. The gateway asks by the value of a type that was seen last, and of those that were seen at one time by the first in order
 * of the alphabet (`keyOfType`). Pure.
 */
export function shownRecords(stays: Side, joins: Side, { keys }: Pick<ProfileLayout, 'keys'>, t: Translate): string[] {
  const byType = Map.groupBy(keys, ({ type }) => type);
  return [...byType].flatMap(([type, asked]) => {
    const [own, other] = [valuesOf(stays, type), valuesOf(joins, type)];
    const [key] = [...own, ...other].sort(bySeen);
    if (key === undefined || own.length === 0 || other.length === 0) return [];
    const isOwn = own.includes(key);
    return [
      t(
        '{sources}: the record of {shown} is shown, by their {type} {value}. The record of {hidden} stays in the source, and is not shown until their {type} is seen again.',
        {
          sources: asked.map(({ source }) => source).join(', '),
          shown: nameOf(isOwn ? stays : joins, t),
          hidden: nameOf(isOwn ? joins : stays, t),
          type: typeInSentence(type, t),
          value: key.value,
        },
      ),
    ];
  });
}

type Held = NonNullable<Side['identifiers']>[number];

const valuesOf = ({ identifiers }: Side, type: string): Held[] => (identifiers ?? []).filter((each) => each.type === type);

function bySeen(a: Held, b: Held): number {
  if (a.lastSeenAt !== b.lastSeenAt) return a.lastSeenAt > b.lastSeenAt ? -1 : 1;
  return a.value < b.value ? -1 : 1;
}
