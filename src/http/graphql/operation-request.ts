import type { IncomingHttpHeaders } from 'node:http';
import type { OperationRequest } from '../../graphql/execution/check-request.ts';
import { parseJsonWithLongNumbers } from '../../model/exact-json.ts';

/** A request that does not follow GraphQL over HTTP; its message says what was expected. Clients get the code BAD_REQUEST. */
export class BadRequest extends Error {}

/**
 * Requires a content type or a header that a browser sends for a foreign page only after a CORS preflight; Apollo Server
 * requires the same.
 * @throws BadRequest for a request that a page of any origin could have made a browser send.
 */
export function requireAskedByScript(headers: IncomingHttpHeaders): void {
  const isJson = /^application\/json\b/i.test(headers['content-type'] ?? '');
  if (isJson || headers['apollo-require-preflight'] || headers['x-apollo-operation-name']) return;
  const expected = 'expected content-type: application/json, or one of the headers apollo-require-preflight and x-apollo-operation-name';
  throw new BadRequest(`${expected}: without, a foreign page could ask`);
}

/**
 * The operation in a body (GraphQL over HTTP, section 6.2). Its parts are checked later.
 * @param what has the operation.
 * @throws BadRequest for a body that is no JSON object.
 */
export function operationOfBody(body: unknown, what = 'a body'): OperationRequest {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  const received = Array.isArray(body) ? 'a list: several operations are several requests' : body == null ? 'none' : typeof body;
  throw new BadRequest(`expected ${what} that is a JSON object { query or documentId, variables, operationName }, received ${received}`);
}

/** In the order in which they are checked. */
const PARAMETERS = ['query', 'documentId', 'operationName', 'variables', 'extensions'] as const;

/**
 * The operation in an address. The framework's parser is not used, because it leaves a text with broken percent-encoding as
 * it is, so Apollo Server would read another operation.
 * @throws BadRequest for a parameter that is given twice or is no JSON.
 */
export function operationOfUrl(url: string): OperationRequest {
  const parameters = new URLSearchParams(searchOf(url));
  const only = (name: string): string | undefined => {
    const values = parameters.getAll(name);
    if (values.length > 1) throw new BadRequest(`expected the parameter ${name} once, received it ${values.length} times`);
    return values[0];
  };
  const { query, documentId, operationName, variables, extensions } = Object.fromEntries(PARAMETERS.map((name) => [name, only(name)]));
  return {
    query,
    documentId,
    // In an address an empty text is the same as none.
    operationName: operationName === '' ? undefined : operationName,
    variables: parsed('variables', variables),
    extensions: parsed('extensions', extensions),
  };
}

/** The query string of an address, with its question mark. */
function searchOf(url: string): string {
  const at = url.indexOf('?');
  return at === -1 ? '' : url.slice(at);
}

function parsed(name: string, text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return parseJsonWithLongNumbers(text);
  } catch {
    throw new BadRequest(`expected the parameter ${name} to be a JSON object, received something that is no JSON`);
  }
}
