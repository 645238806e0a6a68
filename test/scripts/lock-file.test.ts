import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Command } from '../support/command.ts';
import { temporaryDirectory } from '../support/gateway.ts';

const HASH = `sha512-${'A'.repeat(86)}==`;

async function check(packages?: object) {
  const file = join(temporaryDirectory(), 'package-lock.json');
  if (packages !== undefined) writeFileSync(file, JSON.stringify({ packages }));
  const { code, stderr } = await new Command('scripts/check-lock-file.mjs', packages === undefined ? [] : [file]).ended();
  return { code, stderr: stderr.replaceAll(file, 'FILE') };
}

describe('the lock file', () => {
  it('has a hash for every package, and no package from elsewhere than the registry', async () => {
    expect(await check()).toEqual({ code: 0, stderr: '' });
  });

  it('passes with packages of the registry', async () => {
    const packages = { '': {}, 'node_modules/a': { integrity: HASH }, 'node_modules/b': { integrity: HASH } };
    expect(await check(packages)).toEqual({ code: 0, stderr: '' });
  });

  it.each([
    ['no hash', {}, 'expected integrity with a SHA-512 hash, received none'],
    ['a weak hash', { integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' }, 'expected integrity with a SHA-512 hash, received "sha1-'],
    ['an address elsewhere', { integrity: HASH, resolved: 'https://elsewhere.example/a.tgz' }, 'expected no address (resolved)'],
    ['a repository', { integrity: HASH, resolved: 'git+ssh://git@github.com/a/a.git#1' }, 'expected no address (resolved)'],
    ['a folder', { link: true, resolved: '../a' }, 'expected a package of the registry, received a link to a folder'],
  ])('is refused where a package has %s', async (_, entry, message) => {
    const { code, stderr } = await check({ '': {}, 'node_modules/a': entry });
    expect(code).toBe(1);
    expect(stderr).toContain(`FILE: node_modules/a: ${message}`);
  });
});
