import type { Texts } from '../text/translate.ts';

export const german: Texts = {
  '{source} failed too often, so it was not asked again.': '{source} war zu oft gestört und wurde nicht noch einmal gefragt.',
  'It can be asked in {seconds} s.': 'In {seconds} s geht es wieder.',
  yes: 'ja',
  no: 'nein',
};
