/** The payloads of the `next` events of an answer (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export async function* payloadsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<{ readonly data: unknown }> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const lines = block.split('\n');
      if (!lines.includes('event: next')) continue;
      const data = lines.filter((line) => line.startsWith('data:')).map((line) => line.slice(5));
      yield JSON.parse(data.join('\n'));
    }
  }
}
