import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { CLI, Command, GATEWAY_URL } from '../support/command.ts';
import { temporaryDirectory } from '../support/gateway.ts';

const CONFIG = `import { cookie, defineGateway } from 'customer-profile-gateway';
import { name } from './settings/name.ts';
// Each process that loads this prints its id, by which tests know whether it is alive.
process.stdout.write(\`loaded by \${process.pid} \${name}\\n\`);
export default defineGateway({
  identifiers: { crmId: { class: 'person', capture: [cookie(name)] } },
  store: 'sqlite:store/gateway.db',
  dataSources: 'adapters',
});
`;
const SCHEMA = 'type Customer { name: String @from(source: "crm") }\n';
const ADAPTER = `import { defineAdapter } from 'customer-profile-gateway';
export default defineAdapter({ key: 'crmId', load: async (keys) => keys.map(() => null) });
`;

/** A project with its data sources in another folder. */
function project() {
  const directory = temporaryDirectory();
  for (const folder of ['settings', 'adapters']) mkdirSync(join(directory, folder));
  // As many editors do it: a new file in place of the old one, so it is one change however slow the machine is.
  const write = (file: string, text: string) => {
    writeFileSync(join(directory, `${file}.tmp`), text);
    renameSync(join(directory, `${file}.tmp`), join(directory, file));
  };
  write('gateway.config.ts', CONFIG);
  write('settings/name.ts', "export const name = 'one';\n");
  write('schema.graphql', SCHEMA);
  write('settings/title.ts', "export const title = 'one';\n");
  write('adapters/crm.ts', ADAPTER);
  return { directory, write };
}

