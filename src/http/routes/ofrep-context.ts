import type { CaptureSession } from '../../capture/capture-session.ts';
import { customerOf } from '../../graphql/customer-of.ts';
import type { Engine } from '../../graphql/engine.ts';
import { parseCustomerId, type ResolvedCustomer } from '../../model/customer.ts';
import { GatewayError } from '../../model/errors.ts';
import { isJsonObject } from '../../model/exact-json.ts';
import { isTrusted } from '../../model/viewer.ts';
import { parseIdentifiers } from '../../profile/parse-identifiers.ts';

/** The parts of an evaluation context that the gateway reads. It ignores other attributes: rules read what the gateway knows itself. */
export interface EvaluationContext {
  /** The language of the content. */
  readonly locale: string | null;
  /** The customer that a SERVICE or an AGENT names: an id, or an identifier as `type:value`. */
  readonly targetingKey: string | null;
}

/** @throws GatewayError BAD_USER_INPUT for a body that is not an evaluation request. */
export function readContext(body: unknown): EvaluationContext {
  const { context = {} } = isJsonObject(body ?? {}) ? ((body ?? {}) as { context?: unknown }) : { context: null };
  if (!isJsonObject(context))
    throw new GatewayError('BAD_USER_INPUT', 'body: expected an object with a context, such as { "context": {} }; received something else');
  return { locale: textOf(context, 'locale'), targetingKey: textOf(context, 'targetingKey') };
}

function textOf(context: Readonly<Record<string, unknown>>, name: keyof EvaluationContext): string | null {
  const value = Object.hasOwn(context, name) ? context[name] : null;
  if (value == null || value === '') return null;
  if (typeof value === 'string') return value;
  throw new GatewayError('BAD_USER_INPUT', `context.${name}: expected a text, received another type`);
}

/**
 * The customer of an evaluation: the request's own; for a SERVICE or an AGENT the one that the targeting key names.
 * @returns null for a customer who does not exist. @throws GatewayError BAD_USER_INPUT for a key that has neither form.
 */
export async function customerFor(
  engine: Engine,
  session: CaptureSession,
  { targetingKey }: EvaluationContext,
): Promise<ResolvedCustomer | null> {
  const { viewer } = session.request;
  if (targetingKey === null || !isTrusted(viewer)) return customerOf(engine, await session.read(), viewer);
  session.seenValues.push(targetingKey);
  const id = parseCustomerId(targetingKey);
  if (id !== null) return (await engine.graph.findByIds([id], viewer))[0] ?? null;
  const colon = targetingKey.indexOf(':');
  if (colon < 1) {
    const expected = "a customer's id, or an identifier's type and value such as crmId:17850";
    throw new GatewayError('BAD_USER_INPUT', `context.targetingKey: expected ${expected}; received another text`);
  }
  const value = targetingKey.slice(colon + 1);
  session.seenValues.push(value);
  const [parsed] = parseIdentifiers(engine, [{ type: targetingKey.slice(0, colon), value }]);
  if (!parsed?.ok) return null;
  const [found] = await engine.graph.findByIdentifiers([parsed.identifier], viewer, (type) => engine.askableTypes.has(type));
  return found ?? null;
}
