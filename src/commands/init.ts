import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const TEMPLATE = {
  'gateway.config.ts': `import { bearerClaim, defineGateway, issuedCookie, urlParameter } from 'customer-profile-gateway';

export default defineGateway({
  // Strongest first: order is priority.
  identifiers: {
    crmId: { class: 'person', unique: true, capture: [bearerClaim('sub'), urlParameter('cid')] },
    email: { class: 'person', normalize: 'email', limit: 5 },
    visitorId: { class: 'cookie', capture: [issuedCookie('visitor')] },
  },
  // Pages of these origins are this touchpoint, and may call with cookies: put the origins of your site here.
  touchpoints: { web: { channel: 'WEB', origins: ['http://localhost:3000'] } },
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
}
`,
  'datasources/customers.ts': `import { fileAdapter } from 'customer-profile-gateway';

/** Begins with a file. Your back end is one of: sqlAdapter, httpAdapter, graphqlAdapter, redisAdapter, defineAdapter. */
export default fileAdapter({ path: 'customers.csv', key: 'crmId', match: 'id' });
`,
  'customers.csv': 'id,name,country\n1,Ada Lovelace,United Kingdom\n2,Grace Hopper,United States\n',
  '.gitignore': 'node_modules/\n.data/\n',
  'README.md': `# A customer profile gateway

\`\`\`sh
npm install
npm start
curl 'http://localhost:4000/graphql' -H 'content-type: application/json' \\
  -H "authorization: Bearer $(npm run --silent token -- --role CUSTOMER --subject 1)" \\
  -d '{"query":"{ customer { name country assurance sources { name status } } }"}'
\`\`\`

- \`schema.graphql\`: what a customer has, and which source answers it.
- \`datasources/\`: one file per back end.
- \`gateway.config.ts\`: how customers are recognised.
- \`<script src="http://localhost:4000/tag.js" defer data-touchpoint="web"></script>\` on your pages captures what visitors do.
- \`npm run check\`: whether all of it is right and every back end is there.
`,
} as const;

/**
 * Writes a project that runs.
 * @throws Error when the folder holds anything: nothing of anybody's is overwritten.
 */
export function init(directory: string): void {
  const target = resolve(directory);
  const there = statSync(target, { throwIfNoEntry: false });
  if (there?.isDirectory() === false) throw new Error(`init: expected an empty folder or none, ${directory} is a file`);
  if (there !== undefined && readdirSync(target).length > 0)
    throw new Error(`init: expected an empty folder or none, ${directory} holds something`);
  for (const [name, text] of Object.entries({ ...TEMPLATE, 'package.json': packageJson(target) })) {
    const file = join(target, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  process.stdout.write(`A project is in ${directory}. Next:\n  cd ${directory}\n  npm install\n  npm start\n`);
}

function packageJson(target: string): string {
  const project = {
    name: basename(target)
      .toLowerCase()
      .replace(/[^a-z0-9-]+/g, '-'),
    private: true,
    type: 'module',
    scripts: {
      // A shell in between would not pass on the signal that ends it.
      start: 'exec customer-profile-gateway start',
      dev: 'exec customer-profile-gateway dev',
      check: 'customer-profile-gateway check',
      token: 'customer-profile-gateway token',
    },
    dependencies: { 'customer-profile-gateway': gatewayDependency(target) },
    // The runtime comes along, so that any Node with npm can start it.
    devDependencies: { node: '^24.0.0' },
  };
  return `${JSON.stringify(project, null, 2)}\n`;
}

/** The published version; from a checkout of the sources, that checkout. */
function gatewayDependency(target: string): string {
  const root = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../../' : '../', import.meta.url));
  if (import.meta.url.endsWith('.ts')) return `file:${relative(target, root)}`;
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return `^${version}`;
}
