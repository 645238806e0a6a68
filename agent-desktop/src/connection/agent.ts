/** Who is signed in, as far as the token says it. For the eye only: what an agent may do is the gateway's to decide. */
export interface Agent {
  readonly name: string | null;
  /** In lower case. */
  readonly roles: readonly string[];
}

/** Reads the claims of a JWT, without trusting them. */
export function agentOf(token: string | null): Agent {
  const claims = claimsOf(token);
  const name = [claims.name, claims.preferred_username, claims.sub].find((claim) => typeof claim === 'string' && claim !== '');
  const roles = [claims.roles, claims.role].flat().filter((role) => typeof role === 'string');
  return { name: (name as string | undefined) ?? null, roles: roles.map((role) => role.toLowerCase()) };
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
