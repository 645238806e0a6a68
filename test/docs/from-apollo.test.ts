import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { SignJWT } from 'jose';
import { expect, it, onTestFinished } from 'vitest';
import { CLI, Command, GATEWAY_URL } from '../support/command.ts';
import { codeBlocks } from '../support/documentation.ts';
import { temporaryDirectory } from '../support/gateway.ts';

const TOKEN_KEY = Buffer.from('the key of the book shop, only for this test').toString('base64url');

/** The services of the book shop, with the calls that they got. */
async function openServices() {
  const books = [
    { isbn: 'b1', title: 'Notes', price: 12.5, stars: [5, 4] },
    { isbn: 'b2', title: 'Engines', price: 8, stars: [] as number[] },
  ];
  const calls: string[] = [];
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url as string, 'http://shop');
    calls.push(`${request.method} ${request.url}`);
    const keys = (name: string) => (searchParams.get(name) ?? '').split(',');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    let answer: unknown = null;
    if (pathname === '/books') answer = books.filter(({ isbn }) => keys('isbns').includes(isbn)).reverse();
    else if (pathname === '/users/7') answer = { id: '7', name: 'Ada Lovelace' };
    else if (pathname === '/orders' && keys('userIds').includes('7')) answer = [{ userId: '7', number: 'o1', isbns: ['b2', 'b1'] }];
    else if (pathname === '/reviews') {
      const { isbn, stars } = JSON.parse(Buffer.concat(chunks).toString()) as { isbn: string; stars: number };
      books.find((book) => book.isbn === isbn)?.stars.push(stars);
    } else response.statusCode = 404;
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls };
}

/** Both projects as the page has them: each block is a file, named in its first line. @returns their folder. */
function writeProjects(): string {
  const folder = temporaryDirectory();
  for (const { text, where } of codeBlocks('docs/from-apollo.md')) {
    const name = /^(?:\/\/|#) ((?:before|after)\/\S+)\n/.exec(text)?.[1];
    if (name === undefined) {
      expect(text, where).toMatch(/^\{ me /);
      continue;
    }
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const compilerOptions = { paths: { 'customer-profile-gateway': [resolve('src/index.ts')] }, noEmit: true };
  const tsconfig = { extends: resolve('tsconfig.json'), compilerOptions, include: ['before', 'after'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  return folder;
}

it('is typed', () => {
  const compile = () => execFileSync(resolve('node_modules/.bin/tsc'), ['-p', writeProjects(), '--pretty', 'false'], { stdio: 'pipe' });
  expect(compile).not.toThrow();
});

it.each(['before', 'after'] as const)('answers what a client expects: %s', async (project) => {
  const folder = writeProjects();
  const { url: services, calls } = await openServices();
  const variables = { SERVICES_URL: services, TOKEN_KEY, PORT: '0' };
  const server =
    project === 'before'
      ? new Command(join(folder, 'before/server.ts'), [], { variables })
      : new Command(CLI, ['start', '--config', join(folder, 'after/gateway.config.ts'), '--port', '0', '--host', '127.0.0.1'], {
          variables,
        });
  const url = await server.says(GATEWAY_URL);
  const token = await new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('7')
    .setExpirationTime('1h')
    .sign(Buffer.from(TOKEN_KEY, 'base64url'));
  const ask = async (query: string, authorization?: string, input?: object) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
      body: JSON.stringify({ query, variables: { input } }),
    });
    return (await response.json()) as { data: unknown; errors?: { message: string; path: unknown[]; extensions: { code: string } }[] };
  };

  const query = codeBlocks('docs/from-apollo.md').find(({ language }) => language === 'text')?.text as string;
  expect(await ask(query, `Bearer ${token}`)).toEqual({
    data: {
      me: {
        name: 'Ada Lovelace',
        initials: 'AL',
        orders: [
          {
            number: 'o1',
            books: [
              { title: 'Engines', averageStars: null },
              { title: 'Notes', averageStars: 4.5 },
            ],
          },
        ],
      },
      book: { title: 'Notes', price: 12.5 },
    },
  });
  // Each user, and each user's orders, once, however many fields there are.
  expect(calls.filter((call) => !call.startsWith('GET /books')).toSorted()).toEqual(['GET /orders?userIds=7', 'GET /users/7']);

  expect(await ask('{ me { name } book(isbn: "none") { title } }')).toEqual({ data: { me: null, book: null } });

  const add = 'mutation ($input: ReviewInput!) { addReview(input: $input) { isbn averageStars } }';
  const refused = await ask(add, undefined, { isbn: 'b1', stars: 1 });
  expect(refused).toMatchObject({ data: { addReview: null }, errors: [{ message: 'Log in to review a book', path: ['addReview'] }] });
  expect(refused.errors?.[0]?.extensions.code).toBe('LOGIN_NEEDED');
  expect(await ask(add, `Bearer ${token}`, { isbn: 'b1', stars: 3 })).toEqual({ data: { addReview: { isbn: 'b1', averageStars: 4 } } });
  expect(calls.filter((call) => call.startsWith('POST'))).toEqual(['POST /reviews']);
});
