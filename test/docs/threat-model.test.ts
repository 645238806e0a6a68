import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { tableRows } from '../support/documentation.ts';

const THREATS = tableRows('docs/threat-model.md').filter(({ cells }) => cells.threat !== undefined);
/** A file, and the name of a test in it; without a name, the whole file shows it. */
const EVIDENCE = /^`(test\/[\w/-]+\.test\.ts)`:\s*(.*)$/;

/** What is wrong with one entry of a row; null for a test that exists. */
function problemOf(entry: string): string | null {
  const [, file, name] = EVIDENCE.exec(entry) ?? [];
  if (file === undefined || name === undefined) return `expected \`test/….test.ts\`: the name of a test; received ${entry}`;
  if (!existsSync(file)) return `no file ${file}`;
  const text = readFileSync(file, 'utf8');
  return name === '' || ['"', "'", '`'].some((quote) => text.includes(`${quote}${name}${quote}`)) ? null : `${file}: no test "${name}"`;
}

const entriesOf = (cell = '') => cell.split(';').map((entry) => entry.trim());

describe('the threat model', () => {
  it('has a control and a test that exists for every threat', () => {
    expect(THREATS.length).toBeGreaterThan(40);
    const problems = THREATS.flatMap(({ cells }) => [
      ...(cells.control ? [] : [`${cells.threat}: no control`]),
      ...entriesOf(cells['shown by']).flatMap((entry) => problemOf(entry) ?? []),
    ]);
    expect(problems).toEqual([]);
  });

  it.each([
    ['nothing', ''],
    ['a file that is gone', '`test/gone.test.ts`: a name'],
    ['a test that is gone', '`test/docs/threat-model.test.ts`: is no test'],
    ['a text', 'we looked at it'],
    ['an open row', 'TBD'],
  ])('would not pass with %s', (_, entry) => {
    expect(problemOf(entry)).not.toBeNull();
  });
});
