/** The kinds of place where customers meet a company. */
export const CHANNELS = ['WEB', 'MOBILE', 'EMAIL', 'CALL_CENTRE', 'STORE', 'SOCIAL', 'MESSAGING', 'OTHER'] as const;
export type Channel = (typeof CHANNELS)[number];
