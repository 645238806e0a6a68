import type { ProfileLayout } from '../model/gateway.ts';
import type { OpenQuestion } from '../model/open-question.ts';

export type Identifier = Extract<OpenQuestion, { identifier: unknown }>['identifier'];

const FORMS = {
  email: /^[^\s@]+@[^\s@]+\.[^\s@]+$/u,
  phone: /^\+?(?:[\s()./-]*\d){7,15}[\s()./-]*$/u,
} as const;

/** @returns the identifier that a text looks like; null for a name or a number of any other kind. */
export function identifierLike(typed: string, { identifiers }: Pick<ProfileLayout, 'identifiers'>): Identifier | null {
  const value = typed.trim();
  const like = identifiers.find((each) => each.class === 'person' && each.form !== undefined && FORMS[each.form].test(value));
  return like === undefined ? null : { type: like.type, value };
}
