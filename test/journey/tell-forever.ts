import { pino } from 'pino';
import { parseConfig } from '../../src/config/parse-config.ts';
import { createGateway, issuedCookie } from '../../src/index.ts';

/**
 * Tells a gateway of interactions through its door, several requests at a time, and says the ids of each request that was
 * acknowledged. Ends only by being killed. Usage: DIRECTORY ROUND
 */
const [directory = '', round = ''] = process.argv.slice(2);
const input = { identifiers: { visitorId: { class: 'cookie', capture: [issuedCookie('visitor')] } }, store: 'sqlite:gateway.db' };
const config = parseConfig('gateway.config.ts', input, ({ message }) => {
  throw new Error(message);
});
const schema = { file: 'schema.graphql', text: 'type Customer { size: String @from(source: "captured") }' };
const project = {
  directory,
  configFile: 'gateway.config.ts',
  config,
  schema,
  dataSources: new Map(),
  brokenDataSources: new Set<string>(),
  problems: [],
};
const gateway = await createGateway(project, {
  variables: { GATEWAY_SECRET: 'a-secret-for-tests-only-0123456789' },
  logger: pino({ level: 'silent' }),
});
const url = await gateway.app.listen({ port: 0, host: '127.0.0.1' });

async function tell(client: number): Promise<void> {
  let cookie = '';
  for (let sequence = 0; ; sequence++) {
    const ids = Array.from({ length: 1 + (sequence % 7) }, (_, n) => `${round}-${client}-${sequence}-${n}`);
    const body = JSON.stringify(ids.map((id) => ({ id, type: 'view', properties: { sequence } })));
    const response = await fetch(`${url}/interactions`, { method: 'POST', body, headers: { 'content-type': 'application/json', cookie } });
    const { accepted } = (await response.json()) as { accepted: number };
    cookie ||= response.headers.get('set-cookie')?.split(';')[0] ?? '';
    if (accepted !== ids.length) throw new Error(`expected ${ids.length} accepted, received ${accepted}`);
    process.stdout.write(`${ids.join(' ')}\n`);
  }
}

await Promise.all(Array.from({ length: 8 }, (_, client) => tell(client)));
