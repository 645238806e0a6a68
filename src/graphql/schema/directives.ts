import { parse } from 'graphql';

/** The owner's annotations. They are read at start and never leave the server. */
export const FROM = 'from';
export const ACCESS = 'access';
export const COMPUTED_BY = 'computed';

export const DIRECTIVES = parse(`
  directive @from(source: String!, path: String, key: String, newestBy: String, cursor: String) repeatable on FIELD_DEFINITION
  directive @computed(
    of: String!, count: Boolean, sum: String, last: String, first: String, uniques: String, window: String
  ) on FIELD_DEFINITION
  directive @access(min: Assurance, roles: [ViewerRole!]) on FIELD_DEFINITION
  enum ViewerRole { CUSTOMER AGENT SERVICE ADMIN }
`);
