import type { Texts } from '../text/translate.ts';

export const german: Texts = {
  Close: 'Schließen',
  'Load the page again': 'Die Seite neu laden',
  'A part of this page could not be loaded: the gateway cannot be reached, or there is a newer page. Save your note before you load it again.':
    'Ein Teil dieser Seite konnte nicht geladen werden: Das Gateway ist nicht erreichbar, oder es gibt eine neuere Seite. Speichern Sie Ihre Notiz, bevor Sie neu laden.',
  'A part of this page does not work. Save your note before you load the page again.':
    'Ein Teil dieser Seite geht nicht. Speichern Sie Ihre Notiz, bevor Sie die Seite neu laden.',
  Open: 'Öffnen',
  Undo: 'Rückgängig',
  'Undo, while the message is there': 'Rückgängig, solange die Meldung da ist',
  'What was done': 'Was getan wurde',
  'Close message': 'Meldung schließen',
};
