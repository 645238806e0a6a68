import type { PostgresUrl } from '../../model/store-url.ts';
import type { StoreInspection } from '../store-location.ts';
import { MOST_CONNECTIONS } from './connections.ts';
import { hostsOf } from './hosts.ts';
import { versionOn } from './migrate.ts';
import { OpenConnection } from './open-connection.ts';

/** What a role may use of a server: the smallest of the limits of server, database and role. A limit of -1 is none. */
const LIMITS = `select split_part(current_setting('server_version'), ' ', 1) as version, current_setting('synchronous_commit') as synchronous,
  current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer as of_server,
  (select datconnlimit from pg_database where datname = current_database()) as of_database,
  (select rolconnlimit from pg_roles where rolname = current_user) as of_role,
  (select count(*) from pg_stat_activity where datid is not null and pid <> pg_backend_pid()) as in_use,
  (select extversion from pg_extension where extname = 'citus') as citus,
  coalesce(has_schema_privilege(current_schema(), 'create'), false) as may_create`;

interface Limits {
  readonly version: string;
  readonly synchronous: string;
  readonly of_server: number;
  readonly of_database: number;
  readonly of_role: number;
  readonly in_use: number;
  readonly citus: string | null;
  readonly may_create: boolean;
}

/** Asks the server about itself, on one connection. @throws the driver's error, or ConnectionLost, where it can't be reached. */
export async function inspect(url: PostgresUrl): Promise<StoreInspection> {
  const connection = await OpenConnection.open(hostsOf(url), { areKept: false });
  try {
    const limits = (await connection.execute(LIMITS)).rows[0] as unknown as Limits;
    const isMade = ((await versionOn(connection))?.version ?? 0) > 0;
    const most = Math.min(...[limits.of_server, limits.of_database, limits.of_role].filter((limit) => limit >= 0));
    return {
      version: `PostgreSQL ${limits.version}${limits.citus === null ? '' : ` with Citus ${limits.citus}`}`,
      isMade,
      connections: { ofEachGateway: MOST_CONNECTIONS.reads + MOST_CONNECTIONS.transactions, most, inUse: limits.in_use },
      warnings: [...warningsOf(limits, isMade, url)],
    };
  } finally {
    if (!connection.isLost) await connection.end();
  }
}

function* warningsOf({ synchronous, citus, may_create: mayCreate }: Limits, isMade: boolean, { isCitus }: PostgresUrl): Iterable<string> {
  if (synchronous === 'off') {
    yield 'synchronous_commit is off: what the gateway acknowledged in the last moments before a crash of the server is lost';
  }
  if (isCitus && citus === null) yield "distribute: 'citus' asks for an extension that this database does not have: create extension citus";
  if (!isMade && !mayCreate) {
    yield 'there are no tables yet, and this role may not create any: run migrate once with the URL of a role that may';
  }
}
