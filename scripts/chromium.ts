import type { LaunchOptions } from 'playwright-core';

/**
 * How Playwright starts Chromium: the variable CHROMIUM, or where Debian installs it. The last flags stop the calls that
 * Chromium makes to its vendor at every start, which wait for a long time where the network is closed.
 */
export const CHROMIUM: LaunchOptions & { readonly executablePath: string } = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};
