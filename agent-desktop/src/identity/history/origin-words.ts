import type { Translate } from '../../text/translate.ts';

/** Where identifiers were read, in words: the gateway writes `bearerClaim:sub+cookie:cid`, or `identify:AGENT`. */
export function sayOrigin(source: string, t: Translate): string {
  const said = source.split(/,\s*|\+(?=[a-z])/).map((origin) => sayOne(origin, t));
  return [...new Set(said)].join(', ');
}

function sayOne(origin: string, t: Translate): string {
  const [kind = '', name = ''] = origin.split(':');
  switch (kind) {
    case 'bearerClaim':
      return t('log-in');
    case 'issuedCookie':
      return t('browser cookie');
    case 'cookie':
      return t('cookie {name}', { name });
    case 'handoff':
      return t('link from another touchpoint');
    case 'urlParameter':
      return t('parameter {name} in the address', { name });
    case 'header':
      return t('header {name}', { name });
    case 'identify':
    case 'interactions':
      return sayRole(name, t) ?? origin;
    default:
      return sayRole(name, t) ?? origin;
  }
}

/** Of several roles, as in `AGENT+ADMIN`, the first one says enough. */
function sayRole(roles: string, t: Translate): string | null {
  switch (roles.split('+')[0]) {
    case 'AGENT':
      return t('an agent');
    case 'SERVICE':
      return t('a back end');
    case 'ADMIN':
      return t('an admin');
    default:
      return null;
  }
}
