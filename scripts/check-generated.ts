import { readFileSync } from 'node:fs';
import { loadProject } from '../src/config/load-project.ts';
import { compileProject } from '../src/wiring/compile-project.ts';

/** Fails when docs/schema.graphql is out of date. The demo's public schema is kept there so that reviews show its changes. */
const { publicSdl } = await compileProject(await loadProject('gateway.config.ts'));
if (readFileSync('docs/schema.graphql', 'utf8') !== publicSdl) {
  process.stderr.write('docs/schema.graphql: expected the current public schema; run: npm run codegen\n');
  process.exitCode = 1;
}
