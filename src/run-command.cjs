'use strict';
const { existsSync } = require('node:fs');
const { join } = require('node:path');

// A checkout has the sources, the package has what they were compiled to.
const cli = existsSync(join(__dirname, 'cli.ts')) ? './cli.ts' : './cli.js';
import(cli).then(async ({ runCommand }) => {
  process.exitCode = await runCommand(process.argv.slice(2));
});
