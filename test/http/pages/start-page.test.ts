import { describe, expect, it } from 'vitest';
import { isBrowserMissing, naming, useBrowser } from '../../support/browser.ts';
import { testGateway } from '../../support/gateway.ts';

describe.skipIf(isBrowserMissing)(naming('the start page in a browser'), () => {
  const openProfile = useBrowser({ frozen: false });

  it('leads to the agent desktop and to a first query that runs', async () => {
    const { gateway } = await testGateway();
    await gateway.app.listen({ port: 0, host: '127.0.0.1' });
    const url = `http://127.0.0.1:${(gateway.app.server.address() as { port: number }).port}`;
    const page = await (await openProfile()).newPage();
    const problems: string[] = [];
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    await page.goto(url);
    expect(await page.getByRole('link', { name: 'Agent desktop' }).getAttribute('href')).toBe('/agent');
    expect(await page.locator('body').evaluate((body) => getComputedStyle(body).maxWidth)).not.toBe('none');
    expect(problems).toEqual([]);
    await page.getByRole('link', { name: 'Run it in GraphiQL' }).click();
    await page.locator('button.graphiql-execute-button').click();
    await page
      .locator('.graphiql-response, .result-window')
      .filter({ hasText: 'RECOGNIZED' })
      .or(page.getByText('"assurance"'))
      .first()
      .waitFor();
  });
});

it('the start page is not there in production', async () => {
  const { gateway } = await testGateway({ variables: { NODE_ENV: 'production' } });
  expect((await gateway.app.inject('/')).statusCode).toBe(404);
});

it('a program that runs the gateway adds its own routes, and its own page replaces the start page', async () => {
  const { gateway } = await testGateway({
    ownRoutes: (app) => {
      app.get('/', async () => 'the demo');
      app.post('/demo/stop', async () => ({ stopped: true }));
    },
  });
  expect((await gateway.app.inject('/')).body).toBe('the demo');
  expect((await gateway.app.inject({ method: 'POST', url: '/demo/stop' })).json()).toEqual({ stopped: true });
  expect((await gateway.app.inject('/demo/stop')).statusCode).toBe(405);
});
