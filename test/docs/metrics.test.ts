import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Metrics } from '../../src/observability/metrics.ts';
import { documentationPages } from '../support/documentation.ts';

it('documents every metric of the gateway, and names none that is not there', async () => {
  const metrics = new Metrics();
  metrics.countFastLane(() => 0);
  const { body } = await metrics.expose();
  const exposed = [...body.matchAll(/^# HELP (\w+)/gm)].map(([, name]) => name as string);
  const pages = documentationPages().map((page) => readFileSync(page, 'utf8'));
  const named = new Set(pages.flatMap((text) => text.match(/\b(?:gateway|nodejs|process)_[a-z0-9_]+\b/g) ?? []));
  expect([...named].filter((name) => !exposed.includes(name))).toEqual([]);
  expect(exposed.filter((name) => name.startsWith('gateway_') && !named.has(name))).toEqual([]);
});
