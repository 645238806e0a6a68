import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface RunningService {
  readonly url: string;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  /** Sent as JSON, unless there is a type. */
  readonly body: unknown;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Starts a service on loopback, on `port`; on a free port where that one is in use. What `answer` throws is answered with 500. */
export async function serve(
  port: number,
  answer: (request: IncomingMessage) => Promise<Answer>,
  host = '127.0.0.1',
): Promise<RunningService> {
  const server = createServer(async (request, response) => {
    try {
      send(response, await answer(request));
    } catch {
      send(response, { status: 500, body: { error: 'internal' } });
    }
  });
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    server.listen(0, host);
    await once(server, 'listening');
  }
  const { port: actual } = server.address() as { port: number };
  return {
    url: `http://${host}:${actual}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function send(response: ServerResponse, { status, body, type, headers }: Answer): void {
  response.writeHead(status, { 'content-type': type ?? 'application/json', ...headers });
  response.end(type === undefined ? JSON.stringify(body) : body);
}

/** Runs a service in a process of its own, on the port that is the first argument: sends its URL to the parent process, and ends when the parent ends. */
export async function serveForParent(start: (port: number) => Promise<RunningService>): Promise<void> {
  const service = await start(Number(process.argv[2] ?? 0));
  process.stdout.write(`${service.url}\n`);
  process.send?.({ url: service.url });
  // The channel closes when the parent ends, also when it is killed.
  process.once('disconnect', () => process.exit(0));
  // Ctrl+C sends SIGINT to the whole process group; the back ends end only when the parent does.
  if (process.send) process.on('SIGINT', () => {});
}
