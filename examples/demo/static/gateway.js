/** Asks the gateway, and listens to it. A token goes into a header only, never into an address. */
export const gateway = document.documentElement.dataset.gateway ?? '';

const headersOf = (token, accept) => ({ 'content-type': 'application/json', accept, ...(token && { authorization: `Bearer ${token}` }) });

/** @returns `{ data, errors }`. @throws when the gateway does not answer. */
export async function ask(query, { variables, token, signal } = {}) {
  const response = await fetch(`${gateway}/graphql`, {
    method: 'POST',
    credentials: 'include',
    headers: headersOf(token, 'application/json'),
    body: JSON.stringify({ query, variables }),
    signal,
  });
  return response.json();
}

/** Milliseconds before it is tried again: doubled each time, at most the last. */
const PAUSES = [500, 1_000, 2_000, 4_000];
const sleep = (milliseconds, signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });

/**
 * Subscribes by server-sent events, again and again until `signal` ends it.
 * @param onOpen called at each start: what happened between two of them has to be read.
 * @param onPause called with the milliseconds until it is tried again.
 */
export async function listen(query, { token, signal, onOpen, onEvent, onPause }) {
  for (let failures = 0; !signal.aborted; failures++) {
    try {
      const response = await fetch(`${gateway}/graphql`, {
        method: 'POST',
        credentials: 'include',
        headers: headersOf(token, 'text/event-stream'),
        body: JSON.stringify({ query }),
        signal,
      });
      if (!response.ok || !response.body) throw new Error(`answered with ${response.status}`);
      onOpen();
      failures = 0;
      for await (const payload of payloads(response.body)) onEvent(payload);
    } catch {
      // The same as a stream that has ended: try again.
    }
    if (signal.aborted) return;
    const pause = PAUSES[Math.min(failures, PAUSES.length - 1)];
    onPause(pause);
    await sleep(pause, signal);
  }
}

/** The payloads of `next` events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
async function* payloads(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    const blocks = text.split('\n\n');
    text = blocks.pop();
    for (const block of blocks) {
      const lines = block.split('\n');
      if (!lines.some((line) => line === 'event: next')) continue;
      const data = lines.filter((line) => line.startsWith('data:')).map((line) => line.slice(5));
      yield JSON.parse(data.join('\n'));
    }
  }
}
