import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Of the project beside. */
const NAMES = ['crm', 'loyalty', 'orders'];
const read = (file: string) => readFileSync(new URL(`./project/${file}`, import.meta.url), 'utf8');
/** A project lies anywhere; the command resolves the package's name to itself. */
const withDoor = (module: string) => module.replace(/'[./]+src\/index\.ts'/, "'customer-profile-gateway'");

/**
 * Writes the project beside once more, with more sources of the same back end and a field of `Customer` for each.
 * @param sources how many it has, the three included. @returns its configuration file.
 */
export function writeProject(directory: string, sources: number): string {
  mkdirSync(join(directory, 'datasources'), { recursive: true });
  const more = Array.from({ length: sources - NAMES.length }, (_, index) => `more${index + 1}`);
  const write = (file: string, content: string) => writeFileSync(join(directory, file), content);
  for (const name of NAMES) write(`datasources/${name}.ts`, withDoor(read(`datasources/${name}.ts`)));
  for (const name of more) write(`datasources/${name}.ts`, withDoor(read('datasources/crm.ts')));
  const fields = more.map((name) => `  "Their name, once more."\n  ${name}: String @from(source: "${name}", path: "name")\n`);
  write(
    'schema.graphql',
    read('schema.graphql').replace('type Customer {\n', (head) => head + fields.join('')),
  );
  write('gateway.config.ts', withDoor(read('gateway.config.ts')));
  return join(directory, 'gateway.config.ts');
}