/** `dev` in such a project, which serves. */
async function developing() {
  const { directory, write } = project();
  const command = new Command(CLI, ['dev', '--port', '0', '--host', '127.0.0.1'], { directory });
  let starts = 0;
  /** Waits until the gateway was started once more and serves. @returns its process. */
  const started = async () => Number(await command.says(new RegExp(`(?:loaded by (\\d+)[^]*?Metrics[^]*?){${++starts}}`)));
  const first = await started();
  const startsUntil = async () => (await command.stop()).stdout.match(/loaded by/g)?.length;
  return { directory, command, write, started, first, startsUntil };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

it('dev ignores messages that a module of the project sends, for example to a process manager', async () => {
  const { write, started, startsUntil } = await developing();
  write('settings/name.ts', "process.send?.('ready');\nexport const name = 'two';\n");
  await started();
  write('settings/name.ts', "export const name = 'three';\n");
  await started();
  expect(await startsUntil()).toBe(3);
});

it('dev starts again for each file of the project, in whatever folder, and for no other file', async () => {
  const { write, started, startsUntil, first } = await developing();
  // Neither of these: a note, the store, what is no module.
  write('notes.txt', 'one');
  write('adapters/readme.md', 'one');
  write('settings/other.ts', 'export {};\n');
  const processes = [first];
  const changes = [
    () => write('adapters/crm.ts', `${ADAPTER}// changed\n`),
    () => write('adapters/orders.ts', ADAPTER),
    () => write('settings/name.ts', "export const name = 'two';\n"),
    () => write('gateway.config.ts', `${CONFIG}// changed\n`),
    () => write('resolvers.ts', "import { title } from './settings/title.ts';\nexport default { Customer: {} };\nvoid title;\n"),
    () => write('settings/title.ts', "export const title = 'two';\n"),
  ];
  for (const change of changes) {
    change();
    const next = await started();
    expect(isAlive(processes.at(-1) as number)).toBe(false);
    processes.push(next);
  }
  expect(await startsUntil()).toBe(1 + changes.length);
  expect(processes.some(isAlive)).toBe(false);
});

it('dev starts one gateway at a time, however many changes come, and ends with it', async () => {
  const { directory, command, write, started, first } = await developing();
  // The first change ends the gateway; the others come while that goes on, or while the next one starts.
  write('settings/name.ts', "export const name = 'two';\n");
  await command.says(/settings\/name\.ts changed: starting again/);
  for (let n = 0; n < 20; n++) appendFileSync(join(directory, 'schema.graphql'), `# ${n}\n`);
  await started();
  const { code, stdout } = await command.stop();
  const processes = [...stdout.matchAll(/loaded by (\d+)/g)].map(([, pid]) => Number(pid));
  expect(processes.length).toBeLessThanOrEqual(3);
  expect([code, processes[0], processes.some(isAlive)]).toEqual([0, first, false]);
});

it('dev keeps the gateway that serves while there is a mistake, and says so; its port stays', async () => {
  const { command, write, started, startsUntil, first } = await developing();
  const url = await command.says(GATEWAY_URL);
  const answers = async () => {
    const body = JSON.stringify({ query: '{ customer { assurance } }' });
    const response = await fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    return response.status;
  };
  const mistakes: readonly (readonly [string, string, RegExp])[] = [
    ['schema.graphql', 'type Customer { name: String @from(source: "nowhere") }\n', /nowhere[\s\S]*goes on as it was/],
    ['gateway.config.ts', CONFIG.replace("'person'", "'human'"), /crmId\.class[\s\S]*goes on as it was/],
    ['adapters/crm.ts', 'export default {\n', /adapters\/crm\.ts[\s\S]*goes on as it was/],
  ];
  for (const [file, wrong, complaint] of mistakes) {
    write(file, wrong);
    await command.complains(complaint);
    expect([await answers(), isAlive(first)]).toEqual([200, true]);
  }
  write('gateway.config.ts', CONFIG);
  write('schema.graphql', SCHEMA);
  write('adapters/crm.ts', ADAPTER);
  await started();
  expect(await answers()).toBe(200);
  expect(isAlive(first)).toBe(false);
  expect(await startsUntil()).toBe(2);
});

it('dev waits for the next change when the first start fails', async () => {
  const { directory, write } = project();
  write('schema.graphql', 'type Customer { name: String @from(source: "nowhere") }\n');
  const command = new Command(CLI, ['dev', '--port', '0', '--host', '127.0.0.1'], { directory });
  await command.complains(/nothing was started[\s\S]*no gateway runs now/);
  write('schema.graphql', SCHEMA);
  await command.says(GATEWAY_URL);
  expect((await command.stop()).code).toBe(0);
});

it('dev does not say that a gateway goes on which never served', async () => {
  const { directory, write } = project();
  const slow = `${CONFIG}await new Promise((resolve) => setTimeout(resolve, 1_500));\n`;
  write('gateway.config.ts', slow);
  write('schema.graphql', 'type Customer { name: String @from(source: "nowhere") }\n');
  const command = new Command(CLI, ['dev', '--port', '0', '--host', '127.0.0.1'], { directory });
  await command.says(/loaded by/);
  // The gateway is still starting: it fails while the change is tried.
  write('gateway.config.ts', `${slow}// changed\n`);
  await command.complains(/(?:nothing was started[\s\S]*){2}/);
  write('schema.graphql', SCHEMA);
  await command.says(GATEWAY_URL);
  expect((await command.stop()).stderr).not.toMatch(/goes on as it was/);
});

it('dev ends with 0 on a signal while it starts again, and leaves no gateway behind', async () => {
  const { command, write, first } = await developing();
  write('settings/name.ts', "export const name = 'two';\n");
  await command.says(/starting again/);
  const { code, stdout } = await command.stop();
  const processes = [...stdout.matchAll(/loaded by (\d+)/g)].map(([, pid]) => Number(pid));
  expect([code, processes[0], processes.some(isAlive)]).toEqual([0, first, false]);
});

it('dev takes two signals, and its gateway ends when it is killed itself', async () => {
  const { command, first, directory } = await developing();
  command.signal('SIGINT');
  expect((await command.stop()).code).toBe(0);
  expect(isAlive(first)).toBe(false);
  const killed = new Command(CLI, ['dev', '--port', '0', '--host', '127.0.0.1'], { directory });
  await killed.says(/Metrics/);
  killed.signal('SIGKILL');
  // Its output is open until the gateway has ended as well.
  expect((await killed.ended()).code).toBe(null);
});

const PLACEMENTS = CONFIG.replace("dataSources: 'adapters',", "dataSources: 'adapters', placements: { hero: { min: 'ANONYMOUS' } },");
const offerOf = (rule: string) =>
  `import { defineOffer } from 'customer-profile-gateway';\nexport default defineOffer({\n  placements: ['hero'],\n  when: '${rule}',\n  content: { en: {} },\n});\n`;

it('dev starts again for an offer that is added, changed or removed, also in a folder that was not there', async () => {
  const { directory, write, started, startsUntil } = await developing();
  write('gateway.config.ts', PLACEMENTS);
  await started();
  // Its folder and the offer are one change: a folder that is renamed has its files from the beginning.
  mkdirSync(join(directory, 'offers.tmp'));
  write('offers.tmp/free-delivery.ts', offerOf('customer.name == "Ada"'));
  renameSync(join(directory, 'offers.tmp'), join(directory, 'offers'));
  await started();
  write('offers/free-delivery.ts', offerOf('customer.name == "Ben"'));
  await started();
  write('offers/welcome.ts', offerOf('true'));
  await started();
  rmSync(join(directory, 'offers/free-delivery.ts'));
  await started();
  expect(await startsUntil()).toBe(6);
});

it('dev says the file, the line and what was expected of a mistake in an offer, and the gateway goes on', async () => {
  const { directory, command, write, started, startsUntil, first } = await developing();
  mkdirSync(join(directory, 'offers'));
  write('offers/free-delivery.ts', offerOf('true'));
  write('gateway.config.ts', PLACEMENTS);
  const serving = await started();
  const mistakes: readonly (readonly [string, RegExp])[] = [
    [
      offerOf('customer.nmae == "Ada"'),
      /offers\/free-delivery\.ts:4:\d+: when: expected [^\n]*nmae[^\n]*did you mean name\?[\s\S]*goes on as it was/,
    ],
    [
      offerOf('true').replace("['hero']", "['heor']"),
      /offers\/free-delivery\.ts:3:16: placements\.0: expected a placement[^\n]*"heor"; did you mean hero\?/,
    ],
    [offerOf('true').replace('})', '}'), /offers\/free-delivery\.ts:\d+:\d+: syntax error/],
  ];
  for (const [wrong, complaint] of mistakes) {
    write('offers/free-delivery.ts', wrong);
    await command.complains(complaint);
    expect([isAlive(first), isAlive(serving)]).toEqual([false, true]);
  }
  write('offers/free-delivery.ts', offerOf('customer.name == "Ada"'));
  await started();
  expect(isAlive(serving)).toBe(false);
  expect(await startsUntil()).toBe(3);
});

it('start without dev ignores what a process above it left in the environment', async () => {
  const { directory, write } = project();
  write('routes.mjs', "export const ownRoutes = (app) => void app.get('/own', () => 'own');\n");
  const variables = {
    CUSTOMER_PROFILE_GATEWAY_DEV: '1',
    CUSTOMER_PROFILE_GATEWAY_DEV_ROUTES: pathToFileURL(join(directory, 'routes.mjs')).href,
  };
  const gateway = new Command(CLI, ['start', '--port', '0', '--host', '127.0.0.1'], { directory, variables });
  const url = await gateway.says(GATEWAY_URL);
  expect((await fetch(`${url}/own`)).status).toBe(404);
  expect((await gateway.stop()).code).toBe(0);
});
