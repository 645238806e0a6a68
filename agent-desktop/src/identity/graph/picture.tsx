import { useLayoutEffect, useRef, useState } from 'react';
import { identifierIcon } from '../../customer/identifier-icon.ts';
import { Icon } from '../../pieces/icon.tsx';
import { type Assurance, Seal } from '../../pieces/seal.tsx';
import { useText } from '../../text/text.tsx';
import { typeLabel } from '../../text/type-name.ts';
import type { ClassOf, History } from '../history/lives.ts';
import { causeOf, groupsAt } from '../history/moment-groups.ts';
import { sayOrigin } from '../history/origin-words.ts';
import { layOut, type PlacedNode } from '../history/picture-layout.ts';
import { sayWhen, shortened } from '../history/spoken.ts';
import './picture.css';

export interface PictureProps {
  readonly history: History;
  /** The event of which the moment after it is shown, counted from the newest. */
  readonly chosen: number;
  readonly classOf: ClassOf;
  readonly name: string | null;
  readonly assurance: Assurance;
  /** Chooses an event: the one that brought an identifier. */
  readonly onChoose: (index: number) => void;
}

/** One moment of the identity graph: the customer, and around them what was theirs. */
export function Picture({ history, chosen, classOf, name, assurance, onChoose }: PictureProps) {
  const formats = useText();
  const { t } = formats;
  const [ref, width] = useWidth();
  const { main, others, left } = groupsAt(history, chosen, classOf);
  const picture = layOut(main, others, Math.max(320, width));
  const saysOf = (node: PlacedNode) => {
    const index = causeOf(history, chosen, node.key);
    const event = history.events[index];
    if (event === undefined) return { index, text: '' };
    const time = sayWhen(event.recordedAt, formats);
    return { index, text: node.state === 'gone' ? t('unlinked, {time}', { time }) : `${sayOrigin(event.source, t)}, ${time}` };
  };
  const held = main.nodes.filter(({ state }) => state !== 'gone').length;
  return (
    <div className="identity-picture">
      <ul className="identity-legend" aria-hidden="true">
        <li>
          <i /> {t('names a person')}
        </li>
        <li>
          <i className="identity-round" /> {t('a browser')}
        </li>
        <li className="identity-new-text">
          <Icon name="link" size="small" /> {t('this moment')}
        </li>
        <li className="identity-cut-text">
          <Icon name="cut" size="small" /> {t('cut')}
        </li>
      </ul>
      <div className="identity-scene" ref={ref}>
        <div className="identity-plane" style={{ width: picture.width, height: picture.height }}>
          <svg viewBox={`0 0 ${picture.width} ${picture.height}`} aria-hidden="true">
            {picture.nodes.map((node) => (
              <g key={node.key} className={`identity-edge identity-edge-${node.state}`}>
                <path d={node.path} />
              </g>
            ))}
          </svg>
          {picture.customers.map((customer, index) => (
            <div key={customer.id} className="identity-node identity-customer" style={{ left: customer.x, top: customer.y }}>
              {index === 0 ? (
                <>
                  <Seal assurance={assurance} name={name} />
                  <span>
                    <b>{name ?? t('Customer without a name')}</b>
                    <span className="identity-kind">{t('{count, plural, one {# identifier} other {# identifiers}}', { count: held })}</span>
                  </span>
                </>
              ) : (
                <span>
                  <b>{t('Another customer then')}</b>
                  <span className="identity-kind code">{customer.id.slice(0, 8)}…</span>
                </span>
              )}
            </div>
          ))}
          <ul aria-label={t('Identifiers at this moment')}>
            {picture.nodes.map((node) => {
              const { index, text } = saysOf(node);
              return (
                <li key={node.key}>
                  <button
                    type="button"
                    className={`identity-node identity-node-${node.state} ${node.isPerson ? '' : 'identity-cookie'}`}
                    style={{ left: node.x, top: node.y }}
                    onClick={() => index >= 0 && onChoose(index)}
                  >
                    <Icon name={identifierIcon(node.type, classOf(node.type))} />
                    <span>
                      <span className="identity-kind">{typeLabel(node.type, t)}</span>
                      <span className="code">{shortened(node.value)}</span>
                      {text !== '' && <span className="identity-kind identity-cause">{text}</span>}
                    </span>
                  </button>
                </li>
              );
            })}
          </ul>
        </div>
      </div>
      {left > 0 && (
        <p className="identity-left-out">{t('{count, plural, one {and # more customer} other {and # more customers}}', { count: left })}</p>
      )}
    </div>
  );
}

function useWidth(): [React.RefObject<HTMLDivElement | null>, number] {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(940);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 940)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, width];
}
