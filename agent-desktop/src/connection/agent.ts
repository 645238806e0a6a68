/** Who is signed in, as far as the token says it. For the eye only: what an agent may do is the gateway's to decide. */
export interface Agent {
  /** The claim `sub`. */
  readonly id: string | null;
  readonly name: string | null;
  /** In lower case. */
  readonly roles: readonly string[];
}

const ROLES = ['agent', 'admin', 'service'];

/** Reads the claims of a JWT, without trusting them. */
export function agentOf(token: string | null): Agent {
  const claims = claimsOf(token);
  const texts = (names: readonly string[]) => names.flatMap((name) => claims[name] ?? []).filter((claim) => typeof claim === 'string');
  // Which claim has the roles is the owner's to say; those that most issuers use are enough to show them.
  const words = texts(['scope', 'role', 'roles']).flatMap((text) => text.toLowerCase().split(' '));
  return {
    id: texts(['sub'])[0] ?? null,
    name: texts(['name', 'preferred_username'])[0] ?? null,
    roles: ROLES.filter((role) => words.includes(role)),
  };
}

function claimsOf(token: string | null): Record<string, unknown> {
  try {
    const part = token?.split('.')[1] ?? '';
    const bytes = Uint8Array.from(atob(part.replace(/-/g, '+').replace(/_/g, '/')), (letter) => letter.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
