import type { Assurance } from '../../model/assurance.ts';

/** What the agent desktop gets to know of the owner's schema (`GET /agent/profile.json`). `agent-desktop/src/model/gateway.ts` has the same types. */
export interface ProfileLayout {
  /** The ways in which agents make sure who is calling; the first is the most usual. */
  readonly methods: readonly string[];
  /** What may come out of a call, to be kept with a note. */
  readonly outcomes: readonly string[];
  /** What the find box suggests while nobody was opened. */
  readonly examples: readonly string[];
  /** The placement whose offers are shown; null for none. */
  readonly placement: string | null;
  /** The touchpoint as which the desktop asks; null for none. */
  readonly touchpoint: string | null;
  /** Whether a customer whom an agent looks up is only RECOGNIZED until the agent confirms. */
  readonly agentsConfirm: boolean;
  /** The configured identifier types, strongest first. */
  readonly identifiers: readonly IdentifierType[];
  readonly touchpoints: readonly { readonly name: string; readonly channel: string }[];
  /** The path of the customer's name among `facts`; null where no field is one. */
  readonly name: string | null;
  /** The paths of the facts that `find` and `head` ask for, the name first. */
  readonly head: readonly string[];
  /** Every single value of a customer, in the order of the schema. */
  readonly facts: readonly Fact[];
  /** Every list of a customer, in the order of the schema. */
  readonly lists: readonly FactList[];
  /** Each offer's title by the desktop's languages: an interaction names an offer by its file alone. */
  readonly offers: readonly { readonly name: string; readonly titles: Readonly<Record<string, string>> }[];
  /** Which sources of customers are asked by which identifier type. Of several values, the one that was seen last is the key. */
  readonly keys: readonly { readonly source: string; readonly type: string }[];
  readonly documents: ProfileDocuments;
}

export interface IdentifierType {
  readonly type: string;
  readonly class: 'person' | 'device' | 'cookie';
  /** What its values are, where they are normalised as such; left out for others, which may be any text. */
  readonly form?: 'email' | 'phone';
}

/** A trusted document. */
export interface DesktopDocument {
  /** `sha256:` and the hash of the text. */
  readonly id: string;
  readonly text: string;
}

export interface ProfileDocuments {
  readonly find: DesktopDocument;
  readonly profile: DesktopDocument;
  readonly open: DesktopDocument;
  readonly head: DesktopDocument;
  /** By source. */
  readonly bySource: Readonly<Record<string, DesktopDocument>>;
  /** By list; of connections only. */
  readonly byList: Readonly<Record<string, DesktopDocument>>;
}

/** A single value of the owner's schema. */
export interface Fact {
  /** Where it stands in the answer, below the customer or the entry: `email`, `loyalty.points`. */
  readonly path: string;
  /** The field's name in words. */
  readonly label: string;
  /** The field's description; null without one. */
  readonly description: string | null;
  readonly kind: FactKind;
  /** The value is a list of such values. */
  readonly isList: boolean;
  /** The sources that may answer it, in their order; empty for code of the owner. */
  readonly sources: readonly string[];
  /** The assurance that the field needs. */
  readonly min: Assurance;
}

export type FactKind = 'text' | 'code' | 'number' | 'date' | 'time' | 'yes-no' | 'choice' | 'email' | 'phone' | 'link' | 'json';

/** A list of objects of the owner's schema. */
export interface FactList {
  readonly path: string;
  readonly label: string;
  readonly description: string | null;
  /** `{ edges { node } pageInfo }`, or the entries themselves. */
  readonly isConnection: boolean;
  readonly sources: readonly string[];
  readonly min: Assurance;
  /** The single values of an entry; paths are relative to the entry. */
  readonly columns: readonly Fact[];
  /** Lists inside an entry, one level deep; paths are relative to the entry. */
  readonly inner: readonly InnerList[];
}

export interface InnerList {
  readonly path: string;
  readonly label: string;
  readonly columns: readonly Fact[];
}
