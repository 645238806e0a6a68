/**
 * Documents of programs that belong to the gateway: the web tag (`web-tag/connection.ts`). They are always trusted, by their id and
 * also by their text, which the tag sends because two ids are longer than two such texts.
 */
export const OWN_DOCUMENTS: readonly string[] = [
  'mutation($i:CreateHandoffInput!){createHandoff(input:$i){url}}',
  'mutation{resetVisitor{__typename}}',
];
