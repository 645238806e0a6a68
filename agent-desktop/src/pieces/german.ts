import type { Texts } from '../text/translate.ts';

export const german: Texts = {
  Close: 'Schließen',
  Open: 'Öffnen',
  Undo: 'Rückgängig',
  'Undo, while the message is there': 'Rückgängig, solange die Meldung da ist',
  'What was done': 'Was getan wurde',
  'Close message': 'Meldung schließen',
};
