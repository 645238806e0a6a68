import type { LaunchOptions } from 'playwright-core';

/** Debian's Chromium, on a machine whose network is closed: without the last flags it looks for its makers at every start. */
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
