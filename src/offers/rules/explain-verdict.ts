import type { Verdict } from './rule-set.ts';

/** Why a rule is not true of a customer, as a sentence without a full stop. */
export function explainVerdict(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'TRUE':
      return 'its rule is true';
    case 'FALSE':
      return `${verdict.term} is false`;
    case 'ABSENT':
      return `${verdict.term} reads something that this customer does not have`;
    case 'UNKNOWN':
      return `${verdict.term} needs the data source ${verdict.source}, which failed`;
    case 'WITHHELD':
      return verdict.reason === 'assurance'
        ? `its rule reads something of the customer, who must be ${verdict.required} for that`
        : 'its rule reads something of the customer, who does not want personalisation';
  }
}
