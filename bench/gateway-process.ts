import { pino } from 'pino';
import { parseConfig } from '../src/config/parse-config.ts';
import { bearerClaim, createGateway, issuedCookie } from '../src/index.ts';

/** A gateway in a process of its own, so that whoever asks it takes nothing from it. Usage: DIRECTORY; says its URL, ends with its parent. */
const [directory = ''] = process.argv.slice(2);
const identifiers = {
  crmId: { class: 'person', unique: true, capture: [bearerClaim('sub')] },
  visitorId: { class: 'cookie', capture: [issuedCookie('visitor')] },
};
const config = parseConfig(
  'bench',
  { identifiers, touchpoints: { web: { channel: 'WEB' } }, store: 'sqlite:gateway.db' },
  ({ message }) => {
    throw new Error(message);
  },
);
const schema = { file: 'schema.graphql', text: 'type Customer { size: String @from(source: "captured") }' };
const project = {
  directory,
  configFile: 'bench',
  config,
  schema,
  dataSources: new Map(),
  brokenDataSources: new Set<string>(),
  problems: [],
};
const gateway = await createGateway(project, {
  variables: { GATEWAY_SECRET: process.env.GATEWAY_SECRET },
  logger: pino({ level: 'silent' }),
});
const url = await gateway.app.listen({ port: 0, host: '127.0.0.1' });
process.send?.({ url });
process.once('disconnect', () => void gateway.close());
