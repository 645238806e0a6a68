import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { defineAdapter } from '../../src/index.ts';
import { CLI, Command, GATEWAY_URL } from '../support/command.ts';
import { temporaryDirectory, testGateway } from '../support/gateway.ts';
import { bodyOf } from '../support/services.ts';

interface Answer {
  readonly status: number;
  readonly isLast: boolean;
  readonly body: string;
}

async function ask(url: string, agent: Agent, query?: string): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  const sent = request(url, { agent, ...(query !== undefined && { method: 'POST', headers }) });
  sent.end(query === undefined ? undefined : JSON.stringify({ query }));
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: response.statusCode as number, isLast: response.headers.connection === 'close', body: await bodyOf(response) };
}

/** Milliseconds, a little less than the time after which a gateway that stops ends idle connections (`QUIET_MS` in http-servers.ts). */
const MAY_BE_IDLE = 200;

/** @returns what stops measuring, and returns the longest time in milliseconds in which this thread did not run. */
function pausesOfThisThread(): () => number {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  return () => {
    delay.disable();
    return delay.max / 1e6;
  };
}

/** A gateway in a process of its own. @param drain as the configuration has it. */
async function start(drain?: string) {
  const directory = join(temporaryDirectory(), 'project');
  await new Command(CLI, ['init', directory]).ended();
  if (drain !== undefined) {
    const capture = `[bearerClaim('sub')]`;
    writeFileSync(
      join(directory, 'gateway.config.ts'),
      `import { bearerClaim, defineGateway } from 'customer-profile-gateway';
       export default defineGateway({ drain: '${drain}', placements: { 'home-hero': {} }, identifiers: { crmId: { class: 'person', capture: ${capture} } } });`,
    );
  }
  const command = new Command(CLI, ['start', '--port', '0', '--host', '127.0.0.1'], { directory });
  return { command, url: await command.says(GATEWAY_URL) };
}

describe('a gateway that gets a signal to stop', () => {
  it('resets no kept connection of a client, and ends with 0', async () => {
    const { command, url } = await start();
    const agent = new Agent({ keepAlive: true });
    const statuses = new Set<number>();
    let answered = 0;
    let stopping = false;
    // Each client goes on until an answer ends its connection.
    const client = async () => {
      for (;;) {
        const { status, isLast } = await ask(`${url}/graphql`, agent, '{ customer { name } }');
        statuses.add(status);
        answered++;
        if (isLast) return;
        if (answered > 200 && !stopping) {
          stopping = true;
          command.signal('SIGTERM');
        }
      }
    };
    const longestPause = pausesOfThisThread();
    const clients = await Promise.allSettled(Array.from({ length: 16 }, client));
    // Where the machine lets this thread wait for so long before it sends or reads, its connections are idle, and may be ended.
    if (longestPause() < MAY_BE_IDLE) expect(clients.filter(({ status }) => status === 'rejected')).toEqual([]);
    expect([...statuses]).toEqual([200]);
    expect((await command.ended()).code).toBe(0);
  });

  it('goes on serving for `drain` while it is not ready, on new connections as well; a second signal ends it at once', async () => {
    const { command, url } = await start('5m');
    const kept = new Agent({ keepAlive: true, maxSockets: 1 });
    expect(await ask(`${url}/graphql`, kept, '{ customer { name } }')).toMatchObject({ status: 200, isLast: false });
    command.signal('SIGTERM');
    const fresh = () => new Agent({ keepAlive: true });
    let ready: Answer;
    do ready = await ask(`${url}/health/ready`, fresh());
    while (ready.status === 200);
    expect(ready).toEqual({ status: 503, isLast: true, body: '{"ready":false,"draining":true}' });
    for (const agent of [kept, fresh()])
      expect(await ask(`${url}/graphql`, agent, '{ customer { name } }')).toMatchObject({ status: 200, isLast: true });
    expect(await ask(`${url}/health/live`, fresh())).toMatchObject({ status: 200, isLast: true });
    const ended = command.ended();
    // Signals that come together count as one.
    const again = async () => {
      for (;;) {
        command.signal('SIGTERM');
        await ask(`${url}/health/live`, fresh());
      }
    };
    await Promise.race([ended, again().catch(() => {})]);
    expect((await ended).code).toBe(1);
  });

  it('ends although one client keeps a silent connection, and another never sent a byte', async () => {
    const { command, url } = await start();
    const agent = new Agent({ keepAlive: true });
    await ask(`${url}/health/live`, agent);
    const { hostname, port } = new URL(url);
    const silent = (await import('node:net')).connect(Number(port), hostname);
    await once(silent, 'connect');
    await ask(`${url}/health/live`, new Agent());
    expect((await command.stop()).code).toBe(0);
  });
});

