import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { customerIdOf } from './customer-id.ts';
import { report } from './report.ts';

/** Serves `POST /graphql` without GraphQL: reads `variables.first` and the cookie, and answers what the given function returns. */
export function serveProfiles(profileOf: (id: string, first: number) => Promise<object>): void {
  const server = createServer((request, response) => {
    answer(request, profileOf)
      .then((profile) => send(response, 200, { data: { customer: profile } }))
      .catch((error: Error) => send(response, 502, { errors: [{ message: error.message }] }));
  });
  server.listen(0, '127.0.0.1', () => report((server.address() as { port: number }).port));
}

async function answer(request: IncomingMessage, profileOf: (id: string, first: number) => Promise<object>): Promise<object | null> {
  const id = customerIdOf(request.headers.cookie);
  const { variables } = JSON.parse(await readText(request)) as { variables?: { first?: number } };
  return id === null ? null : profileOf(id, Number(variables?.first ?? 20));
}

function readText(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      text += chunk;
      if (text.length > 1_000_000) reject(new Error('the body is too large'));
    });
    request.on('end', () => resolve(text));
    request.on('error', reject);
  });
}

function send(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}
