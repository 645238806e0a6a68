import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory, testGateway } from '../../support/gateway.ts';
import { TRANSPORTS } from '../../support/transports.ts';

const MAX_VALUES = 20_000;
const TYPES = 'query ($types: [String!]) { customer { identifiers(types: $types) { type } } }';
const ID = createHash('sha256').update(TYPES).digest('hex');
/** The list counts as well. */
const listOf = (values: number) => Array(values - 1).fill('a');

/** An address is too short for so many. */
const { GET: _, ...BY_BODY } = TRANSPORTS;

describe.each(Object.entries(BY_BODY))('variables by %s', (_name, send) => {
  const open = async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'documents.json'), JSON.stringify({ [ID]: TYPES }));
    const { gateway } = await testGateway({ directory, config: { documents: { file: 'documents.json' } } });
    return (operation: object) => send({ gateway, path: '/graphql?cid=1' }, { query: '', ...operation });
  };

  it('hold at most 20,000 values, also those of a trusted document', async () => {
    const ask = await open();
    for (const document of [{ query: TYPES }, { documentId: ID }]) {
      expect((await ask({ ...document, variables: { types: listOf(MAX_VALUES) } }))?.errors).toEqual([]);
      const refused = await ask({ ...document, variables: { types: listOf(MAX_VALUES + 1) } });
      const extensions = { code: 'OPERATION_TOO_COMPLEX', limit: 'variables', allowed: MAX_VALUES, actual: MAX_VALUES + 1 };
      expect([refused?.data, refused?.errors.map((error) => error.extensions)]).toEqual([undefined, [extensions]]);
    }
  });

  it('that the operation does not declare do not count', async () => {
    const ask = await open();
    expect((await ask({ query: TYPES, variables: { types: ['a'], other: listOf(MAX_VALUES + 1) } }))?.errors).toEqual([]);
  });
});
