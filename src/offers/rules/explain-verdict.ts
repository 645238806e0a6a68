import type { Verdict } from './rule-set.ts';

/** Characters of a term in an explanation. */
const MAX_TERM = 200;

/** A verdict in words, for a person who asks why an offer was not chosen. It shows the rule, and no value of the customer. */
export function explainVerdict(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'TRUE':
      return 'the rule is true';
    case 'FALSE':
      return `${shown(verdict.term)} is false`;
    case 'ABSENT':
      return verdict.isUnfit === true
        ? `${shown(verdict.term)} can't be worked out with this customer's values`
        : `${shown(verdict.term)} reads something that this customer does not have`;
    case 'UNKNOWN':
      return verdict.isRefused === true
        ? `${shown(verdict.term)} reads customer.${verdict.source}, which this viewer may not see`
        : `${shown(verdict.term)} needs the data source ${verdict.source}, which failed`;
    case 'WITHHELD':
      return verdict.reason === 'assurance'
        ? `the rule reads something of the customer, which needs a customer who is ${verdict.required}`
        : 'the rule reads something of the customer, who does not agree to personalisation';
  }
}

function shown(term: string): string {
  return term.length > MAX_TERM ? `${term.slice(0, MAX_TERM - 1)}…` : term;
}
