import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadProject } from '../../src/config/load-project.ts';
import { Operations } from '../../src/graphql/execution/operations.ts';
import { ANONYMOUS_VIEWER } from '../../src/model/viewer.ts';
import { compileProject } from '../../src/wiring/compile-project.ts';
import { tableRows } from '../support/documentation.ts';

const PAGE = 'docs/configuration.md';

it('the worked example of docs/configuration.md costs what the page says, field by field and as a whole', async () => {
  const [, section = ''] = readFileSync(PAGE, 'utf8').split('### What an operation costs\n');
  const query = /```graphql\n(.*?)```/s.exec(section)?.[1] as string;
  const documented = JSON.parse(/```json\n(.*?)```/s.exec(section)?.[1] as string);
  const rows = tableRows(PAGE).filter(({ heading, cells }) => heading === 'What an operation costs' && cells.cost !== undefined);
  const total = rows.reduce((sum, { cells }) => sum + Number(cells.cost?.replaceAll('`', '')), 0);
  const { schema, profile, config } = await compileProject(await loadProject('gateway.config.ts'));
  const limits = { ...config.limits, cost: documented.extensions.allowed };
  const operations = new Operations({ schema, profile, limits, introspection: true, hideSuggestions: false, hotAfter: 1 });
  const prepared = operations.prepare({ query }, ANONYMOUS_VIEWER);
  const [error] = prepared.kind === 'refused' ? prepared.errors : [];
  expect({ message: error?.message, extensions: error?.extensions }).toEqual(documented);
  expect(error?.extensions.cost).toBe(total);
  expect(section).toContain(`this operation costs ${total}.`);
});
