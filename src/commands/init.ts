import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { makeFolder } from '../files/make-folder.ts';
import { isCheckout, packageRoot, packageVersion } from './own-package.ts';

const TEMPLATE = {
  'gateway.config.ts': `import { bearerClaim, defineGateway, issuedCookie, urlParameter } from 'customer-profile-gateway';

export default defineGateway({
  // Strongest first: order is priority.
  identifiers: {
    crmId: { class: 'person', unique: true, capture: [bearerClaim('sub'), urlParameter('cid')] },
    email: { class: 'person', normalize: 'email', limit: 5 },
    visitorId: { class: 'cookie', capture: [issuedCookie('visitor')] },
  },
  touchpoints: {
    // Pages of these origins are this touchpoint, and may call with cookies: put the origins of your site here.
    web: { channel: 'WEB', origins: ['http://localhost:3000'] },
    // Where the agent desktop records what agents write.
    callCentre: { channel: 'CALL_CENTRE', viewers: ['AGENT'] },
  },
  // Where offers are shown. The offers themselves are in offers/.
  placements: { 'home-hero': { slots: 1 } },
});
`,
  'schema.graphql': `"A customer of ours."
type Customer {
  "Full name."
  name: String @from(source: "customers")
  "Where they live."
  country: String @from(source: "customers")
  "How many different pages they looked at in the last 30 days."
  pagesViewed: Int @computed(of: "page_view", uniques: "pageUrl", window: "30d")
  "For a list of customers: the name, and the country where it is known."
  displayName: String
}
`,
  'resolvers.ts': `import { defineResolvers } from 'customer-profile-gateway';

/** Code for the fields that no source has. */
export default defineResolvers({
  Customer: {
    displayName: async (customer) => {
      const [name, country] = await Promise.all([customer.read('name'), customer.read('country')]);
      return name && country ? \`\${name} (\${country})\` : name;
    },
  },
});
`,
  'datasources/customers.ts': `import { fileAdapter } from 'customer-profile-gateway';

/** Begins with a file. Your back end is one of: sqlAdapter, httpAdapter, graphqlAdapter, redisAdapter, defineAdapter. */
export default fileAdapter({ path: 'customers.csv', key: 'crmId', match: 'id', search: ['name'] });
`,
  'offers/free-delivery.ts': `import { defineOffer } from 'customer-profile-gateway';

/** Shown to customers for whom the rule is true. Each time one of them accepts it, the gateway learns how well it does. */
export default defineOffer({
  placements: ['home-hero'],
  when: 'customer.country == "United Kingdom"',
  content: { en: { title: 'Free delivery', text: 'We deliver free of charge in the United Kingdom.', url: '/delivery' } },
});
`,
  'customers.csv': 'id,name,country\n1,Ada Lovelace,United Kingdom\n2,Grace Hopper,United States\n',
  '.gitignore': 'node_modules/\n.data/\n',
  'tsconfig.json': `{
  "compilerOptions": {
    "target": "esnext",
    "module": "nodenext",
    "types": ["node"],
    "strict": true,
    "noUncheckedIndexedAccess": true,
    "noEmit": true,
    // Node runs these files as they are, without their types: imports name .ts files, and nothing needs a compiler.
    "allowImportingTsExtensions": true,
    "erasableSyntaxOnly": true,
    "verbatimModuleSyntax": true,
    "skipLibCheck": true
  },
  "include": ["*.ts", "datasources", "offers"]
}
`,
  'README.md': `# A customer profile gateway

It answers GraphQL queries about a customer from your back ends.

## First steps

\`\`\`sh
npm install
npm start
\`\`\`

\`npm install\` also installs the Node.js that the gateway needs. If npm itself runs on an older Node.js, it prints the warning EBADENGINE.
Ignore it.

\`npm start\` runs the gateway on http://localhost:4000 until you press Ctrl-C. Send a query in another terminal. The token says that
customer 1 is logged in:

\`\`\`sh
curl http://localhost:4000/graphql -H 'content-type: application/json' \\
  -H "authorization: Bearer $(npm run --silent token -- --role CUSTOMER --subject 1)" \\
  -d '{"query":"{ customer { displayName country assurance sources { name status } } }"}'
\`\`\`

The answer has \`Ada Lovelace (United Kingdom)\`, from \`customers.csv\`. In a browser, http://localhost:4000/graphiql opens GraphiQL.

The agent desktop is at http://localhost:4000/agent. Sign in there as one of three invented agents, and look for \`Ada\`.

## What to change

- \`datasources/\`: one file for each back end. \`customers.ts\` reads a CSV file. Use \`sqlAdapter\`, \`httpAdapter\`,
  \`graphqlAdapter\`, \`redisAdapter\` or \`defineAdapter\` for your own.
- \`schema.graphql\`: what a customer has, and which source answers it.
- \`resolvers.ts\`: code for the fields that no source has.
- \`offers/\`: one file for each offer, with the rule that says who gets it. \`placements\` of \`gateway.config.ts\` says where offers
  are shown.
- \`gateway.config.ts\`: how customers are recognised on a request, and the web sites and apps that may call.
- \`<script src="http://localhost:4000/tag.js" defer data-touchpoint="web"></script>\` on a page of yours sends what visitors do.
  The page's origin must be in \`touchpoints\` of \`gateway.config.ts\`.

## Commands

- \`npm run dev\` starts the gateway, and restarts it when one of these files changes. If a file has a mistake, it prints the mistake, and
  the gateway continues as it was before the change.
- \`npm run check\` lists all mistakes in the files, and says which back ends can be reached.
- \`npm run typecheck\` checks the types of the TypeScript files.
- \`npm exec customer-profile-gateway -- --help\` lists all commands.

What the gateway stores is in \`.data/\`. In production, set \`NODE_ENV=production\`, \`GATEWAY_SECRET\`, and \`trustProxy\` in
\`gateway.config.ts\`; \`deploy.md\` of the documentation has the whole list.

The documentation is in \`node_modules/customer-profile-gateway/docs/\`.
`,
} as const;

