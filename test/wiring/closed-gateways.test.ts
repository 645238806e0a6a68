import { join } from 'node:path';
import { queryObjects } from 'node:v8';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse-config.ts';
import { IdentityGraph } from '../../src/identity/identity-graph.ts';
import { defineAdapter } from '../../src/index.ts';
import { createGateway } from '../../src/wiring/gateway.ts';
import { temporaryDirectory } from '../support/gateway.ts';

const CRM = defineAdapter({ key: 'crmId', load: async (keys) => keys.map(() => null) });
const SECRET = 'a secret that is long enough for this';

/** Of the gateways of this process, those that are not garbage. It collects the garbage first. */
const living = () => queryObjects(IdentityGraph, { format: 'count' });

async function startAndClose(directory: string, listens: boolean): Promise<void> {
  const options = { identifiers: { crmId: { class: 'person', capture: [] } }, store: `sqlite:${join(directory, 'gateway.db')}` };
  const config = parseConfig('gateway.config.ts', options, ({ message }) => expect.unreachable(message));
  const files = { directory, configFile: 'gateway.config.ts', configText: '', config, offers: [], documents: [], problems: [] };
  const schema = { file: 'schema.graphql', text: 'type Customer { name: String @from(source: "crm") }' };
  const project = { ...files, schema, dataSources: new Map([['crm', CRM]]), brokenDataSources: new Set<string>(), resolvers: null };
  const gateway = await createGateway(project, { variables: { GATEWAY_SECRET: SECRET }, logger: pino({ level: 'silent' }) });
  if (listens) await gateway.app.listen({ port: 0, host: '127.0.0.1' });
  else await gateway.app.inject('/health/live');
  await gateway.close();
}

it.each([true, false])('nothing keeps a gateway in memory that was closed, whether it listened or not: %s', async (listens) => {
  const directory = temporaryDirectory();
  await startAndClose(directory, listens);
  // Of gateways that other tests closed, some may become garbage meanwhile, but none more is made.
  const before = living();
  for (let starts = 0; starts < 3; starts++) await startAndClose(directory, listens);
  await expect.poll(living).toBeLessThanOrEqual(before);
});
