import { describe, expect, it } from 'vitest';
import { isBrowserMissing, naming } from '../../support/browser.ts';
import { useDesk } from '../desk.ts';

describe.skipIf(isBrowserMissing)(naming('the shell of the agent desktop'), () => {
  const openDesk = useDesk();

  it('opens the customer of a screen pop, and takes the identifier out of the address', async () => {
    const { page, url } = await openDesk({ address: '#identifier=crmId:17850' });
    await page.getByRole('heading', { level: 1, name: 'Maya Ashdown' }).waitFor();
    expect(page.url()).toBe(`${url}/agent`);
  });
});
