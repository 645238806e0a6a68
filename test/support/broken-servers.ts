import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { onTestFinished } from 'vitest';
import { SELF_SIGNED } from './certificate.ts';

/** A TCP server on loopback until the test is over. @returns its port. */
async function listen(server: Server, port = 0): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as { port: number }).port;
}

/** Accepts connections and reads, and never answers. */
export const silent = () => listen(createServer((socket) => void socket.resume()));

/** Begins an answer with `begin`, then sends one byte every 10 ms without end. */
export const dripping = (begin: string) =>
  listen(
    createServer((socket) => {
      socket.once('data', () => {
        socket.write(begin);
        const timer = setInterval(() => socket.write(' '), 10);
        socket.on('close', () => clearInterval(timer));
      });
    }),
  );

/** Begins an answer with `begin`, then resets the connection. */
export const resetting = (begin: string) =>
  listen(
    createServer((socket) => {
      socket.once('data', () => socket.write(begin, () => socket.resetAndDestroy()));
    }),
  );

/** Sends bytes of no known protocol to every connection, at once: some clients wait for the server to begin. */
export const babbling = () =>
  listen(
    createServer((socket) => {
      socket.write('no protocol that you know\r\n\r\n', () => socket.end());
    }),
  );

/** Accepts TLS, with a self-signed certificate. */
export const selfSigned = () => listen(createTlsServer(SELF_SIGNED, (socket) => socket.end()) as unknown as Server);

/** Forwards all bytes to another port. `cut` ends all connections and stops listening; `mend` listens again. */
export async function proxyTo(target: number) {
  const { connect } = await import('node:net');
  const open = new Set<Socket>();
  const make = () =>
    createServer((socket) => {
      const upstream = connect(target, '127.0.0.1').on('error', () => socket.destroy());
      socket.on('error', () => upstream.destroy()).on('close', () => upstream.destroy());
      upstream.on('close', () => socket.destroy());
      for (const each of [socket, upstream]) open.add(each.on('close', () => open.delete(each)));
      socket.pipe(upstream).pipe(socket);
    });
  let server = make();
  const port = await listen(server);
  return {
    port,
    cut: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of open) socket.destroy();
      return closed;
    },
    mend: async () => {
      server = make();
      await listen(server, port);
    },
  };
}
