import type { Identifier } from '../model/identifier.ts';
import type { LeftOutReason } from '../model/identity.ts';

export type RejectionReason = 'BLOCKED_VALUE' | 'INVALID_VALUE' | 'UNKNOWN_TYPE' | 'INSUFFICIENT_ASSURANCE' | LeftOutReason;

/** An identifier that does not count, and why. */
export interface RejectedIdentifier extends Identifier {
  readonly reason: RejectionReason;
  /** The reason in words; it holds nothing of the value. */
  readonly message: string;
}

const MESSAGES: Readonly<Record<RejectionReason, string>> = {
  BLOCKED_VALUE: 'it names nobody',
  INVALID_VALUE: 'it is no value of its type',
  UNKNOWN_TYPE: 'no identifier type of this name is configured',
  INSUFFICIENT_ASSURANCE: "a customer's word alone proves nothing: send it with a login token or another proof of the same",
  CONFLICTING_IDENTIFIERS: 'one customer would have more values of this type than its limit allows',
  UNLINKED: 'it has left this customer since, and the event is not newer than that',
  ERASED: 'its customer was erased, and the event is not newer than that',
};

/** @param message what is known beyond the reason. */
export function rejection({ type, value }: Identifier, reason: RejectionReason, message = MESSAGES[reason]): RejectedIdentifier {
  return { type, value, reason, message };
}
