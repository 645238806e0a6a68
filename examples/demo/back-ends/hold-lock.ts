import { DatabaseSync } from 'node:sqlite';

/** Holds an exclusive lock on a SQLite file until it is ended, or its parent ends. Writes nothing. Argument: the file. */
const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('expected the name of the file to lock');
/** Milliseconds to wait for readers that are under way. */
const READERS_END_WITHIN = 5_000;
const database = new DatabaseSync(file, { timeout: READERS_END_WITHIN });
database.exec('begin exclusive');
process.send?.('held');
process.once('disconnect', () => process.exit(0));
process.on('SIGINT', () => {});
