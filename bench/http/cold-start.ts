import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A command that serves GraphQL, and a request with the text that its right answer holds. */
export interface Served {
  /** A script of this repository, with its arguments. */
  readonly command: readonly string[];
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Behind the address that it prints. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly expected: string;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** The address, as `start` prints it. */
const GATEWAY_URL = /(https?:\/\/[^\s/]+)\/graphql\b/;

/** @returns milliseconds from starting the command to the end of its first answer. @throws Error when that is not the expected one. */
export async function coldStart({ command, variables, path, headers, body, expected }: Served): Promise<number> {
  const begun = performance.now();
  const env = { ...process.env, REDIS_URL: undefined, NO_COLOR: '1', ...variables };
  const child = spawn(process.execPath, [...command, '--port', '0', '--host', '127.0.0.1'], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  try {
    const url = await addressOf(child);
    const response = await fetch(url + path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
    const text = await response.text();
    const took = performance.now() - begun;
    if (!text.includes(expected)) throw new Error(`${command.join(' ')}: expected ${expected}, received ${response.status} ${text}`);
    return took;
  } finally {
    child.kill('SIGTERM');
    await closed;
  }
}

async function addressOf(child: ChildProcess): Promise<string> {
  let said = '';
  for await (const chunk of child.stdout ?? []) {
    said += chunk;
    const url = GATEWAY_URL.exec(said)?.[1];
    if (url === undefined) continue;
    // Goes on being read, so that the command never waits for us.
    child.stdout?.resume();
    return url;
  }
  throw new Error(`expected an address, the command ended with: ${said}`);
}
