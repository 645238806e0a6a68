import { german as actions } from '../actions/german.ts';
import { german as connection } from '../connection/german.ts';
import { german as customer } from '../customer/german.ts';
import { german as embed } from '../embed/german.ts';
import { german as find } from '../find/german.ts';
import { german as identity } from '../identity/german.ts';
import { german as journey } from '../journey/german.ts';
import { german as pieces } from '../pieces/german.ts';
import { german as profile } from '../profile/german.ts';
import { german as text } from '../text/german.ts';
import type { Texts } from '../text/translate.ts';
import { german as app } from './german.ts';

/** All German texts. Loaded by those who read German. */
export const germanTexts: Texts = {
  ...text,
  ...pieces,
  ...connection,
  ...customer,
  ...find,
  ...profile,
  ...actions,
  ...journey,
  ...identity,
  ...embed,
  ...app,
};
