import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { minifySync, parseSync, Visitor } from 'rolldown/utils';

/**
 * Builds the files that the gateway serves to pages. With --check it writes nothing, and fails when a file is out of date or too large.
 * `define` removes code that only the module for apps needs.
 */
const FILES = [
  { file: 'src/http/generated/tag.js', input: 'web-tag/script.ts', format: 'iife', maxBytes: 3072, placeholders: 1 },
  { file: 'src/http/generated/tag-offers.js', input: 'web-tag/placements.ts', format: 'es', maxBytes: 2048, placeholders: 0 },
] as const;
/** The gateway replaces it by its handoff parameter (src/http/pages/tag-routes.ts). */
const PLACEHOLDER = '__CT__';

const isCheck = process.argv.includes('--check');
for (const { file, input, format, maxBytes, placeholders } of FILES) {
  const code = await build(input, format);
  const size = gzipSync(code, { level: 9 }).length;
  const problems = [
    size > maxBytes && `${file}: expected at most ${maxBytes} bytes gzipped, received ${size}`,
    code.split(PLACEHOLDER).length - 1 !== placeholders &&
      `${file}: expected ${PLACEHOLDER} ${placeholders} times, received another number`,
    isCheck && readFileSync(file, 'utf8') !== code && `${file}: expected the build of web-tag/; run: node scripts/build-tag.ts`,
  ].filter((problem) => problem !== false);
  if (!isCheck) writeFileSync(file, code);
  process.stdout.write(`${file}: ${size} bytes gzipped\n`);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  if (problems.length) process.exitCode = 1;
}

async function build(input: string, format: 'iife' | 'es'): Promise<string> {
  const bundle = await rolldown({
    input,
    platform: 'browser',
    transform: { target: 'es2022', define: { __IS_SCRIPT__: 'true' } },
    logLevel: 'warn',
  });
  const { output } = await bundle.generate({ format, minify: 'dce-only', comments: false });
  await bundle.close();
  const { code, errors } = minifySync(input, withArrows(output[0].code), { module: format === 'es', compress: { target: 'es2022' } });
  if (errors.length) throw new Error(`${input}: ${errors[0]?.message}`);
  return code;
}

/**
 * Makes arrow functions of all functions, because the minifier joins them into shorter code. They are not hoisted, so code of web-tag/
 * that runs while the script starts may call only functions above it.
 * @throws Error for a function that can't be an arrow function: one with `this`, `arguments` or `yield`.
 */
function withArrows(code: string): string {
  const edits: { readonly start: number; readonly end: number; readonly text: string }[] = [];
  const toArrow = (
    node: { start: number; end: number; async: boolean; params: { start: number; end: number }[]; body: { start: number } | null },
    name: string,
  ) => {
    const [first, last] = [node.params[0], node.params.at(-1)];
    const params = first && last ? code.slice(first.start, last.end) : '';
    const start = node.body?.start ?? node.end;
    edits.push({ start: node.start, end: start, text: `${name}${node.async ? 'async' : ''}(${params})=>` });
  };
  new Visitor({
    FunctionDeclaration(node) {
      toArrow(node, `const ${node.id?.name}=`);
      edits.push({ start: node.end, end: node.end, text: ';' });
    },
    FunctionExpression(node) {
      toArrow(node, '');
    },
    ThisExpression: refuse,
    YieldExpression: refuse,
    Identifier: ({ name, start }) => name === 'arguments' && refuse({ start }),
  }).visit(parseSync('tag.js', code).program);
  function refuse({ start }: { start: number }): never {
    throw new Error(`web-tag: expected functions that can be arrow functions, received ${code.slice(Math.max(0, start - 60), start + 20)}`);
  }
  // From the end, so that positions stay right. Of two at one position, the one that only adds is applied last.
  edits.sort((a, b) => b.start - a.start || b.end - a.end);
  return edits.reduce((text, edit) => text.slice(0, edit.start) + edit.text + text.slice(edit.end), code);
}
