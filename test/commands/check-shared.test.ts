import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connectRedis } from '../../src/redis/connection.ts';
import { CLI, Command } from '../support/command.ts';
import { temporaryDirectory } from '../support/gateway.ts';
import { closedPort, isMissing, naming, ownName } from '../support/services.ts';

const REDIS = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379';

/** Runs check in a project whose replicas share this. */
function check(shared: string) {
  const directory = temporaryDirectory();
  const config = { identifiers: { crmId: { class: 'person', unique: true } }, touchpoints: { web: { channel: 'WEB' } }, shared };
  writeFileSync(join(directory, 'gateway.config.ts'), `export default ${JSON.stringify(config)};`);
  writeFileSync(join(directory, 'schema.graphql'), 'type Customer { favouriteStore: String @from(source: "captured") }');
  return new Command(CLI, ['check'], { directory }).ended();
}

describe.skipIf(isMissing('Redis'))(`check with ${naming('Redis')}`, () => {
  it('says which Redis is reached', async () => {
    const url = new URL(REDIS);
    const { code, stdout } = await check(url.href);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^ {2}shared \(Redis \d[\d.]+, 127\.0\.0\.1:6379\): reached, \d+ ms$/m)]);
  });

  it('needs no right that a gateway does not need', async () => {
    const url = new URL(REDIS);
    const [user, redis] = [ownName('check'), await connectRedis(url.href)];
    onTestFinished(async () => {
      await redis.acl('DELUSER', user);
      redis.disconnect();
    });
    await redis.acl('SETUSER', user, 'on', '>password', '~*', '&*', '+@all', '-@dangerous');
    Object.assign(url, { username: user, password: 'password' });
    const { code, stdout, stderr } = await check(url.href);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^ {2}shared \(Redis, 127\.0\.0\.1:6379\): reached, \d+ ms$/m)]);
    expect(stderr).toBe('');
  });
});

it('check says which Redis cannot be used, and why, without the password', async () => {
  const port = await closedPort();
  const { code, stdout, stderr } = await check(`redis://:k7Qz-not-to-be-shown@127.0.0.1:${port}`);
  expect(code).toBe(1);
  expect(stdout).toMatch(
    new RegExp(`^  shared \\(Redis, 127\\.0\\.0\\.1:${port}\\): cannot be used, \\d+ ms: .*ECONNREFUSED 127\\.0\\.0\\.1:${port}$`, 'm'),
  );
  expect(stdout + stderr).not.toContain('k7Qz');
});
