import { expect, it } from 'vitest';
import { loggable } from '../src/observability/redact.ts';

it('blanks out an identifier in a message, as it is and percent-encoded, whatever text it is', () => {
  for (const identifier of ['ada@example.com', "$'ada", '100%', 'half\ud800']) {
    const encoded = encodeURIComponent(identifier.toWellFormed());
    const { message } = loggable(new Error(`GET /c/${encoded} of ${identifier} failed`), [identifier]);
    expect(message).toBe('GET /c/[redacted] of [redacted] failed');
  }
});
