import { pino } from 'pino';
import { parseConfig } from '../../src/config/parse-config.ts';
import { createGateway, type GatewayConfigInput } from '../../src/index.ts';
import { STORE } from './stores.ts';

/** A gateway without a back end, for a process of its own. @returns its address. */
export async function listenBare(directory: string, config: GatewayConfigInput, secret: string | undefined) {
  const parsed = parseConfig('bare', { ...config, store: STORE.url(directory, 'gateway') }, ({ message }) => {
    throw new Error(message);
  });
  const schema = { file: 'schema.graphql', text: 'type Customer { size: String @from(source: "captured") }' };
  const project = {
    directory,
    configFile: 'bare',
    config: parsed,
    schema,
    dataSources: new Map(),
    brokenDataSources: new Set<string>(),
    resolvers: null,
  };
  const gateway = await createGateway(
    { ...project, problems: [] },
    { variables: { GATEWAY_SECRET: secret }, logger: pino({ level: 'silent' }) },
  );
  return { gateway, url: await gateway.app.listen({ port: 0, host: '127.0.0.1' }) };
}
