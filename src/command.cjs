#!/usr/bin/env node
// Every Node.js must be able to read this file, so that an old one says what is needed: no syntax newer than ES5.
'use strict';
/** The major version of `engines.node` in package.json. */
var NEEDED = 24;
var running = process.versions.node;

if (Number(running.split('.')[0]) < NEEDED) {
  process.stderr.write(
    'customer-profile-gateway needs Node.js ' +
      NEEDED +
      ' or later, and this is Node.js ' +
      running +
      ': install a newer one (https://nodejs.org), or run the command with npx -p node@' +
      NEEDED +
      ' -p customer-profile-gateway.\n',
  );
  process.exitCode = 1;
} else {
  require('./run-command.cjs');
}
