import { statSync } from 'node:fs';
import { beginningOf } from './checkpoint.ts';
import { hasRows } from './record-file.ts';

/** First bytes (hex) of files in other formats, and what to do with such a file. */
const OTHERS = [
  { begins: '1f8b', what: 'a gzip file', advice: 'unpack it first: gunzip -k FILE' },
  { begins: '504b0304', what: 'a zip file or a spreadsheet', advice: 'unpack it, or save the sheet as CSV' },
  { begins: '28b52ffd', what: 'a zstd file', advice: 'unpack it first: unzstd FILE' },
  { begins: 'fffe', what: 'UTF-16', advice: 'convert it first: iconv -f utf-16 -t utf-8' },
  { begins: 'feff', what: 'UTF-16', advice: 'convert it first: iconv -f utf-16 -t utf-8' },
];

/**
 * Checks that this is a readable file of records.
 * @param command the name that messages begin with.
 * @returns its size in bytes. @throws Error for anything else, with advice.
 */
export function checkFile(command: string, file: string): number {
  const found = orUnreadable(command, file, () => statSync(file, { throwIfNoEntry: false }));
  if (found === undefined) throw new Error(`${command}: expected a file, NDJSON or CSV; there is none at ${file}`);
  if (!found.isFile()) {
    const received = found.isDirectory() ? 'a folder' : 'something that can be read only once';
    throw new Error(`${command}: expected a file, NDJSON or CSV; ${file} is ${received}`);
  }
  const beginning = orUnreadable(command, file, () => beginningOf(file, 16));
  const other = OTHERS.find(({ begins }) => beginning.toString('hex').startsWith(begins));
  if (other !== undefined) throw new Error(`${command}: expected text, NDJSON or CSV in UTF-8; ${file} is ${other.what}: ${other.advice}`);
  if (!hasRows(file) && beginning.toString().trimStart().startsWith('[')) {
    throw new Error(
      `${command}: expected NDJSON, one JSON object on each line; ${file} begins like a JSON array: jq -c '.[]' FILE makes lines of one`,
    );
  }
  return found.size;
}

function orUnreadable<Result>(command: string, file: string, look: () => Result): Result {
  try {
    return look();
  } catch (error) {
    throw new Error(`${command}: expected a file that this user may read, ${file} is none (${(error as NodeJS.ErrnoException).code})`);
  }
}
