import { useText } from '../text/text.tsx';
import type { NamedEntry } from './entries.ts';
import { InnerList } from './inner-list.tsx';
import type { JourneyItem } from './interaction.ts';
import { textOf } from './kinds.ts';
import { useOrigin } from './origin.ts';
import './event-details.css';

/** A sender may put anything into an interaction: this many properties are shown. */
const MOST_PROPERTIES = 40;

export interface EventDetailsProps {
  readonly items: readonly JourneyItem[];
  readonly named: NamedEntry | null;
}

/** All that is known of one interaction: the entry that it names, then what its sender sent, and where it was captured. */
export function EventDetails({ items, named }: EventDetailsProps) {
  const { t, formatTime, formatDate } = useText();
  const originOf = useOrigin();
  const [item] = items;
  if (item === undefined) return null;
  const origin = originOf(named?.list ?? null);
  const time = new Date(item.at);
  const own = new Set([t('When'), t('Touchpoint'), t('Page'), t('Known by')]);
  // A sender may name a property as the gateway's own words: in quotes, it does not look as if the gateway said it.
  const labelOf = (name: string) => (own.has(name.trim()) ? `“${name}”` : name);
  const said: [string, string | null][] = [
    [
      t('When'),
      items.length > 1
        ? items
            .map(({ at }) => formatTime(new Date(at)))
            .slice(0, 20)
            .join(', ')
        : `${formatDate(time)}, ${formatTime(time)}`,
    ],
    [t('Touchpoint'), item.touchpoint],
    [t('Page'), item.pageUrl],
    ...Object.entries(item.properties)
      .slice(0, MOST_PROPERTIES)
      .map(([name, value]): [string, string | null] => [
        labelOf(name),
        textOf(value) ?? (typeof value === 'object' ? textOf(JSON.stringify(value)) : String(value)),
      ]),
    [t('Known by'), item.source],
    [t('By'), item.actor],
  ];
  return (
    <>
      {named?.list.list.inner.map((inner) => (
        <InnerList key={inner.path} entry={named.entry} inner={inner} origin={origin} />
      ))}
      <dl className="journey-said">
        {said.map(([name, value]) =>
          value === null ? null : (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
      </dl>
    </>
  );
}
