import { asJsonObject } from '../model/json-bounds.ts';
import type { StandardSchema } from '../model/standard-schema.ts';
import type { Refusal } from './interaction-input.ts';

/** An owner's schemas for the interactions of one type. */
export interface InteractionSchema {
  readonly properties?: StandardSchema | undefined;
  readonly attributes?: StandardSchema | undefined;
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** @returns both parts as the schemas return them; or a refusal with every problem. Problems have the schemas' own messages. */
export async function checkAgainst(
  schema: InteractionSchema | undefined,
  given: { readonly properties: JsonObject; readonly attributes: JsonObject },
): Promise<{ readonly properties: JsonObject; readonly attributes: JsonObject } | { readonly refused: Refusal }> {
  if (schema === undefined) return given;
  const checked = { ...given };
  const problems: string[] = [];
  for (const part of ['properties', 'attributes'] as const) {
    const result = await schema[part]?.['~standard'].validate(given[part]);
    if (result === undefined) continue;
    const value = result.issues === undefined ? asJsonObject(result.value) : undefined;
    if (value !== undefined) checked[part] = value;
    else if (result.issues === undefined) problems.push(`${part}: expected the schema to make a JSON object of it`);
    else problems.push(...result.issues.map(({ path = [], message }) => `${[part, ...path.map(nameOf)].join('.')}: ${lower(message)}`));
  }
  return problems.length === 0 ? checked : { refused: { code: 'BAD_USER_INPUT', message: problems.join('; ') } };
}

function nameOf(step: PropertyKey | { readonly key: PropertyKey }): string {
  return String(typeof step === 'object' ? step.key : step);
}

function lower(message: string): string {
  return message.replace(/^Invalid input: /, '');
}
