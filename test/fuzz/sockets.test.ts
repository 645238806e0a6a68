import { once } from 'node:events';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { frame, UPGRADE } from '../support/frames.ts';
import { corpus } from './corpus.ts';
import { type FuzzedGateway, fuzzedGateway } from './fuzzed-gateway.ts';
import { budget, mutated } from './mutate.ts';

const entries = corpus('messages');
const lines = entries.flatMap((entry) =>
  String(entry)
    .split('\n')
    .map((line) => Buffer.from(line)),
);
/** Frames with a text, and some with another opcode, reserved bits, or without an end. */
const frames = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: mutated(lines).map((bytes) => frame(0x81, bytes)) },
    { weight: 1, arbitrary: fc.tuple(fc.nat(255), mutated(lines)).map(([first, bytes]) => frame(first, bytes)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)) },
  ),
  { maxLength: 8 },
);

it('frames of any bytes end the socket or are answered, and surprise nobody', async () => {
  const gateway = await fuzzedGateway();
  await fc.assert(
    fc.asyncProperty(frames, async (all) => gateway.expectAnswers(await gateway.send(Buffer.concat([Buffer.from(UPGRADE), ...all])))),
    budget(300),
  );
  await gateway.expectWell();
});

/** Sends messages, and waits until all were read. @returns the code with which the gateway closed the socket; null when it stayed open. */
async function converse(gateway: FuzzedGateway, messages: readonly string[]): Promise<{ code: number | null; received: string }> {
  const socket = new WebSocket(`ws://127.0.0.1:${gateway.port}/graphql?cid=1`, 'graphql-transport-ws');
  onTestFinished(() => socket.terminate());
  const received: string[] = [];
  socket.on('message', (message) => void received.push(String(message)));
  const closed = once(socket, 'close').then(([code]) => code as number);
  await once(socket, 'open');
  for (const message of messages) {
    if (message === 'wait for it') {
      socket.ping();
      await Promise.race([once(socket, 'pong'), closed]);
    } else socket.send(message);
  }
  socket.ping();
  const code = await Promise.race([once(socket, 'pong').then(() => null), closed]);
  socket.close();
  await closed;
  return { code, received: received.join('\n') };
}

it('messages of the protocol in any order are answered, or close the socket with a code of the protocol', async () => {
  const gateway = await fuzzedGateway();
  const init = '{"type":"connection_init"}';
  const message = fc.oneof(
    { weight: 2, arbitrary: fc.constant('wait for it') },
    { weight: 4, arbitrary: fc.constantFrom(...lines.map(String)) },
    { weight: 4, arbitrary: mutated(lines).map(String) },
  );
  const conversation = fc.tuple(fc.boolean(), fc.array(message, { maxLength: 12 }));
  await fc.assert(
    fc.asyncProperty(conversation, async ([isPolite, messages]) => {
      const { code, received } = await converse(gateway, isPolite ? [init, 'wait for it', ...messages] : messages);
      expect([null, 1007, 1009, 4400, 4401, 4403, 4409, 4429]).toContain(code);
      gateway.expectAnswers(received);
    }),
    budget(200),
  );
  await gateway.expectWell();
});
