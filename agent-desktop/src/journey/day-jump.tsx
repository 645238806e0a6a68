import './day-jump.css';
import { useRef, useState } from 'react';
import { Button } from '../pieces/button.tsx';
import { useText } from '../text/text.tsx';
import { dayName, type JourneyChoice } from './frames.ts';

interface DayJumpProps {
  readonly choice: JourneyChoice;
  readonly onChoose: (choice: JourneyChoice) => void;
}

/** Goes to a day: the journey is read around it, both ways. Callers say “last Tuesday”, so the last days have their names. */
export function DayJump({ choice, onChoose }: DayJumpProps) {
  const { t, formatDate, formatDay, formatNearDay } = useText();
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLDivElement>(null);
  const close = () => {
    setOpen(false);
    button.current?.querySelector('button')?.focus();
  };
  const go = (day: string | null) => {
    close();
    onChoose({ ...choice, day });
  };
  return (
    <div className="journey-jump" ref={button}>
      <Button
        kind={choice.day === null ? 'quiet' : 'outline'}
        size="small"
        icon="clock"
        label={choice.day === null ? t('Go to a day') : t('Go to another day than {day}', { day: formatDate(`${choice.day}T00:00:00`) })}
        isExpanded={isOpen}
        onPress={() => setOpen(!isOpen)}
      />
      {isOpen && (
        <form
          className="journey-jump-form"
          onKeyDown={(event) => {
            event.stopPropagation();
            if (event.key === 'Escape') close();
          }}
          onSubmit={(event) => {
            event.preventDefault();
            const day = new FormData(event.currentTarget).get('day');
            if (typeof day === 'string' && day !== '') go(day);
          }}
        >
          <label>
            {t('Day')}
            {/* biome-ignore lint/a11y/noAutofocus: the form was opened to type here */}
            <input type="date" name="day" className="journey-date" defaultValue={choice.day ?? ''} autoFocus required />
          </label>
          <Button size="small" type="submit">
            {t('Go')}
          </Button>
          <Button kind="quiet" size="small" onPress={() => go(null)}>
            {t('Newest')}
          </Button>
          <fieldset className="journey-last-days" aria-label={t('The last seven days')}>
            {lastDays(new Date()).map((day) => (
              <Button key={dayName(day)} size="small" label={formatDay(day)} onPress={() => go(dayName(day))}>
                {formatNearDay(day) ?? formatDay(day).split(' ')[0]}
              </Button>
            ))}
          </fieldset>
        </form>
      )}
    </div>
  );
}

/** The seven days before this one, the newest first. Of the calendar, so that a night with another clock makes no difference. */
function lastDays(now: Date): Date[] {
  return [1, 2, 3, 4, 5, 6, 7].map((ago) => new Date(now.getFullYear(), now.getMonth(), now.getDate() - ago));
}
