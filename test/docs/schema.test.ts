import { isSpecifiedScalarType } from 'graphql';
import { expect, it } from 'vitest';
import { loadProject } from '../../src/config/load-project.ts';
import { ENGINE, typesByName } from '../../src/graphql/schema/schema-parts.ts';
import { compileProject } from '../../src/wiring/compile-project.ts';

/** A description with fewer words does not say what a thing is. */
const MIN_WORDS = 3;

it('describes each type and field of the engine in a whole sentence', async () => {
  const { schema } = await compileProject(await loadProject('gateway.config.ts'));
  const poor: string[] = [];
  const check = (name: string, description: string | null | undefined) => {
    const text = description ?? '';
    if (!/^[A-Z`]/.test(text) || !text.endsWith('.') || text.split(/\s+/).length < MIN_WORDS) poor.push(`${name}: ${text}`);
  };
  const own = new Set(typesByName(ENGINE).keys());
  for (const type of Object.values(schema.getTypeMap())) {
    if (!own.has(type.name) || type.name === 'Customer' || isSpecifiedScalarType(type)) continue;
    check(type.name, type.description);
    if ('getValues' in type) for (const value of type.getValues()) check(`${type.name}.${value.name}`, value.description);
    for (const field of 'getFields' in type ? Object.values(type.getFields()) : []) {
      if (field.name.startsWith('_')) continue;
      check(`${type.name}.${field.name}`, field.description);
      for (const argument of 'args' in field ? field.args : []) check(`${type.name}.${field.name}(${argument.name})`, argument.description);
    }
  }
  expect(poor).toEqual([]);
});
