import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A command that serves GraphQL, and a request with a text that the right answer contains. */
export interface Served {
  /** A script of this repository, with its arguments. */
  readonly command: readonly string[];
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Path, after the address that the command prints. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly expected: string;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** The address in the output of `start`. */
const GATEWAY_URL = /(https?:\/\/[^\s/]+)\/graphql\b/;

/** @returns milliseconds from the start of the command to the end of its first answer. @throws Error when that answer is not the expected one. */
export async function coldStart({ command, variables, path, headers, body, expected }: Served): Promise<number> {
  const begun = performance.now();
  const env = { ...process.env, DATABASE_URL: undefined, REDIS_URL: undefined, NO_COLOR: '1', ...variables };
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
    // The output is read to its end, so that the command never waits for its reader.
    child.stdout?.resume();
    return url;
  }
  throw new Error(`expected an address, the command ended with: ${said}`);
}
