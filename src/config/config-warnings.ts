import type { GatewayConfig } from './gateway-config.ts';
import type { Problem } from './problem.ts';

/** Warnings of settings that are allowed but probably a mistake; for every start, and for `check`. @param file its name in messages. */
export function configWarnings(file: string, { identifiers, identity: { types }, documents }: GatewayConfig): Problem[] {
  const warnings: Problem[] = [];
  const warn = (path: string, message: string) => warnings.push({ where: `${file}: ${path}`, message });

  const uniquePersons = types.filter((type) => type.class === 'person' && type.unique).map(({ name }) => name);
  if (!types.some(({ unique }) => unique)) {
    warn(
      'identifiers',
      'no type is unique, so nothing keeps two people apart who once share a device; make the number that your systems know a customer by unique: true',
    );
  }
  if (uniquePersons.length > 1) {
    warn(
      'identifiers',
      `${uniquePersons.join(' and ')} are both unique: a person with two values of one can't be one customer, and every event with both is a conflict; give all but the strongest a limit instead`,
    );
  }
  const firstPerson = types.findIndex((type) => type.class === 'person');
  if (firstPerson === -1) warn('identifiers', 'no type is of class person: customers are recognised by device only');
  for (const [index, { name, class: of }] of types.entries()) {
    if (of === 'cookie' && firstPerson > index) {
      warn(
        `identifiers.${name}`,
        `a cookie stands before ${types[firstPerson]?.name}, which names a person: it would decide whose a shared browser is; order is priority, so move it down`,
      );
    }
    const { normalize, isHashed } = identifiers.get(name) ?? {};
    if (/^e_?mail/i.test(name) && normalize === undefined && !isHashed) {
      warn(`identifiers.${name}`, "without normalize: 'email', Ada@x.io and ada@x.io are two customers");
    }
  }
  if (documents.only && documents.file === undefined) {
    warn(
      'documents.only',
      "no document is trusted without documents.file but the agent desktop's, so all other operations are refused but those of SERVICE and ADMIN",
    );
  }
  return warnings;
}
