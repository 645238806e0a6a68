/**
 * As `fetch`, but the body of the answer fails once it is longer than `most`.
 * @param most bytes after decompression.
 */
export async function fetchBounded(url: string | URL, options: RequestInit, most: number): Promise<Response> {
  const response = await fetch(url, options);
  let bytes = 0;
  const bound = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      if (bytes > most) controller.error(new RangeError(`expected at most ${most} bytes of ${new URL(url).pathname}`));
      else controller.enqueue(chunk);
    },
  });
  return new Response(response.body?.pipeThrough(bound) ?? null, response);
}
