import { pino } from 'pino';
import { parseConfig } from '../src/config/parse-config.ts';
import { createGateway, type GatewayConfigInput } from '../src/index.ts';

/**
 * Starts a gateway without data sources on a free port of loopback.
 * @param directory where a relative path in the configuration begins.
 * @param secret value of GATEWAY_SECRET.
 * @returns the gateway, and its URL without a path.
 * @throws Error with the first problem of the configuration.
 */
export async function listenBare(directory: string, config: GatewayConfigInput, secret: string | undefined) {
  const parsed = parseConfig('bare', config, ({ message }) => {
    throw new Error(message);
  });
  const schema = { file: 'schema.graphql', text: 'type Customer { size: String @from(source: "captured") }' };
  const project = {
    directory,
    configFile: 'bare',
    configText: '',
    config: parsed,
    schema,
    dataSources: new Map(),
    brokenDataSources: new Set<string>(),
    offers: [],
    documents: [],
    resolvers: null,
  };
  const gateway = await createGateway(
    { ...project, problems: [] },
    { variables: { GATEWAY_SECRET: secret }, logger: pino({ level: 'silent' }) },
  );
  return { gateway, url: await gateway.app.listen({ port: 0, host: '127.0.0.1' }) };
}
