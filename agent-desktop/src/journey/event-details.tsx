import { useState } from 'react';
import { sayOrigin } from '../identity/history/origin-words.ts';
import { Button } from '../pieces/button.tsx';
import { useText } from '../text/text.tsx';
import type { Translate } from '../text/translate.ts';
import type { NamedEntry } from './entries.ts';
import { InnerList } from './inner-list.tsx';
import type { JourneyItem } from './interaction.ts';
import { useOrigin } from './origin.ts';
import { type SaidLine, saidProperties, sentProperties } from './said-properties.ts';
import { useOfferTitle } from './use-offer-title.ts';
import './event-details.css';

export interface EventDetailsProps {
  readonly items: readonly JourneyItem[];
  readonly named: NamedEntry | null;
}

/** All that is known of one interaction: the entry that it names, then what its sender sent, and where it was captured. */
export function EventDetails({ items, named }: EventDetailsProps) {
  const { t } = useText();
  const [isRaw, setIsRaw] = useState(false);
  const originOf = useOrigin();
  const [item] = items;
  if (item === undefined) return null;
  const origin = originOf(named?.list ?? null);
  return (
    <>
      {named?.list.list.inner.map((inner) => (
        <InnerList key={inner.path} entry={named.entry} inner={inner} origin={origin} />
      ))}
      {isRaw ? <Sent item={item} /> : <Said items={items} item={item} />}
      <Button kind="quiet" size="small" onPress={() => setIsRaw(!isRaw)}>
        {isRaw ? t('In words') : t('As it was sent')}
      </Button>
    </>
  );
}

function Said({ items, item }: { readonly items: readonly JourneyItem[]; readonly item: JourneyItem }) {
  const text = useText();
  const titleOf = useOfferTitle();
  const { t, formatTime, formatDate } = text;
  const time = new Date(item.at);
  const times = items.slice(0, 20).map(({ at }) => formatTime(new Date(at)));
  const title = titleOf(item);
  const own: readonly (readonly [label: string, text: string | null])[] = [
    [t('When'), items.length > 1 ? times.join(', ') : `${formatDate(time)}, ${formatTime(time)}`],
    [t('Touchpoint'), item.touchpoint],
    [t('Page'), item.pageUrl],
    [t('Known by'), item.source && sayKnownBy(item.source, t)],
    [t('By'), item.actor],
  ];
  // A sender may name a property as the gateway's own words: in quotes, it does not look as if the gateway said it.
  const names = new Set(own.map(([label]) => letters(label)));
  const properties = saidProperties(item.properties, text).map((line) => ({
    ...line,
    label: names.has(letters(line.label)) ? `“${line.label}”` : line.label,
    // The name is its file's; customers and agents know an offer by its title.
    text: title !== null && line.key === 'property offer' ? title : line.text,
  }));
  const lines = own.flatMap(([label, said]): SaidLine[] => (said === null ? [] : [{ key: label, label, text: said }]));
  const place = lines.findIndex(({ label }) => label === t('Known by') || label === t('By'));
  return <Lines lines={lines.toSpliced(place === -1 ? lines.length : place, 0, ...properties)} />;
}

function Sent({ item }: { readonly item: JourneyItem }) {
  const gateways = [
    { key: 'type', label: 'type', text: item.type },
    ...(item.source === null ? [] : [{ key: 'source', label: 'source', text: item.source }]),
  ];
  const properties = sentProperties(item.properties).map((line) => ({ ...line, label: `properties.${line.label}` }));
  return <Lines lines={[...gateways, ...properties]} isCode />;
}

function Lines({ lines, isCode = false }: { readonly lines: readonly SaidLine[]; readonly isCode?: boolean }) {
  return (
    <dl className={`journey-said ${isCode ? 'journey-sent' : ''}`}>
      {lines.map(({ key, label, text }) => (
        <div key={key}>
          <dt className={isCode ? 'code' : undefined}>{label}</dt>
          <dd className={isCode ? 'code' : undefined}>{text}</dd>
        </div>
      ))}
    </dl>
  );
}

/** By what the customer was known, as a sentence: an identifier of the request, or somebody who named them. */
function sayKnownBy(source: string, t: Translate): string {
  const who = sayOrigin(source, t);
  return /^[A-Za-z]+:[A-Z+]+$/.test(source) ? t('{who} named the customer', { who }) : who;
}

/** Letters and digits alone, so that an invisible character does not make another name of one that looks the same. */
const letters = (label: string): string =>
  label
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
