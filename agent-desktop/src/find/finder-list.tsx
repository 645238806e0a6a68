import { useEffect } from 'react';
import { useText } from '../text/text.tsx';
import { type FinderGroup, type FinderOption, foundBy, sourcesOf } from './finder-options.ts';
import { FinderRow } from './finder-row.tsx';

export interface FinderListProps {
  readonly id: string;
  readonly groups: readonly FinderGroup[];
  readonly typed: string;
  readonly active: FinderOption | null;
  readonly optionId: (option: FinderOption) => string;
  readonly onPoint: (option: FinderOption) => void;
  readonly onChoose: (option: FinderOption, isBeside: boolean) => void;
}

export function FinderList({ id, groups, typed, active, optionId, onPoint, onChoose }: FinderListProps) {
  const { t } = useText();
  const activeId = active === null ? null : optionId(active);
  useEffect(() => {
    if (activeId !== null) document.getElementById(activeId)?.scrollIntoView({ block: 'nearest' });
  }, [activeId]);
  const titles = { open: t('Open now'), recent: t('Recent'), customers: t('Customers'), identifiers: t('Identifiers') };
  const wayOf = (group: FinderGroup) => {
    const sources = sourcesOf(group);
    const ways = {
      name: t('by name'),
      identifier: t('by identifier'),
      other: sources.length === 0 ? t('by a source') : t('by what {sources} knows', { sources: sources.join(', ') }),
    };
    const way = group.id === 'open' || group.id === 'recent' ? null : foundBy(group, typed);
    return way === null ? null : ways[way];
  };
  return (
    <div id={id} className="find-list" role="listbox" aria-label={t('Customers')}>
      {groups.map((group) => {
        const way = wayOf(group);
        return (
          // biome-ignore lint/a11y/useSemanticElements: a group of options has no element of its own
          <div key={group.id} role="group" aria-labelledby={`${id}-${group.id}`}>
            <div id={`${id}-${group.id}`} className="find-group">
              {titles[group.id]}
              {way !== null && <span>{way}</span>}
            </div>
            {group.options.map((option) => (
              <FinderRow
                key={option.key}
                id={optionId(option)}
                option={option}
                typed={typed}
                isActive={option.key === active?.key}
                onPoint={() => onPoint(option)}
                onChoose={(isBeside) => onChoose(option, isBeside)}
              />
            ))}
          </div>
        );
      })}
    </div>
  );
}
