import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { prepared } from '../../src/store/postgres/statement.ts';

/** A commit is sent under this name. */
const COMMIT = prepared('commit').name;

/** Stands between a gateway and its database, and can fail as a network does. */
export interface DatabaseProxy {
  /** The URL of a database, through the proxy. */
  through(url: string): string;
  /** Ends all connections. */
  cut(): void;
  /** Refuses new connections, and ends those that are open. */
  stop(): Promise<void>;
  /** Accepts connections again. */
  start(): Promise<void>;
  /** The next commit reaches the database, and its answer does not come back. */
  loseNextCommit(): void;
  /** How many connections were accepted. */
  readonly accepted: number;
}

/** @param url of the database. The proxy stops when the test is over. */
export async function databaseProxy(url: string): Promise<DatabaseProxy> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let port = 0;
  let accepted = 0;
  let losesNext = false;
  const server = createServer((client) => {
    accepted++;
    const database = connect(Number(target.port || 5432), target.hostname);
    let isLosing = false;
    for (const socket of [client, database]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        database.end();
      });
    }
    client.on('data', (data) => {
      if (losesNext && data.includes(COMMIT)) {
        losesNext = false;
        isLosing = true;
      }
      database.write(data);
    });
    database.on('data', (data) => {
      if (!isLosing) client.write(data);
      else if (data.includes('COMMIT')) client.destroy();
    });
  });
  const start = async () => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  };
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const stop = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    cut();
    await closed;
  };
  await start();
  onTestFinished(stop);
  return {
    through: (other) => {
      const through = new URL(other);
      through.hostname = '127.0.0.1';
      through.port = String(port);
      return through.href.replaceAll('+', '%20');
    },
    cut,
    stop,
    start,
    loseNextCommit: () => {
      losesNext = true;
    },
    get accepted() {
      return accepted;
    },
  };
}
