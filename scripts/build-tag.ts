import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';

/** Builds the file that the gateway serves as /tag.js. With --check it writes nothing, and fails when that file is out of date or too large. */
const FILE = 'src/http/generated/tag.js';
const MAX_BYTES = 3072;

const bundle = await rolldown({
  input: 'web-tag/script.ts',
  platform: 'browser',
  transform: { target: 'es2022', define: { __IS_SCRIPT__: 'true' } },
  logLevel: 'warn',
});
const { output } = await bundle.generate({ format: 'iife', minify: true, comments: false });
await bundle.close();
const { code } = output[0];

const size = gzipSync(code, { level: 9 }).length;
const problems = [
  size > MAX_BYTES && `${FILE}: expected at most ${MAX_BYTES} bytes gzipped, received ${size}`,
  code.split('__HANDOFF_PARAMETER__').length !== 2 && `${FILE}: expected __HANDOFF_PARAMETER__ exactly once`,
  process.argv.includes('--check') &&
    readFileSync(FILE, 'utf8') !== code &&
    `${FILE}: expected the build of web-tag/; run: node scripts/build-tag.ts`,
].filter((problem) => problem !== false);

if (!process.argv.includes('--check')) writeFileSync(FILE, code);
process.stdout.write(`${FILE}: ${size} bytes gzipped\n`);
for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length) process.exitCode = 1;
