import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The data sources in `project/`. */
const NAMES = ['crm', 'loyalty', 'orders'];
const read = (file: string) => readFileSync(new URL(`./project/${file}`, import.meta.url), 'utf8');
/** Imports by the package's name, which the command resolves to itself, wherever a project lies. */
const withDoor = (module: string) => module.replace(/'[./]+src\/index\.ts'/, "'customer-profile-gateway'");

/**
 * Writes a copy of `project/` with more sources of the same back end, and a field of `Customer` for each.
 * @param sources how many sources it has, the three of `project/` included. @returns its configuration file.
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
