import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadProject } from '../../src/config/load-project.ts';
import { ProjectError } from '../../src/index.ts';
import { compileProject } from '../../src/wiring/compile-project.ts';
import { temporaryDirectory } from './gateway.ts';

/** A configuration with more options. */
export const configOf = (more: string) => `import { defineGateway, urlParameter } from 'customer-profile-gateway';
export default defineGateway({
  identifiers: { crmId: { class: 'person', unique: true, capture: [urlParameter('cid')] } },
  ${more}
});`;
export const PLACEMENTS = "placements: { hero: { min: 'ANONYMOUS' }, agent: { viewers: ['AGENT'] } },";
/** The file of an offer with more options. */
export const offerOf = (more: string) => `import { defineOffer } from 'customer-profile-gateway';
export default defineOffer({
  content: { en: { title: 'when: placements' } },
  ${more}
});`;
const CRM = `import { defineAdapter } from 'customer-profile-gateway';
export default defineAdapter({ key: 'crmId', load: async (keys) => keys.map(() => null) });`;
const SCHEMA = `type Customer {
  name: String @from(source: "crm")
  points: Int @from(source: "crm")
  risk: String @from(source: "crm") @access(roles: [AGENT])
  address: String @from(source: "crm") @access(min: VERIFIED)
  store: String @from(source: "captured")
}`;

/** Texts of files by their path. */
export type Files = Readonly<Record<string, string>>;

/** Loads a project of these files, and of a source and a schema unless they are among them. */
export async function load(files: Files) {
  const directory = temporaryDirectory();
  const all = { 'gateway.config.ts': configOf(PLACEMENTS), 'datasources/crm.ts': CRM, 'schema.graphql': SCHEMA, ...files };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  return loadProject(join(directory, 'gateway.config.ts'));
}

/** @throws ProjectError with all problems of the project. */
export const compiled = async (files: Files) => compileProject(await load(files));

/** What is wrong with a project of these files, as the start would print it. */
export async function problemsOf(files: Files): Promise<string[]> {
  const { problems } = await compiled(files).then(
    () => new ProjectError([]),
    (error: unknown) => {
      if (error instanceof ProjectError) return error;
      throw error;
    },
  );
  return problems.map(shown);
}

/** A problem or a warning as the start prints it, with the file's path in the project. */
export const shown = ({ where, message }: { where: string; message: string }) =>
  `${where}: ${message}`.replace(/^.*?\/(?=gateway\.config|offers)/, '');

/** What is wrong with an offer that has these options. */
export const offerProblems = (more: string) => problemsOf({ 'offers/gift.ts': offerOf(more) });
