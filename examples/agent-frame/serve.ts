import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

/**
 * A page of another program with the agent desktop in it. Usage: npx node examples/agent-frame/serve.ts [GATEWAY] [PORT]
 * The gateway must list this page's origin: agentDesktop: { embedders: ['http://localhost:4300'] }.
 */
const FILES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/page.js': ['page.js', 'text/javascript; charset=utf-8'],
  '/page.css': ['page.css', 'text/css; charset=utf-8'],
};

export interface AgentFrame {
  readonly origin: string;
  readonly close: () => void;
}

export interface AgentFrameOptions {
  /** The gateway's origin, read for each page. */
  readonly gateway: () => string;
  readonly port?: number;
  /** Who is signed in: one of the gateway's agents for development. */
  readonly agent?: string;
}

/** Serves the page. A program of a company gets the token from its identity provider, in place of the gateway's own sign-in. */
export async function serveAgentFrame({ gateway, port = 0, agent = 'tom-hale' }: AgentFrameOptions): Promise<AgentFrame> {
  const server = createServer((request, response) => {
    const file = FILES[request.url ?? ''];
    if (request.method === 'POST' && request.url === '/token') sendToken(gateway(), agent, response);
    else if (file === undefined) response.writeHead(404).end();
    else sendFile(gateway(), file, response);
  });
  await new Promise<void>((resolve) => server.listen(port, 'localhost', resolve));
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function sendFile(gateway: string, [file, type]: readonly [string, string], response: ServerResponse): void {
  const text = readFileSync(fileURLToPath(new URL(`page/${file}`, import.meta.url)), 'utf8');
  response.writeHead(200, {
    'content-type': type,
    'content-security-policy': `default-src 'none'; script-src 'self' ${gateway}; style-src 'self'; connect-src 'self'; frame-src ${gateway}`,
    'cache-control': 'no-store',
  });
  response.end(text.replaceAll('__GATEWAY__', gateway));
}

async function sendToken(gateway: string, agent: string, response: ServerResponse): Promise<void> {
  try {
    const answer = await fetch(`${gateway}/agent/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ agent }),
    });
    if (!answer.ok) throw new Error(`expected a token, received ${answer.status}`);
    const { token } = (await answer.json()) as { token: string };
    response.writeHead(200, { 'content-type': 'text/plain', 'cache-control': 'no-store' }).end(token);
  } catch {
    response.writeHead(502).end();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [gateway = 'http://localhost:4000', port = '4300'] = process.argv.slice(2);
  const { origin } = await serveAgentFrame({ gateway: () => gateway, port: Number(port) });
  process.stdout.write(`A page with the customer profile: ${origin}\n`);
}
