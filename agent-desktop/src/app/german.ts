import type { Texts } from '../text/translate.ts';

export const german: Texts = {
  'Find a customer': 'Kunden suchen',
  'Who is it about?': 'Um wen geht es?',
  'As the system': 'Wie das System',
  Light: 'Hell',
  Dark: 'Dunkel',
  Theme: 'Farbschema',
  'All keys': 'Alle Tasten',
  'Next column': 'Nächste Spalte',
  'Column before': 'Vorige Spalte',
  'Close the customer': 'Kunden schließen',
  'Open customers, 1 to 9': 'Offene Kunden, 1 bis 9',
  'Open customer {number}': 'Offener Kunde {number}',
  'Switch single keys off': 'Einzelne Tasten ausschalten',
  'Switch single keys on': 'Einzelne Tasten einschalten',
  'Sign out': 'Abmelden',
  Agent: 'Kundenberater',
  'Agent {name}': 'Kundenberater {name}',
  Customer: 'Kunde',
  'This customer could not be opened': 'Dieser Kunde ließ sich nicht öffnen',
  'Nothing is held of this customer any more': 'Über diesen Kunden ist nichts mehr da',
  'They were erased while they were open here, or lost their last identifier. What was on the screen is gone.':
    'Er wurde gelöscht, während er hier offen war, oder hat seine letzte Kennung verloren. Was auf dem Bildschirm war, ist weg.',
  '{name} was merged with another customer. You see both as one now.':
    '{name} wurde mit einem anderen Kunden zusammengeführt. Sie sehen jetzt beide als einen.',
  '{name} was closed to make room for the call.': '{name} wurde geschlossen, um Platz für den Anruf zu machen.',
  'This customer': 'Dieser Kunde',
  'There is no such customer': 'Diesen Kunden gibt es nicht',
  'No customer has this {type}': 'Kein Kunde hat diese Kennung: {type}',
  'They were erased, or the link is wrong.': 'Er wurde gelöscht, oder der Link ist falsch.',
  'is linked to nobody yet. Perhaps a source knows it:': 'ist noch mit niemandem verknüpft. Vielleicht kennt es eine Quelle:',
  'The call names something that this gateway does not know. Find the customer by what they say.':
    'Der Anruf nennt etwas, das dieses Gateway nicht kennt. Suchen Sie den Kunden nach dem, was er sagt.',
  'Open as a new caller': 'Als neuen Anrufer öffnen',
  Facts: 'Angaben',
  'To do': 'Zu tun',
  'What happened': 'Was geschah',
  Who: 'Wer',
  'What to do': 'Was zu tun ist',
  'Keys with Ctrl or Alt, and F6, always work.': 'Tasten mit Strg oder Alt und F6 gehen immer.',
  'Open customers': 'Offene Kunden',
  'Open another customer': 'Weiteren Kunden öffnen',
  'Phone, e-mail, number or name': 'Telefon, E-Mail, Nummer oder Name',
  'Close {name}': '{name} schließen',
  'Agent desktop': 'Kundenberatung',
  'Try again': 'Noch einmal',
  'You are signed in, but not as an agent.': 'Sie sind angemeldet, aber nicht als Kundenberater.',
  'The page around this one has not signed you in yet.': 'Die Seite um diese herum hat Sie noch nicht angemeldet.',
  'Nobody can sign in here: the gateway has no issuer for agents. Ask the person who runs it.':
    'Hier kann sich niemand anmelden: Das Gateway kennt keine Anmeldung für Kundenberater. Fragen Sie, wer es betreibt.',
  'Choose who you are. These people are invented, and there only in development.':
    'Wählen Sie, wer Sie sind. Diese Leute sind erfunden und nur in der Entwicklung da.',
  'may erase customers': 'darf Kunden löschen',
  'The sign-in did not work. Try again, or ask the person who runs it.':
    'Die Anmeldung hat nicht geklappt. Versuchen Sie es noch einmal, oder fragen Sie, wer sie betreibt.',
  'This address belongs to a sign-in that is over. Sign in again.':
    'Diese Adresse gehört zu einer Anmeldung, die vorbei ist. Melden Sie sich neu an.',
  'You are not signed in: it was cancelled, or you may not use this.':
    'Sie sind nicht angemeldet: Es wurde abgebrochen, oder Sie dürfen das hier nicht benutzen.',
  'You have signed in, but the gateway does not take it.': 'Sie haben sich angemeldet, aber das Gateway nimmt die Anmeldung nicht an.',
  'Your sign-in is over. What you were writing waits for you.': 'Ihre Anmeldung ist abgelaufen. Was Sie geschrieben haben, wartet auf Sie.',
  'For the person who runs it:': 'Für die Person, die es betreibt:',
  'Signing you in…': 'Sie werden angemeldet …',
  'Sign in': 'Anmelden',
  '{count} customers are open. Close one before you open another.':
    '{count} Kunden sind offen. Schließen Sie einen, bevor Sie noch einen öffnen.',
};
