import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CLI, Command, GATEWAY_URL } from '../support/command.ts';
import { memorySource, temporaryDirectory, testGateway } from '../support/gateway.ts';

const CRM = { crm: memorySource({}).adapter };
const DETAILS = { ready: true, store: true, sources: { crm: true } };

/** A gateway with a management port, of which nothing listens. */
async function managed(config = {}) {
  const { gateway } = await testGateway({ config: { management: { port: 0 }, ...config }, dataSources: CRM });
  const management = gateway.management;
  if (management === null) throw new Error('expected a management server, received none');
  const main = async (url: string) => statusAndBody(await gateway.app.inject(url));
  const own = async (url: string) => statusAndBody(await management.inject(url));
  return { gateway, management, main, own };
}

function statusAndBody({ statusCode, payload }: { statusCode: number; payload: string }): [number, unknown] {
  return [statusCode, payload.startsWith('{') ? JSON.parse(payload) : payload];
}

/** `start` of a project with this option. */
function start(management: string, flags = ['--port', '0', '--host', '127.0.0.1']): Command {
  const directory = temporaryDirectory();
  const root = JSON.stringify(join(process.cwd(), 'src/index.ts'));
  writeFileSync(
    join(directory, 'gateway.config.ts'),
    `import { defineGateway } from ${root};
     export default defineGateway({ management: ${management}, identifiers: { crmId: { class: 'person' } } });`,
  );
  writeFileSync(join(directory, 'schema.graphql'), 'type Customer { size: String @from(source: "captured") }');
  return new Command(CLI, ['start', ...flags], { directory });
}

async function takenPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as { port: number }).port;
}

describe('with a management port', () => {
  it('metrics and the states of sources are there only', async () => {
    const { main, own } = await managed();
    expect(await own('/health/ready')).toEqual([200, DETAILS]);
    expect(await main('/health/ready')).toEqual([200, { ready: true }]);
    expect((await own('/metrics'))[1]).toContain('gateway_draining 0');
    expect((await main('/metrics'))[0]).toBe(404);
    for (const ask of [main, own]) expect(await ask('/health/live')).toEqual([200, { status: 'ok' }]);
  });

  it('nothing else is there', async () => {
    const { own, management } = await managed();
    for (const url of ['/graphql?query={__typename}', '/graphiql', '/tag.js', '/pixel.gif', '/']) expect((await own(url))[0]).toBe(404);
    for (const url of ['/graphql', '/interactions', '/invalidate']) {
      expect((await management.inject({ method: 'POST', url, payload: {} })).statusCode).toBe(404);
    }
    expect((await management.inject('/health/live')).headers['x-content-type-options']).toBe('nosniff');
  });

  it('both ports say that the gateway drains', async () => {
    const { gateway, main, own } = await managed({ drain: '1ms' });
    await gateway.drain();
    for (const ask of [main, own]) expect(await ask('/health/ready')).toEqual([503, { ready: false, draining: true }]);
    expect((await own('/metrics'))[1]).toContain('gateway_draining 1');
  });

  it('closing the gateway closes both', async () => {
    const { gateway, management } = await managed();
    const servers = [gateway.app, management];
    for (const server of servers) await server.listen({ port: 0, host: '127.0.0.1' });
    const urls = servers.map(({ server }) => `http://127.0.0.1:${(server.address() as { port: number }).port}/health/live`);
    for (const url of urls) expect((await fetch(url)).status).toBe(200);
    await gateway.close();
    for (const url of urls) await expect(fetch(url)).rejects.toThrow('fetch failed');
  });
});

it('without a management port, everything is at the port of the gateway', async () => {
  const { gateway } = await testGateway({ dataSources: CRM });
  expect(gateway.management).toBeNull();
  expect((await gateway.app.inject('/health/ready')).json()).toEqual(DETAILS);
  expect((await gateway.app.inject('/metrics')).statusCode).toBe(200);
});

describe('start', () => {
  it('prints the addresses of the management port, serves there, and ends with 0', async () => {
    const command = start('{ port: 0 }');
    const url = await command.says(GATEWAY_URL);
    const [ready, metrics] = [await command.says(/^Health +(\S+)/m), await command.says(/^Metrics +(\S+)/m)];
    expect(new URL(ready).port).toBe(new URL(metrics).port);
    expect(new URL(ready).port).not.toBe(new URL(url).port);
    expect(await (await fetch(ready)).json()).toEqual({ ready: true, store: true, sources: {} });
    expect((await fetch(metrics)).status).toBe(200);
    expect((await fetch(`${url}/metrics`)).status).toBe(404);
    expect((await command.stop()).code).toBe(0);
  });

  it('says which port is in use, ends with 1, and leaves nothing open', async () => {
    const port = await takenPort();
    expect(await start(`{ port: ${port} }`).ended()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`port ${port} of 127.0.0.1 is in use: stop what uses it, or take another with management.port`),
    });
    // The management port is listened on by then.
    expect(await start('{ port: 0 }', ['--port', String(port), '--host', '127.0.0.1']).ended()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`port ${port} of 127.0.0.1 is in use: stop what uses it, or take another with --port N`),
    });
  });

  it('refuses one port for both, and an address that is none', async () => {
    expect(await start('{ port: 4999 }', ['--port', '4999']).ended()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("management.port: expected another port than the gateway's own, received 4999 for both"),
    });
    expect(await start(`{ port: 0, host: '192.0.2.1' }`).ended()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('management.host: expected a name or an address of this machine, 192.0.2.1 is none'),
    });
  });
});
