import { readFileSync } from 'node:fs';
import { loadProject } from '../src/config/load-project.ts';
import { compileProject } from '../src/wiring/compile-project.ts';

/** The demo's public schema is in docs/, so that a change of it is seen in review. It must be what the sources say. */
const { publicSdl } = compileProject(await loadProject('gateway.config.ts'));
if (readFileSync('docs/schema.graphql', 'utf8') !== publicSdl) {
  process.stderr.write('docs/schema.graphql: expected the current public schema; run: npm run codegen\n');
  process.exitCode = 1;
}
