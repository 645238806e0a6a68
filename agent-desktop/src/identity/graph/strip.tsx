import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useText } from '../../text/text.tsx';
import { typeInSentence } from '../../text/type-name.ts';
import { keyOf } from '../history/key.ts';
import type { History, Life } from '../history/lives.ts';
import { shortened } from '../history/spoken.ts';
import { stripScale } from '../history/strip-scale.ts';
import './strip.css';

export interface StripProps {
  readonly history: History;
  readonly rows: readonly Life[];
  /** Counted from the newest. */
  readonly chosen: number;
  readonly hasOlder: boolean;
  readonly onChoose: (index: number) => void;
}

/** Pixels: where the rows begin, how far they are apart, what a label takes, and where its value begins. */
const TOP = 30;
const ROW = 22;
const LABELS = 230;
const VALUE = 112;

/**
 * Time from left to right, a row for each identifier. Dotted: seen before it joined, or after it left. Pale: after the chosen moment.
 * The list of events and the table say the same in words.
 */
export function Strip({ history, rows, chosen, hasOlder, onChoose }: StripProps) {
  const { formatMoment, formatNearDay, t } = useText();
  const [ref, width] = useStripWidth();
  const ascending = history.events.toReversed();
  const scale = stripScale(
    ascending.map(({ recordedAt }) => recordedAt),
    Math.max(200, width),
  );
  const count = ascending.length;
  const position = count - 1 - chosen;
  /** Where a moment begins: moment 0 is before the oldest event, moment n after the n-th. */
  const xAt = (moment: number) => (moment <= 0 ? scale.start : moment > count ? scale.end - 24 : (scale.xs[moment - 1] as number));
  const head = scale.xs[position] ?? scale.start;
  const height = TOP + rows.length * ROW + 28;
  const yOf = (key: string) => TOP + rows.findIndex((row) => row.key === key) * ROW + 8;
  useEffect(() => {
    const element = ref.current;
    if (element && (head < element.scrollLeft + 24 || head > element.scrollLeft + element.clientWidth - 48)) {
      element.scrollTo({ left: head - element.clientWidth / 2 });
    }
  }, [head, ref]);
  return (
    <div className="identity-strip-body" aria-hidden="true">
      <svg aria-hidden="true" className="identity-strip-labels" width={LABELS} height={height}>
        {rows.map(({ key, type, value }) => (
          <g key={key}>
            <text x={0} y={yOf(key) + 4}>
              {shortened(typeInSentence(type, t), 16)}
            </text>
            <text className="identity-strip-id" x={VALUE} y={yOf(key) + 4}>
              {shortened(value, 16)}
            </text>
          </g>
        ))}
      </svg>
      <div className="identity-strip-scroll" ref={ref}>
        <svg aria-hidden="true" width={scale.end} height={height}>
          {scale.days.map(({ x, time }) => (
            <g key={time}>
              <line className="identity-grid-line" x1={x} x2={x} y1={8} y2={height - 12} />
              <text x={x + 4} y={12}>
                {formatNearDay(time) ?? formatMoment(time)}
              </text>
            </g>
          ))}
          {hasOlder && (
            <text x={scale.start + 2} y={height - 4}>
              {t('older events are not read yet')}
            </text>
          )}
          {rows.map(({ key, segments }) =>
            segments.map(({ from, to, isTheirs }) => {
              const [x1, x2, y] = [xAt(from), xAt(to), yOf(key)];
              const kind = isTheirs ? 'identity-life' : 'identity-before';
              const cut = Math.min(Math.max(head, x1), x2);
              return (
                <g key={from}>
                  {cut > x1 && <line className={kind} x1={x1} x2={cut} y1={y} y2={y} />}
                  {x2 > cut && <line className={`${kind} identity-future`} x1={cut} x2={x2} y1={y} y2={y} />}
                </g>
              );
            }),
          )}
          {scale.breaks.map((x) => (
            <path
              key={x}
              className="identity-break"
              d={rows.map((row) => `M${x - 5} ${yOf(row.key) + 6}l5 -12M${x + 1} ${yOf(row.key) + 6}l5 -12`).join('')}
            />
          ))}
          {ascending.map((event, index) => {
            const x = scale.xs[index] as number;
            const isChosen = index === position;
            const seen = [...new Set([...event.evidence, ...event.linked].map(keyOf))].map(yOf).filter((y) => y >= TOP);
            const cut = event.cut
              .map(keyOf)
              .map(yOf)
              .filter((y) => y >= TOP);
            return (
              <g key={event.id} className={`identity-stop ${isChosen ? 'identity-chosen-stop' : ''}`}>
                {seen.length > 1 && <line className="identity-join" x1={x} x2={x} y1={Math.min(...seen)} y2={Math.max(...seen)} />}
                {seen.map((y) => (
                  <circle key={y} className="identity-evidence" cx={x} cy={y} r={4.5} />
                ))}
                {cut.map((y) => (
                  <path key={y} className="identity-cut-mark" d={`M${x - 4} ${y - 4}l8 8M${x + 4} ${y - 4}l-8 8`} />
                ))}
                {/* biome-ignore lint/a11y/noStaticElementInteractions: for the pointer; the list of events does the same by keys */}
                <rect className="identity-target" x={x - 13} y={0} width={26} height={height} onClick={() => onChoose(count - 1 - index)} />
              </g>
            );
          })}
          {position >= 0 && (
            <g className="identity-head">
              <line x1={head} x2={head} y1={18} y2={height - 12} />
              <circle cx={head} cy={18} r={6} />
            </g>
          )}
        </svg>
      </div>
    </div>
  );
}

function useStripWidth(): [React.RefObject<HTMLDivElement | null>, number] {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(700);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 700)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, width];
}
