// Node runs no TypeScript inside node_modules, so a package of the sources could not run. npm calls this before `npm pack`, and
// before `npm run pack` as well, which packs dist/.
if (process.env.npm_command === 'pack') {
  process.stderr.write('The package is made of dist/, not of this folder: run npm run pack\n');
  process.exitCode = 1;
}
