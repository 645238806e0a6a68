/** Most placements that the tag asks for in one request (`web-tag/placements.ts`). */
const MAX_PLACEMENTS = 10;

/** The tag's query for the offers of this many placements, with one field for each, so that one request answers all. */
function offersQuery(count: number): string {
  const indexes = [...Array(count).keys()];
  const variables = indexes.map((at) => `,$p${at}:String!,$f${at}:Int`);
  const fields = indexes.map((at) => `o${at}:offers(placement:$p${at},first:$f${at},locale:$l){content token}`);
  return `query($l:String${variables.join('')}){customer{${fields.join(' ')}}}`;
}

/**
 * Documents of programs that belong to the gateway: the web tag (`web-tag/connection.ts`, `web-tag/placements.ts`). They are always
 * trusted, by their id and also by their text, which the tag sends because ids are longer than such texts.
 */
export const OWN_DOCUMENTS: readonly string[] = [
  'mutation($i:CreateHandoffInput!){createHandoff(input:$i){url}}',
  'mutation{resetVisitor{__typename}}',
  'mutation($i:RespondToOfferInput!){respondToOffer(input:$i){outcome}}',
  ...Array.from({ length: MAX_PLACEMENTS }, (_, at) => offersQuery(at + 1)),
];
