import type { Texts } from '../text/translate.ts';

export const german: Texts = {
  'You are signed out. Sign in again.': 'Sie sind abgemeldet. Melden Sie sich wieder an.',
  'Your role may not do this. Ask somebody who may.': 'Ihre Rolle darf das nicht. Fragen Sie jemanden, der es darf.',

  '{source} cannot be reached. Everything else is complete.': '{source} ist nicht erreichbar. Alles andere ist vollständig.',
  'A source cannot be reached.': 'Eine Quelle ist nicht erreichbar.',
  '{source} did not answer in time. Try again.': '{source} hat nicht rechtzeitig geantwortet. Versuchen Sie es noch einmal.',
  'A source did not answer in time. Try again.': 'Eine Quelle hat nicht rechtzeitig geantwortet. Versuchen Sie es noch einmal.',
  'The answer of {source} cannot be used. Report it to your support.':
    'Die Antwort von {source} ist nicht zu gebrauchen. Sagen Sie es Ihrer Technik.',
  'A source answered something that cannot be used.': 'Eine Quelle hat etwas geantwortet, das nicht zu gebrauchen ist.',
  'A value cannot be used. Check what you typed.': 'Ein Wert ist nicht zu gebrauchen. Prüfen Sie, was Sie eingegeben haben.',
  'These identifiers belong to different customers. Look at both before you link them.':
    'Diese Kennungen gehören verschiedenen Kunden. Sehen Sie beide an, bevor Sie sie verbinden.',
  'This does not exist any more, or you may not know of it.': 'Das gibt es nicht mehr, oder Sie dürfen es nicht wissen.',
  'Too many requests. Try again in {count, plural, one {# second} other {# seconds}}.':
    'Zu viele Anfragen. Versuchen Sie es in {count, plural, one {# Sekunde} other {# Sekunden}} noch einmal.',
  'Too many requests. Try again in a moment.': 'Zu viele Anfragen. Versuchen Sie es gleich noch einmal.',
  'This asks for too much at once. Choose a shorter time or fewer things.':
    'Das ist zu viel auf einmal. Wählen Sie eine kürzere Zeit oder weniger.',
  'This page is older than the gateway. Load it again.': 'Diese Seite ist älter als das Gateway. Laden Sie sie neu.',
  'The gateway is very busy. Try again in a moment.': 'Das Gateway hat sehr viel zu tun. Versuchen Sie es gleich noch einmal.',
  'Something went wrong that nobody expected. Your support finds it by {requestId}.':
    'Etwas Unerwartetes ist schiefgegangen. Ihre Technik findet es unter {requestId}.',
  'Something went wrong that nobody expected. Try again.': 'Etwas Unerwartetes ist schiefgegangen. Versuchen Sie es noch einmal.',
  'The gateway cannot be reached. Check your connection.': 'Das Gateway ist nicht erreichbar. Prüfen Sie Ihre Verbindung.',
};
