import { parse } from 'graphql';

/** The owner's annotations. They are read at start and never leave the server. */
export const FROM = 'from';
export const ACCESS = 'access';

export const DIRECTIVES = parse(`
  directive @from(source: String!, path: String, key: String, newestBy: String) repeatable on FIELD_DEFINITION
  directive @access(min: Assurance, roles: [ViewerRole!]) on FIELD_DEFINITION
  enum ViewerRole { CUSTOMER AGENT SERVICE ADMIN }
`);
