import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { captureRuleSchema } from '../../src/capture/capture-rule.ts';
import * as door from '../../src/index.ts';

const PAGE = readFileSync('docs/capture.md', 'utf8');
const DOOR = readFileSync('src/index.ts', 'utf8');

/** The capture rules that the public door exports: what it takes from capture-rule.ts and is a function. */
function exportedRules(): string[] {
  const [, list = ''] = /export \{([^}]*)\} from '\.\/capture\/capture-rule\.ts'/.exec(DOOR) ?? [];
  const names = list.split(',').map((name) => name.trim());
  return names.filter((name) => typeof (door as Record<string, unknown>)[name] === 'function');
}

/** What a rule can say beside its kind and name. */
const OPTIONS = Object.keys(captureRuleSchema.shape).filter((option) => option !== 'kind' && option !== 'name');

describe('the page about capture', () => {
  it('has every capture rule, with a section, and an example', () => {
    const rules = exportedRules();
    expect(rules.length).toBeGreaterThanOrEqual(6);
    for (const rule of rules) {
      expect(PAGE).toContain(`| [\`${rule}(`);
      expect(PAGE).toMatch(new RegExp(`^### \`${rule}\`$`, 'm'));
      expect(PAGE).toContain(`${rule}('`);
    }
  });

  it('has every option of a rule with type, default, meaning and example', () => {
    expect(OPTIONS.length).toBeGreaterThanOrEqual(4);
    for (const option of OPTIONS) {
      const row = new RegExp(`^\\| \`${option}\` *\\|(.*)\\|$`, 'm').exec(PAGE)?.[1]?.split(/(?<!\\)\|/) ?? [];
      expect({ option, columns: row.filter((column) => column.trim() !== '').length }).toEqual({ option, columns: 4 });
    }
  });
});