/** Names that an empty folder may have, because `git init` may come first. */
const NOTHING_OF_A_PROJECT: ReadonlySet<string> = new Set(['.git', '.DS_Store']);
/** Names that are shown of a folder that is not empty. */
const SHOWN_NAMES = 5;

/**
 * Writes a project that runs.
 * @throws Error when the folder is not empty, since no file may be overwritten, or when it can't be written to.
 */
export function init(directory: string): void {
  const target = resolve(directory);
  expectEmpty(directory, target);
  for (const [name, text] of Object.entries({ ...TEMPLATE, 'package.json': packageJson(target) })) {
    const file = join(target, name);
    try {
      makeFolder(dirname(file));
      writeFileSync(file, text);
    } catch (error) {
      throw new Error(`init: expected a folder that can be written to, ${directory} is none (${(error as NodeJS.ErrnoException).code})`);
    }
  }
  const enter = target === process.cwd() ? '' : `  cd ${/^[\w./~-]+$/.test(directory) ? directory : JSON.stringify(directory)}\n`;
  process.stdout.write(`A project is in ${target}. Next:\n${enter}  npm install\n  npm start\nIts README.md says how to go on.\n`);
}

function expectEmpty(directory: string, target: string): void {
  const there = statSync(target, { throwIfNoEntry: false });
  if (there === undefined) return;
  if (!there.isDirectory()) throw new Error(`init: expected an empty folder or none, ${directory} is a file`);
  const names = readdirSync(target).filter((name) => !NOTHING_OF_A_PROJECT.has(name));
  if (names.length === 0) return;
  const more = names.length > SHOWN_NAMES ? ` and ${names.length - SHOWN_NAMES} more` : '';
  throw new Error(`init: expected an empty folder or none, ${directory} holds ${names.slice(0, SHOWN_NAMES).join(', ')}${more}`);
}

function packageJson(target: string): string {
  const project = {
    // npm's rule: lower case, and neither a dot nor an underscore in front. A folder such as / has no name.
    name:
      basename(target)
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-+|-+$/g, '') || 'customer-profiles',
    private: true,
    type: 'module',
    scripts: {
      // With `exec` no shell stays in between, which would not pass on the signal that ends the process.
      start: 'exec customer-profile-gateway start',
      dev: 'exec customer-profile-gateway dev',
      check: 'customer-profile-gateway check',
      token: 'customer-profile-gateway token',
      typecheck: 'tsc',
    },
    dependencies: { 'customer-profile-gateway': gatewayDependency(target) },
    // The runtime is a dependency, so that any Node.js with npm can start the project.
    devDependencies: { '@types/node': '^24.0.0', node: '^24.0.0', typescript: '^7.0.0' },
    // npm asks whether a package may run its own script when it is installed: `node` fetches nothing, it only links its program.
    allowScripts: { node: true, '@apollo/protobufjs': false },
  };
  return `${JSON.stringify(project, null, 2)}\n`;
}

/** The published version; if this runs from a checkout of the sources, that checkout. */
function gatewayDependency(target: string): string {
  return isCheckout ? `file:${relative(target, packageRoot)}` : `^${packageVersion()}`;
}
