/** What the gateway sends the agent desktop by other routes than GraphQL, as JSON. The gateway writes exactly these types. */

/** `GET /agent/settings.json`, for everybody: what the page needs before somebody has signed in. */
export interface DesktopSettings {
  /** How agents sign in; null where the gateway has no way for it, and a page that embeds the desktop must send a token. */
  readonly signIn: LocalSignIn | OidcSignIn | null;
  /** The origins of pages that may embed the desktop. */
  readonly embedders: readonly string[];
}

/** Development only: a list to choose from. `POST /agent/sign-in` with `{ agent: id }` answers `SignedIn`. */
export interface LocalSignIn {
  readonly kind: 'local';
  readonly agents: readonly LocalAgent[];
}

export interface LocalAgent {
  readonly id: string;
  readonly name: string;
  /** In lower case, as in a token: `agent`, `admin`. */
  readonly roles: readonly string[];
}

export interface SignedIn {
  readonly token: string;
  /** ISO 8601. */
  readonly expiresAt: string;
}

/** OpenID Connect: authorization code with PKCE, in the browser. */
export interface OidcSignIn {
  readonly kind: 'oidc';
  readonly issuer: string;
  readonly clientId: string;
  /** Space-separated. */
  readonly scope: string;
  /** Sent as `audience` (Auth0) and `resource` (RFC 8707) where the issuer needs one of them; null for none. */
  readonly audience: string | null;
}

/** `GET /agent/profile.json`, with an agent's token: what the owner's schema has, and the documents that ask for it. */
export interface ProfileLayout {
  /** The ways in which agents make sure who is calling, as `confirmIdentity` takes them; the first is the most usual. */
  readonly methods: readonly string[];
  /** What may come out of a call, to be kept with a note. */
  readonly outcomes: readonly string[];
  /** What the find box suggests while nobody was opened. */
  readonly examples: readonly string[];
  /** The placement whose offers are shown; null for none. */
  readonly placement: string | null;
  /** The touchpoint as which the desktop asks (`x-touchpoint`); null where no touchpoint is for agents. */
  readonly touchpoint: string | null;
  /** Whether a customer whom an agent looks up is only RECOGNIZED until the agent confirms (`viewers.agentsConfirm`). */
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
  /** What its values are, where the gateway normalises them as such; left out for others, which may be any text. */
  readonly form?: 'email' | 'phone';
}

/** A trusted document: the gateway runs it by its id. */
export interface DesktopDocument {
  /** `sha256:` and the hash of the text. */
  readonly id: string;
  readonly text: string;
}

export interface ProfileDocuments {
  /** `query ($value: String!, $first: Int)`: `findCustomers`, each with id, assurance, name, the first facts, identifiers and lastSeenAt. */
  readonly find: DesktopDocument;
  /** `query ($id: ID!)`: `node`, with all facts, the first ten entries of each list that has pages, `sources`, `identifiers`, `confirmation`. */
  readonly profile: DesktopDocument;
  /** `query ($identifier: IdentifierInput!)`: `customerByIdentifier`, with the same fields as `profile`. */
  readonly open: DesktopDocument;
  /** `query ($id: ID!)`: `node`, with the fields of `find`. */
  readonly head: DesktopDocument;
  /** By source: `query ($id: ID!)`: `node`, with only the facts and lists that this source answers, and `sources`. To ask one source again. The gateway's own memory (`captured`, `computed`) is none. */
  readonly bySource: Readonly<Record<string, DesktopDocument>>;
  /** By list: `query ($id: ID!, $first: Int, $after: String)`: `node`, with one page of this list. Only lists that are connections with `first` and `after`. */
  readonly byList: Readonly<Record<string, DesktopDocument>>;
}

/** A single value of the owner's schema. */
export interface Fact {
  /** Where it stands in the answer, below the customer: `email`, `loyalty.points`. */
  readonly path: string;
  /** The field's name in words: `Member since` is made of `memberSince`, `Loyalty points` of `loyalty.points`. */
  readonly label: string;
  /** The field's description in the schema; null without one. */
  readonly description: string | null;
  readonly kind: FactKind;
  /** The value is a list of such values. */
  readonly isList: boolean;
  /** The sources that may answer it, in their order; empty for code of the owner. */
  readonly sources: readonly string[];
  /** The assurance that the field needs. */
  readonly min: 'ANONYMOUS' | 'CLAIMED' | 'RECOGNIZED' | 'VERIFIED';
}

export type FactKind = 'text' | 'code' | 'number' | 'date' | 'time' | 'yes-no' | 'choice' | 'email' | 'phone' | 'link' | 'json';

/** A list of the owner's schema. */
export interface FactList {
  /** The field's name in the answer: `orders`. */
  readonly path: string;
  readonly label: string;
  readonly description: string | null;
  /** `{ edges { node } pageInfo }`, or the entries themselves. */
  readonly isConnection: boolean;
  readonly sources: readonly string[];
  readonly min: Fact['min'];
  /** The single values of an entry, in the order of the schema; paths are relative to the entry. */
  readonly columns: readonly Fact[];
  /** Lists inside an entry, one level deep, such as the lines of an order; paths are relative to the entry. */
  readonly inner: readonly { readonly path: string; readonly label: string; readonly columns: readonly Fact[] }[];
}
