import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { germanTexts } from '../../agent-desktop/src/app/german-texts.ts';
import { compileMessage } from '../../agent-desktop/src/text/compile-message.ts';

const SOURCES = fileURLToPath(new URL('../../agent-desktop/src/', import.meta.url));
/** `t('…')`, also over two lines; `t` may be a member. */
const TEXT = /\bt\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`([^`$]*)`)/g;

/** Every text that a source says, with the file that says it. */
function saidTexts(): Map<string, string> {
  const files = globSync('**/*.{ts,tsx}', { cwd: SOURCES, exclude: ['generated/**'] });
  const found = new Map<string, string>();
  for (const file of files) {
    // An example in a comment is said to nobody.
    const source = readFileSync(`${SOURCES}${file}`, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
    for (const [, single, double, plain] of source.matchAll(TEXT)) {
      const text = (single ?? double ?? plain ?? '').replace(/\\(.)/g, '$1');
      found.set(text, file);
    }
  }
  return found;
}

/** The names of a message's values, in order of the alphabet. */
function namesIn(text: string): string[] {
  const names = new Set<string>();
  const visit = (parts: unknown) => {
    if (!Array.isArray(parts)) return;
    for (const part of parts) {
      if (!Array.isArray(part)) continue;
      names.add(String(part[0]));
      if (typeof part[2] === 'object' && part[2] !== null) for (const inner of Object.values(part[2])) visit(inner);
    }
  };
  visit(compileMessage(text));
  return [...names].sort();
}

describe('the German texts', () => {
  const said = saidTexts();

  it('are there for every text of the desktop', () => {
    expect(said.size).toBeGreaterThan(50);
    expect([...said].filter(([text]) => !(text in germanTexts)).map(([text, file]) => `${file}: ${text}`)).toEqual([]);
  });

  it('have the same values as the English ones', () => {
    const different = Object.entries(germanTexts).filter(([english, german]) => namesIn(english).join() !== namesIn(german).join());
    expect(different).toEqual([]);
  });

  it('say the same text in one way, whichever folder has it', async () => {
    const folders = globSync('*/german.ts', { cwd: SOURCES });
    const all = await Promise.all(
      folders.map(async (file) => Object.entries((await import(`${SOURCES}${file}`)).german as Record<string, string>)),
    );
    const different = all.flat().filter(([english, german]) => germanTexts[english] !== german);
    expect(different).toEqual([]);
  });
});
