import type { FastifyInstance } from 'fastify';
import { mayHoldLongNumber, parseJsonWithLongNumbers } from '../model/exact-json.ts';

/** JSON bodies as the framework parses them, but with a `LongNumber` for each number that would lose digits. */
export function parseBodiesExactly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, done) => {
    // First the framework's own way, which refuses names that reach into prototypes.
    parse(request, text, (error, body) => {
      if (error !== null || !mayHoldLongNumber(text)) done(error, body);
      else done(...parsed(text.replace(/^\ufeff/, '')));
    });
  });
}

/** As the framework's parsers answer: an error, or null and what was parsed. It is JSON, but its levels may be too many. */
function parsed(text: string): [error: Error | null, body?: unknown] {
  try {
    return [null, parseJsonWithLongNumbers(text)];
  } catch (cause) {
    return [Object.assign(new Error('expected JSON with fewer levels of nesting', { cause }), { statusCode: 400 })];
  }
}
