import type { GatewayConfig } from './gateway-config.ts';
import type { Problem } from './problem.ts';

/** What is allowed and known to hurt: said at every start, and by `check`. @param file as it is shown. */
export function configWarnings(file: string, { identifiers }: GatewayConfig): Problem[] {
  const types = Object.entries(identifiers);
  const warnings: Problem[] = [];
  const warn = (path: string, message: string) => warnings.push({ where: `${file}: ${path}`, message });

  const uniquePersons = types
    .filter(([, { class: of, unique, limit }]) => of === 'person' && (unique || limit === 1))
    .map(([name]) => name);
  if (!types.some(([, { unique, limit }]) => unique || limit === 1)) {
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
  const firstPerson = types.findIndex(([, { class: of }]) => of === 'person');
  types.forEach(([name, { class: of, normalize, hash }], index) => {
    if (of === 'cookie' && firstPerson > index) {
      warn(
        `identifiers.${name}`,
        `a cookie stands before ${types[firstPerson]?.[0]}, which names a person: it would decide whose a shared browser is; order is priority, so move it down`,
      );
    }
    if (firstPerson === -1 && index === 0) {
      warn('identifiers', 'no type is of class person: customers are recognised by device only');
    }
    if (/^e_?mail/i.test(name) && normalize === undefined && !hash) {
      warn(`identifiers.${name}`, "without normalize: 'email', Ada@x.io and ada@x.io are two customers");
    }
  });
  return warnings;
}
