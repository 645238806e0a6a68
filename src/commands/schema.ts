import { loadProject } from '../config/load-project.ts';
import { compileProject } from '../wiring/compile-project.ts';

/** Prints the schema as clients see it. @throws ProjectError with all problems of the project. */
export async function schema(config: string): Promise<void> {
  process.stdout.write((await compileProject(await loadProject(config))).publicSdl);
}
