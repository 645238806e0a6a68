import { describe, expect, it } from 'vitest';
import { findAxeViolations } from '../support/axe.ts';
import { isBrowserMissing, naming, useBrowser } from '../support/browser.ts';
import { agree, followToClub, problemsOf, startDemo } from '../support/demo.ts';

describe.skipIf(isBrowserMissing)(naming('the agent desktop of the demo'), () => {
  const openProfile = useBrowser({ frozen: false });

  it('shows in its window what the customer does in theirs, once, and nothing that must be confirmed before it is', async () => {
    const { shop, club, gateway } = await startDemo();
    const agent = await (await openProfile()).newPage();
    const problems = problemsOf(agent);
    await agent.goto(`${gateway}/agent#identifier=crmId:17850`);
    await agent.getByRole('button', { name: 'Tom Hale' }).click();
    await agent.getByRole('heading', { level: 1, name: 'Maya Ashdown' }).waitFor();
    await agent.getByText('Live', { exact: true }).waitFor();
    expect(await agent.content()).not.toMatch(/maya[^ ]*@/i);

    // Another browser: that of the customer.
    const context = await openProfile();
    const customer = await context.newPage();
    await customer.goto(shop);
    await agree(customer);
    await customer.goto(`${shop}/light-holder`);
    await followToClub(customer, club);
    await customer.getByRole('button', { name: 'Log in', exact: true }).click();
    await customer.getByRole('heading', { name: 'Hello, Maya.' }).waitFor();
    await agent.locator('.journey-title').getByText('Logged in').first().waitFor();
    // Back by the club's link: by an address that was typed, it would be another person's visit as well as hers.
    const back = customer.locator('#shop');
    await back.hover();
    await customer.waitForFunction(() => document.querySelector('#shop')?.getAttribute('href')?.includes('ct='));
    await back.click();
    await customer.getByRole('link', { name: 'Regency cakestand 3 tier' }).click();
    await customer.getByRole('button', { name: 'Add to basket', exact: true }).click();
    const added = agent.locator('.journey-title', { hasText: 'basket' });
    await added.first().waitFor();
    expect(await added.count()).toBe(1);

    await agent.getByRole('radio').first().press('Enter');
    await agent
      .getByText(/^Verified by/)
      .first()
      .waitFor();
    await agent
      .getByRole('button', { name: /^E-?mail .+@/i })
      .first()
      .waitFor();
    expect(await findAxeViolations(agent)).toEqual([]);
    expect(problems).toEqual([]);
  });
});
