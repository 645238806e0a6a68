import type { ProfileLayout } from '../model/gateway.ts';
import type { IconName } from '../pieces/icon-names.ts';

type IdentifierClass = ProfileLayout['identifiers'][number]['class'];

/** The class of an identifier type. One that the layout does not name, such as of an older configuration, counts as a person's. */
export const classOfType = (type: string, types: ProfileLayout['identifiers']): IdentifierClass =>
  types.find((known) => known.type === type)?.class ?? 'person';

/** The picture of an identifier: by its class, and of a person's by what the type is called, since a masked value shows nothing. */
export function identifierIcon(type: string, of: IdentifierClass): IconName {
  if (of === 'cookie') return 'cookie';
  if (of === 'device') return 'phone-device';
  if (/mail/i.test(type)) return 'mail';
  return /phone|mobile|msisdn|tel(?!l)/i.test(type) ? 'handset' : 'id';
}

/** A long code without its middle, as `6f1c…9e04`: people compare the ends. Addresses and masked values stay whole. */
export function shortCode(value: string): string {
  return /^[0-9a-f-]{24,}$/i.test(value) ? `${value.slice(0, 4)}…${value.slice(-4)}` : value;
}
