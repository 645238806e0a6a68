import { loadProject } from '../config/load-project.ts';
import type { ProjectPart } from '../config/project-part.ts';
import { compileProject } from '../wiring/compile-project.ts';

/**
 * A program that `dev` runs before it ends the running gateway: it loads and compiles the project, and starts nothing.
 * Mistakes are printed, and the exit code is 1. The project's files are sent to `dev`, those of a broken project as well.
 * Usage: node try-project.ts CONFIG
 */
const [config = ''] = process.argv.slice(2);
const parts: ProjectPart[] = [];
let exitCode = 0;
try {
  await compileProject(await loadProject(config, (part) => parts.push(part)));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  exitCode = 1;
}
// A module of the project may keep the process alive, with a timer or a connection.
if (process.send) process.send(parts, undefined, undefined, () => process.exit(exitCode));
else process.exitCode = exitCode;
