import type { LaunchOptions } from 'playwright-core';

/** What Playwright 1.65 turns off (`chromiumSwitches.ts`). Chromium obeys the last list that it is given, so ours repeats it. */
const OFF_BY_PLAYWRIGHT = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'TcpPortRandomizationWin',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
];
/** The pop-up of the address bar is a page of its own for each window, which costs more than most tests: a second of processor time. */
const ADDRESS_BAR_PAGES = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup'];

/**
 * How Playwright starts Chromium: the variable CHROMIUM, or where Debian installs it. The flags from `--no-first-run` on stop the
 * calls that Chromium makes to its vendor at every start, which wait for a long time where the network is closed.
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
    `--disable-features=${[...OFF_BY_PLAYWRIGHT, ...ADDRESS_BAR_PAGES].join(',')}`,
  ],
};
