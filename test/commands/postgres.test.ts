import { readdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CLI, Command, GATEWAY_URL } from '../support/command.ts';
import { temporaryDirectory } from '../support/gateway.ts';
import { ownDatabase } from '../support/own-database.ts';
import { runOnPostgres } from '../support/postgres-client.ts';
import { closedPort, isMissing, naming, ownName } from '../support/services.ts';

const CONFIG = `export default {
  identifiers: { crmId: { class: 'person', unique: true } },
  touchpoints: { web: { channel: 'WEB' } },
  store: process.env.STORE_URL,
};`;
const PASSWORD = 'k7Qz-not-to-be-shown';

/** A project whose store the variable names. */
function project() {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'gateway.config.ts'), CONFIG);
  writeFileSync(join(directory, 'schema.graphql'), 'type Customer { favouriteStore: String @from(source: "captured") }');
  const command = (store: string, ...args: string[]) => new Command(CLI, args, { directory, variables: { STORE_URL: store } });
  return { directory, command, run: (store: string, ...args: string[]) => command(store, ...args).ended() };
}

/** With a password, which a server that trusts everybody ignores. */
function withPassword(url: string, user = 'postgres'): string {
  return url.replace('postgres@', `${user}:${PASSWORD}@`);
}

describe.skipIf(isMissing('PostgreSQL'))(`commands with a store in ${naming('PostgreSQL')}`, () => {
  it('check says what there is, migrate makes the tables, and start serves with them; its own files lie beside the configuration', async () => {
    const { directory, command, run } = project();
    const url = withPassword(await ownDatabase(onTestFinished));
    const { pathname } = new URL(url);
    const before = await run(url, 'check');
    expect(before).toMatchObject({ code: 0, stderr: '' });
    expect(before.stdout).toMatch(
      new RegExp(
        `^  store \\(PostgreSQL \\d[\\d.]*, postgres://127\\.0\\.0\\.1:5432${pathname}\\): reached, \\d+ ms; its tables are made by the first start, or by migrate; each gateway opens up to \\d+ connections, \\d+ are allowed and \\d+ of them in use$`,
        'm',
      ),
    );
    expect(await run(url, 'migrate')).toEqual({
      ...{ code: 0, stderr: '' },
      stdout: `postgres://127.0.0.1:5432${pathname}: the schema is that of this version\n`,
    });
    expect((await run(url, 'check')).stdout).toContain('; it has tables of a gateway; ');
    const gateway = command(url, 'start', '--port', '0', '--host', '127.0.0.1');
    const ready = await fetch(`${await gateway.says(GATEWAY_URL)}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([200, { ready: true, store: true, sources: {} }]);
    const ended = await gateway.stop();
    expect(ended.code).toBe(0);
    expect(readdirSync(join(directory, '.data'))).toEqual(['development-secret']);
    expect(JSON.stringify([before, ended])).not.toContain(PASSWORD);
  });

  it('start needs no role that may make tables when migrate has made them', async () => {
    const { command, run } = project();
    const owner = await ownDatabase(onTestFinished);
    const role = ownName('gateway_role');
    await runOnPostgres(owner, `create role ${role} login`);
    onTestFinished(async () => {
      await runOnPostgres(owner, `drop owned by ${role}`);
      await runOnPostgres(owner, `drop role ${role}`);
    });
    const url = withPassword(owner, role);
    expect((await run(url, 'check')).stdout).toContain(
      'warning: there are no tables yet, and this role may not create any: run migrate once',
    );
    const refused = await run(url, 'start', '--port', '0');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('permission denied for schema public; run migrate once with the URL of a role that may make tables');
    expect((await run(owner, 'migrate')).code).toBe(0);
    await runOnPostgres(owner, `grant select, insert, update, delete on all tables in schema public to ${role}`);
    const gateway = command(url, 'start', '--port', '0', '--host', '127.0.0.1');
    expect((await fetch(`${await gateway.says(GATEWAY_URL)}/health/ready`)).status).toBe(200);
    expect((await gateway.stop()).code).toBe(0);
  });

  it('backup names the tools of PostgreSQL', async () => {
    const { run, directory } = project();
    const { code, stderr } = await run(withPassword('postgres://postgres@127.0.0.1:5432/any'), 'backup', 'copy.db');
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^backup: a store in PostgreSQL is copied by .* pg_dump /)]);
    expect(readdirSync(directory)).not.toContain('copy.db');
  });
});

it.each(['check', 'migrate', 'start'])('%s says which database it can not reach, and why, without the password', async (name) => {
  const { run } = project();
  const port = await closedPort();
  const { code, stdout, stderr } = await run(`postgres://ada:${PASSWORD}@127.0.0.1:${port}/gateway?application_name=a`, name);
  expect(code).toBe(1);
  expect(stdout + stderr).toContain(`the store postgres://127.0.0.1:${port}/gateway can't be used: connect ECONNREFUSED 127.0.0.1:${port}`);
  expect(stdout + stderr).not.toContain(PASSWORD);
});

it('check says at once that a password is missing', async () => {
  // As PostgreSQL asks for it: AuthenticationSASL, then AuthenticationSASLContinue (its documentation, Message Formats).
  const questions = [authentication(10, 'SCRAM-SHA-256\0\0'), authentication(11, 'r=nonce,s=c2FsdA==,i=4096')];
  const server = createServer((socket) => {
    const left = [...questions];
    socket.on('error', () => {}).on('data', () => void socket.write(left.shift() ?? ''));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const { code, stdout } = await project().run(`postgres://ada@127.0.0.1:${port}/gateway`, 'check');
  expect([code, stdout]).toEqual([1, expect.stringContaining('the server asks for a password: expected one in the URL or in PGPASSWORD')]);
});

/** A message of a server. @param kind what it asks for. */
function authentication(kind: number, text: string): Buffer {
  const message = Buffer.from(`R${'\0'.repeat(8)}${text}`);
  message.writeInt32BE(message.length - 1, 1);
  message.writeInt32BE(kind, 5);
  return message;
}
