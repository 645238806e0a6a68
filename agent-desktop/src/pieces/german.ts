import type { Texts } from '../text/translate.ts';

export const german: Texts = {
  Close: 'Schließen',
  Open: 'Öffnen',
  Undo: 'Rückgängig',
  'Undo, while the message is there': 'Rückgängig, solange die Meldung da ist',
  Messages: 'Meldungen',
  'Close message': 'Meldung schließen',
};
