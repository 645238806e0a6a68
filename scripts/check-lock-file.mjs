// Runs before anything is installed (.ci/run), so it is plain JavaScript, and imports only Node's modules.
import { readFileSync } from 'node:fs';

/** A hash of the package's archive (Subresource Integrity). npm also accepts SHA-1, for which collisions are known. */
const INTEGRITY = /^sha512-[A-Za-z0-9+/]{86}==$/;

/**
 * What is wrong with a lock file: packages whose archive npm would install without comparing it with a hash, or from
 * somewhere else than its configured registry, which it uses for packages without an address (`resolved`).
 */
function problemsOf({ packages = {} }) {
  return Object.entries(packages).flatMap(([path, { integrity, resolved, link }]) => {
    if (path === '') return [];
    const problems = [];
    if (link) problems.push(`${path}: expected a package of the registry, received a link to a folder`);
    else if (!INTEGRITY.test(integrity ?? '')) {
      problems.push(
        `${path}: expected integrity with a SHA-512 hash, received ${JSON.stringify(integrity) ?? 'none'}; install it anew, or replace a package that the registry does not have ("overrides" in package.json)`,
      );
    }
    if (!link && resolved !== undefined) {
      problems.push(
        `${path}: expected no address (resolved), so that npm uses its configured registry, received one; install it by its version`,
      );
    }
    return problems;
  });
}

const [file = 'package-lock.json'] = process.argv.slice(2);
const problems = problemsOf(JSON.parse(readFileSync(file, 'utf8')));
for (const problem of problems) console.error(`${file}: ${problem}`);
process.exitCode = problems.length === 0 ? 0 : 1;
