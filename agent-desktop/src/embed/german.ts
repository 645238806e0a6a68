import type { Texts } from '../text/translate.ts';

export const german: Texts = {};
