import { z } from 'zod';
import { webOrigin } from './web-origin.ts';

/** Characters of a choice that agents are given: it stands on a button. */
const MAX_CHOICE = 100;
/** Choices of one kind. More would be no quick choice. */
const MAX_CHOICES = 20;

const choice = z.string().trim().min(1).max(MAX_CHOICE);
const choices = z.array(choice).min(1).max(MAX_CHOICES);

/** `agentDesktop` of `gateway.config.ts`: what agents see under `/agent`, and how they sign in. */
export const desktopSchema = z.strictObject({
  /** The origins of pages that may show the desktop in a frame, at `/agent/embed`. No page may if it is empty. */
  embedders: z.array(webOrigin).default([]),
  /** The id of the desktop at the issuer of `viewers` (OpenID Connect). Without it, nobody can sign in there in production. */
  clientId: z.string().min(1).optional(),
  /** The scopes that a sign-in asks for, separated by spaces. */
  scope: z
    .string()
    .regex(/^[!#-[\]-~]+( [!#-[\]-~]+)*$/, 'expected scopes separated by single spaces, such as "openid profile"')
    // Without it the issuer answers no ID token (OpenID Connect Core 1.0, section 3.1.2.1), and the desktop takes no sign-in without one.
    .refine((scope) => scope.split(' ').includes('openid'), 'expected openid among the scopes, such as "openid profile"')
    .default('openid'),
  /** The API that the token is for, where the issuer needs it: sent as `audience` and as `resource` (RFC 8707). */
  audience: z.string().min(1).optional(),
  /** The ways in which agents make sure who is calling; the first is the most usual. */
  methods: choices.default(['Security questions', 'One-time code', 'Called back on the known number']),
  /** What may come out of a call, to be kept with a note. */
  outcomes: choices.default(['Solved', 'Follow up', 'Call back']),
  /** The placement whose offers are shown; null for none. If not given, the first one whose `viewers` name AGENT. */
  placement: z.string().min(1).nullable().optional(),
  /** The touchpoint at which agents work; null for none. If not given, the first one whose `viewers` name AGENT. */
  touchpoint: z.string().min(1).nullable().optional(),
  /** The field with the customer's name, such as `name` or `person.fullName`. */
  name: z.string().min(1).default('name'),
  /** What the find box suggests while nobody was opened: for demonstrations and training, such as `['Elif Birch', '536791']`. */
  examples: z.array(choice).max(MAX_CHOICES).default([]),
});

/** `agentDesktop` with every default. */
export interface DesktopConfig extends Omit<z.output<typeof desktopSchema>, 'placement' | 'touchpoint'> {
  readonly placement: string | null;
  readonly touchpoint: string | null;
}

/** The desktop's own setting of the name of a customer; a schema need not have that field. */
export const USUAL_NAME = 'name';