describe('what is under way when the gateway is closed', () => {
  /** A gateway on a port, whose source answers when `answer` is called. */
  async function waiting() {
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    const load = async (keys: readonly string[]) => {
      asked.resolve();
      await answer.promise;
      return keys.map(() => ({ name: 'Ada' }));
    };
    const { gateway } = await testGateway({ dataSources: { crm: defineAdapter({ key: 'crmId', load, policy: { timeout: '60s' } }) } });
    await gateway.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = gateway.app.server.address() as { port: number };
    return { gateway, asked: asked.promise, answer: answer.resolve, host: `127.0.0.1:${port}` };
  }

  async function openSocket(host: string) {
    const socket = new WebSocket(`ws://${host}/graphql?cid=1`, 'graphql-transport-ws');
    const messages: { type: string; payload?: { data: unknown } }[] = [];
    const acknowledged = Promise.withResolvers<void>();
    socket.on('message', (data) => {
      const message = JSON.parse(String(data));
      if (message.type === 'connection_ack') acknowledged.resolve();
      else messages.push(message);
    });
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    await acknowledged.promise;
    const subscribe = (id: string, query: string) => socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query } }));
    return { socket, messages, subscribe, closed: once(socket, 'close') as Promise<[number]> };
  }

  it('is answered over HTTP, the last on its connection', async () => {
    const { gateway, asked, answer, host } = await waiting();
    const answered = ask(`http://${host}/graphql?cid=1`, new Agent({ keepAlive: true }), '{ customer { name } }');
    await asked;
    const closed = gateway.close();
    while (gateway.app.server.listening) await new Promise(setImmediate);
    answer();
    expect(await answered).toEqual({ status: 200, isLast: true, body: '{"data":{"customer":{"name":"Ada"}}}\n' });
    await closed;
  });

  it('is answered over a WebSocket, which is closed with 1001 then; subscriptions are cut off, so that clients begin them anew', async () => {
    const { gateway, asked, answer, host } = await waiting();
    const busy = await openSocket(host);
    const listening = await openSocket(host);
    listening.subscribe('s', 'subscription { interactionCaptured { id } }');
    busy.subscribe('q', '{ customer { name } }');
    await asked;
    const closed = gateway.close();
    expect((await listening.closed)[0]).toBe(1001);
    expect(listening.messages).toEqual([]);
    answer();
    expect((await busy.closed)[0]).toBe(1001);
    expect(busy.messages).toEqual([
      { id: 'q', type: 'next', payload: { data: { customer: { name: 'Ada' } } } },
      { id: 'q', type: 'complete' },
    ]);
    await closed;
  });

  it('is cut off where it is an event stream, without saying that it is complete', async () => {
    const { gateway, host } = await waiting();
    const headers = { 'content-type': 'application/json', accept: 'text/event-stream' };
    const body = JSON.stringify({ query: 'subscription { interactionCaptured { id } }' });
    const response = await fetch(`http://${host}/graphql?cid=1`, { method: 'POST', headers, body });
    const closed = gateway.close();
    expect((await response.text()).replaceAll(':\n\n', '')).toBe('');
    await closed;
  });
});
