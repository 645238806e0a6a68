import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildAgentDesktop } from './build-agent-desktop.ts';

/**
 * Builds the folder that is published: JavaScript and declarations, because Node runs no TypeScript inside node_modules.
 * Usage: node scripts/build.ts [FOLDER]
 */
const [folder = 'dist'] = process.argv.slice(2);
rmSync(folder, { recursive: true, force: true });
execFileSync('tsc', ['-p', 'tsconfig.build.json', '--outDir', folder], { stdio: 'inherit' });
execFileSync('tsc', ['-p', 'web-tag/tsconfig.build.json', '--outDir', `${folder}/web-tag`], { stdio: 'inherit' });

await buildAgentDesktop(`${folder}/agent-desktop`);
// The types of `<customer-profile>`, beside its script.
execFileSync('tsc', ['-p', 'agent-desktop/embed-element/tsconfig.build.json', '--outDir', `${folder}/agent-desktop`], { stdio: 'inherit' });

/** Files that the sources read at run time with `new URL(…, import.meta.url)`, and the command, which must stay as it is for old versions of Node. */
const READ_AT_RUN_TIME = [
  'store/postgres/migrations',
  'store/sqlite/migrations',
  'graphql/schema/engine.graphql',
  'http/generated/tag.js',
  'http/generated/tag-offers.js',
  'command.cjs',
  'run-command.cjs',
];
for (const path of READ_AT_RUN_TIME) cpSync(`src/${path}`, `${folder}/${path}`, { recursive: true });
chmodSync(`${folder}/command.cjs`, 0o755);
for (const path of ['LICENSE', 'CHANGELOG.md', 'docs', 'datasources/README.md']) cpSync(path, `${folder}/${path}`, { recursive: true });
// The repository's own README is about the demo, which is not in the package.
cpSync('scripts/package/README.md', `${folder}/README.md`);
unlinkWhatIsMissing(folder);

const { name, version, description, license, type, engines, dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const published = {
  name,
  version,
  description,
  license,
  type,
  engines,
  bin: { [name]: 'command.cjs' },
  exports: {
    '.': { types: './index.d.ts', default: './index.js' },
    './web-tag': { types: './web-tag/tag.d.ts', default: './web-tag/tag.js' },
    './customer-profile': { types: './agent-desktop/customer-profile.d.ts', default: './agent-desktop/customer-profile.js' },
    './package.json': './package.json',
  },
  dependencies,
};
writeFileSync(`${folder}/package.json`, `${JSON.stringify(published, null, 2)}\n`);

/** Replaces links to files that are not in the package, such as sources and benchmarks, by their text. */
function unlinkWhatIsMissing(root: string): void {
  for (const page of globSync('{docs,datasources}/**/*.md', { cwd: root })) {
    const file = join(root, page);
    const isMissing = (target: string) => !/^(#|[a-z]+:)/.test(target) && !existsSync(join(dirname(file), target.replace(/#.*$/, '')));
    const text = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      text.replace(/(?<!!)\[([^\]]+)\]\(([^)\s]+)\)/g, (link, shown: string, target: string) => (isMissing(target) ? shown : link)),
    );
  }
}
