import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/** Makes dist/, which is what is published: JavaScript and declarations, since Node runs no TypeScript inside node_modules. */
rmSync('dist', { recursive: true, force: true });
execFileSync('tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' });
execFileSync('tsc', ['-p', 'web-tag/tsconfig.build.json'], { stdio: 'inherit' });
for (const folder of ['src/store/sqlite/migrations', 'src/graphql/schema/engine.graphql', 'src/http/generated']) {
  cpSync(folder, folder.replace(/^src/, 'dist'), { recursive: true });
}
for (const file of ['README.md', 'LICENSE']) cpSync(file, `dist/${file}`);

const { name, version, description, license, type, engines, dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const published = {
  name,
  version,
  description,
  license,
  type,
  engines,
  bin: { 'customer-profile-gateway': 'cli.js' },
  exports: {
    '.': { types: './index.d.ts', default: './index.js' },
    './web-tag': { types: './web-tag/tag.d.ts', default: './web-tag/tag.js' },
    './package.json': './package.json',
  },
  dependencies,
};
writeFileSync('dist/package.json', `${JSON.stringify(published, null, 2)}\n`);
