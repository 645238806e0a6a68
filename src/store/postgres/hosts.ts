import type { ClientConfig } from 'pg';
import pg from 'pg';
import type { PostgresUrl } from '../../model/store-url.ts';

/** One server of the URL, as the driver takes it. */
export interface Host {
  /** Without user and password: for messages. */
  readonly name: string;
  readonly config: ClientConfig;
}

/** Milliseconds for which one attempt to connect may take. */
const CONNECT_TIMEOUT = 3000;

/** Parameters of libpq that the driver does not know. The gateway always asks whether the server takes writes. */
const OURS = ['target_session_attrs', 'connect_timeout', 'load_balance_hosts'];

/** `int8` is a number: the store holds milliseconds and counts. */
const INT8 = 20;

const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => {
    if (oid === INT8) return Number;
    return pg.types.getTypeParser(oid, format as 'text');
  },
} as unknown as NonNullable<ClientConfig['types']>;

/** @returns the servers that a URL names (`postgres://user@a:5432,b:5432/database`), in its order: at least one. */
export function hostsOf({ url }: PostgresUrl): readonly Host[] {
  const [, scheme, user = '', authority = '', rest = ''] = /^([a-z]+:\/\/)([^/@]*@)?([^/?#]*)(.*)$/s.exec(url) ?? [];
  const parameters = new URLSearchParams(/\?([^#]*)/.exec(rest)?.[1] ?? '');
  const seconds = Number(parameters.get('connect_timeout'));
  return authority.split(',').map((host) => ({
    name: decodeURIComponent(host) || 'localhost',
    config: {
      connectionString: `${scheme}${user}${host}${withoutOurs(rest)}`,
      fallback_application_name: 'customer-profile-gateway',
      connectionTimeoutMillis: seconds > 0 ? seconds * 1000 : CONNECT_TIMEOUT,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      types,
    },
  }));
}

/** @param rest path and query of the URL. */
function withoutOurs(rest: string): string {
  const [path = '', query] = rest.split('?');
  if (query === undefined) return path;
  const kept = query.split('&').filter((parameter) => !OURS.includes(parameter.replace(/=.*$/s, '')));
  return kept.length === 0 ? path : `${path}?${kept.join('&')}`;
}
