import type { Translate } from '../text/translate.ts';

type Step = 'INVALID' | 'FILTERED' | 'INELIGIBLE' | 'UNKNOWN' | 'RANKED';

/** Reasons that the gateway writes often, and how an agent reads them. Other reasons stay in the gateway's words. */
const SAID: readonly [RegExp, (t: Translate, parts: readonly string[]) => string][] = [
  [/needs the data source (\S+), which failed$/, (t, [source]) => t('unknown: {source} failed', { source: source ?? '' })],
  [
    /^its cap of (\d+) presentations? in (\d+) (day|hour|minute|second)s? is reached$/,
    (t, [count, time, unit]) =>
      t(
        'shown {count, plural, one {once} other {# times}} in {unit, select, day {{time, plural, one {a day} other {# days}}} hour {{time, plural, one {an hour} other {# hours}}} minute {{time, plural, one {a minute} other {# minutes}}} other {{time, plural, one {a second} other {# seconds}}}}',
        { count: Number(count), time: Number(time), unit: unit ?? '' },
      ),
  ],
  [/^its cap of .* is reached$/, (t) => t('shown often enough')],
  [/^it is not shown together with (\S+), which ranks higher$/, (t, [other]) => t('not together with {other}', { other: other ?? '' })],
  [/^it starts (?:on|at) (\S+)$/, (t, [day]) => t('starts {day}', { day: day?.slice(0, 10) ?? '' })],
  [/^it ended (?:on|at) (\S+)$/, (t, [day]) => t('ended {day}', { day: day?.slice(0, 10) ?? '' })],
  [/^it is for the channels? (.+), and /, (t, [channels]) => t('only for {channels}', { channels: channels ?? '' })],
  [/^(.+) is false$/, (t, [term]) => t('not so: {term}', { term: term ?? '' })],
  [/^(.+) reads something that this customer does not have$/, (t, [term]) => t('not known: {term}', { term: term ?? '' })],
  [/^(.+) can't be worked out with this customer's values$/, (t, [term]) => t('cannot be worked out: {term}', { term: term ?? '' })],
  [/which this viewer may not see$/, (t) => t('needs something that you may not see')],
  [/needs a customer who is (\w+)$/, (t) => t('opens once you confirm who is calling')],
  [/who does not agree to personalisation$/, (t) => t('the customer does not agree to personalisation')],
];

/** Why an offer is not shown, as a few words. */
export function offerReason(step: Step, reason: string | null, t: Translate): string {
  if (step === 'RANKED') return t('others rank higher');
  for (const [pattern, say] of SAID) {
    const found = pattern.exec(reason ?? '');
    if (found !== null) return say(t, found.slice(1));
  }
  return reason ?? t('does not fit');
}
