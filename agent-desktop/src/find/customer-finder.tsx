import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { useSentenceOf } from '../connection/connection.tsx';
import { useAnnounce } from '../pieces/announce.tsx';
import { Button } from '../pieces/button.tsx';
import { Icon } from '../pieces/icon.tsx';
import { Kbd } from '../pieces/kbd.tsx';
import { isApple } from '../pieces/keys.ts';
import { useIsSlow } from '../pieces/now.ts';
import { useText } from '../text/text.tsx';
import { Examples } from './examples.tsx';
import { FinderFoot } from './finder-foot.tsx';
import { FinderList } from './finder-list.tsx';
import { type FinderOption, finderGroups, firstOption, type OpenedCustomer } from './finder-options.ts';
import { NewCaller, type NewCallers } from './new-caller.tsx';
import { phoneMistake } from './phone-mistake.ts';
import { useRecent } from './recent.ts';
import { FEWEST_SIGNS, useFind } from './use-find.ts';
import './find.css';

export interface CustomerFinderProps {
  /** Customers who are open already; they come first. */
  readonly opened?: readonly OpenedCustomer[];
  /** Called with Enter, or with Ctrl Enter for `isBeside`. */
  readonly onChoose: (option: FinderOption, isBeside: boolean) => void;
  /** False where only one customer is looked for, as in a sheet. Default: true. */
  readonly canOpenBeside?: boolean;
  /** Opens somebody who is not known yet; without it that is not offered. */
  readonly newCallers?: NewCallers;
  /** What keeps one from opening anybody now, as a sentence. */
  readonly notice?: string | null;
  readonly autoFocus?: boolean;
  /** What is looked for at first. Default: nothing. */
  readonly initial?: string;
  /** True where Escape closes it. */
  readonly isClosable?: boolean;
}

/** One box for a phone number, an e-mail address, a number or a name, with results as one types. */
export function CustomerFinder(props: CustomerFinderProps) {
  const {
    opened = [],
    onChoose,
    newCallers,
    canOpenBeside = true,
    notice = null,
    autoFocus = false,
    initial = '',
    isClosable = false,
  } = props;
  const { t } = useText();
  const sentenceOf = useSentenceOf();
  const announce = useAnnounce();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(initial);
  const [chosen, setChosen] = useState<string | null>(null);
  const [wish, setWish] = useState<{ readonly isBeside: boolean } | null>(null);
  const finding = useFind(text);
  const typed = text.trim();
  const recent = useRecent(
    typed === '',
    opened.flatMap((each) => each.id ?? []),
  );
  const groups = finderGroups({ typed, opened, recent, found: typed.length < FEWEST_SIGNS ? [] : finding.found });
  const options = groups.flatMap((group) => group.options);
  const active = options.find(({ key }) => key === chosen) ?? firstOption(groups);
  const isAnswered = finding.typed === typed && !finding.isAsking;
  const isSlow = useIsSlow(finding.isAsking);

  useEffect(() => {
    if (autoFocus) input.current?.focus();
  }, [autoFocus]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each answer
  useEffect(() => {
    if (!isAnswered || finding.failure !== null) return;
    announce(t('{count, plural, =0 {Nobody found} one {# customer found} other {# customers found}}', { count: options.length }));
    if (wish !== null && active !== null) onChoose(active, wish.isBeside);
    setWish(null);
  }, [finding]);

  const choose = (option: FinderOption, isBeside: boolean) => onChoose(option, isBeside && canOpenBeside);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const index = (active === null ? -1 : options.indexOf(active)) + (event.key === 'ArrowDown' ? 1 : -1);
      setChosen(options[(index + options.length) % options.length]?.key ?? null);
    }
    if (event.key === 'Enter') {
      event.preventDefault();
      const isBeside = isApple() ? event.metaKey : event.ctrlKey;
      // Who types fast presses Enter before the answer is there: the first of the answer is meant, not of an older one.
      if (typed.length >= FEWEST_SIGNS && !isAnswered) setWish({ isBeside });
      else if (active !== null) choose(active, isBeside);
    }
  };
  const mistake = phoneMistake(text, t);
  const optionId = (option: FinderOption) => `${id}-${option.key}`;

  return (
    <div className="find-finder">
      <div className="find-box">
        <Icon name="search" />
        <input
          ref={input}
          className="find-typed"
          type="text"
          role="combobox"
          aria-label={t('Phone, e-mail, number or name')}
          aria-expanded={options.length > 0}
          aria-controls={`${id}-list`}
          aria-activedescendant={active === null ? undefined : optionId(active)}
          aria-autocomplete="list"
          aria-describedby={`${id}-state`}
          autoComplete="off"
          autoCorrect="off"
          autoCapitalize="off"
          spellCheck={false}
          maxLength={256}
          placeholder={t('Phone, e-mail, number or name')}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setChosen(null);
            setWish(null);
          }}
          onKeyDown={onKeyDown}
        />
        <span id={`${id}-state`} className="find-state number">
          {isSlow && t('Searching…')}
          {isAnswered &&
            finding.failure === null &&
            finding.found.length > 0 &&
            t('{count} in {milliseconds} ms', { count: finding.found.length, milliseconds: finding.milliseconds })}
        </span>
        {isClosable && <Kbd keys="Escape" />}
      </div>
      {notice !== null && (
        <p className="find-incomplete" role="status">
          <Icon name="alert" size="small" />
          {notice}
        </p>
      )}
      {mistake !== null && (
        <p className="find-mistake mistake">
          <Icon name="alert" size="small" />
          {mistake}
        </p>
      )}
      <FinderList
        id={`${id}-list`}
        groups={groups}
        typed={typed}
        active={active}
        optionId={optionId}
        onPoint={({ key }) => setChosen(key)}
        onChoose={choose}
      />
      {typed === '' && options.length === 0 && (
        <Examples
          onChoose={(example) => {
            setText(example);
            input.current?.focus();
          }}
        />
      )}
      {finding.failure !== null && typed.length >= FEWEST_SIGNS && (
        <p className="find-nobody" role="alert">
          {sentenceOf(finding.failure)}
        </p>
      )}
      {isAnswered && finding.failure === null && options.length === 0 && (
        <div className="find-nobody">
          <p>
            {finding.incomplete.length > 0
              ? t('Nobody found with “{typed}” so far.', { typed })
              : t('No customer has “{typed}”, and no source knows it.', { typed })}
          </p>
          <div className="find-nobody-acts">
            {newCallers !== undefined && <NewCaller typed={typed} newCallers={newCallers} />}
            <Button
              size="small"
              onPress={() => {
                setText('');
                input.current?.focus();
              }}
            >
              {t('Search for something else')}
            </Button>
          </div>
        </div>
      )}
      {isAnswered && finding.incomplete.length > 0 && (
        <p className="find-incomplete">
          <Icon name="alert" size="small" />
          {t('{sources} could not be searched: there may be more customers.', { sources: finding.incomplete.join(', ') })}
        </p>
      )}
      <FinderFoot canOpenBeside={canOpenBeside} />
    </div>
  );
}
