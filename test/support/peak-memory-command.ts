import { runCommand } from '../../src/cli.ts';

/** The command, which says at its end how much memory it had at most. */
process.on('exit', () => process.stderr.write(`peak memory: ${process.resourceUsage().maxRSS} KiB\n`));
process.exitCode = await runCommand(process.argv.slice(2));
