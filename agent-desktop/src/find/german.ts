import type { Texts } from '../text/translate.ts';

export const german: Texts = {
  '{count, plural, =0 {Nobody found} one {# customer found} other {# customers found}}':
    '{count, plural, =0 {Niemand gefunden} one {# Kunde gefunden} other {# Kunden gefunden}}',
  'Phone, e-mail, number or name': 'Telefon, E-Mail, Nummer oder Name',
  'Searching…': 'Suche läuft …',
  '{count} in {milliseconds} ms': '{count} in {milliseconds} ms',
  'Nobody found with “{typed}” so far.': 'Bisher niemand mit „{typed}“ gefunden.',
  'No customer has “{typed}”, and no source knows it.': 'Kein Kunde hat „{typed}“, und keine Quelle kennt es.',
  'Search for something else': 'Nach etwas anderem suchen',
  '{sources} could not be searched: there may be more customers.':
    '{sources} konnte nicht durchsucht werden: Vielleicht gibt es weitere Kunden.',
  'No name': 'Ohne Namen',
  claimed: 'behauptet',
  'last seen {when}': 'zuletzt {when}',
  yes: 'ja',
  no: 'nein',
  'For example': 'Zum Beispiel',
  choose: 'wählen',
  open: 'öffnen',
  'open beside': 'daneben öffnen',
  'Also takes a phone or an order number': 'Auch Telefon- oder Bestellnummer',
  'Open now': 'Jetzt offen',
  Recent: 'Zuletzt',
  Customers: 'Kunden',
  Identifiers: 'Kennungen',
  'by name': 'nach Namen',
  'by identifier': 'nach Kennung',
  'by a source': 'durch eine Quelle',
  'by what {sources} knows': 'durch Wissen von {sources}',
  'A phone number has at least {most} digits with its country; this has {count}.':
    'Eine Telefonnummer hat mit Ländervorwahl mindestens {most} Ziffern; diese hat {count}.',
  'A phone number has at most {most} digits; this has {count}.': 'Eine Telefonnummer hat höchstens {most} Ziffern; diese hat {count}.',
  'Find a customer': 'Kunden suchen',
};
