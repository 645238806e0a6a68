/** A rule as its owner wrote it. */
export interface RuleText {
  /** Of the offer or of the audience. */
  readonly name: string;
  /** In CEL (https://cel.dev); null: true for everybody. */
  readonly text: string | null;
  readonly origin: RuleOrigin;
}

/** The file in which a rule stands. */
export interface RuleOrigin {
  /** As messages show it: `offers/free-delivery.ts`. */
  readonly file: string;
  /** The whole text of the file, in which the rule is looked for; null: problems name the file only. */
  readonly fileText: string | null;
  /** As `file`, with the position of the property that has the text, for a text that is put together from parts. */
  readonly at?: string;
  /** What the rule is there: `when`, `audiences.loyal`. Its last name is the property that has the text. */
  readonly label: string;
}

/** A mistake in a rule, in the form of all problems of a project. */
export interface RuleProblem {
  /** `offers/free-delivery.ts:7:22` */
  readonly where: string;
  /** `when: expected …, received …` */
  readonly message: string;
}

export type ReportRuleProblem = (problem: RuleProblem) => void;

/** A rule may be compiled for several placements, and an audience for several rules: each of its problems is reported once. */
export function reportOnce(report: ReportRuleProblem): ReportRuleProblem {
  const reported = new Set<string>();
  return (problem) => {
    const key = `${problem.where}: ${problem.message}`;
    if (reported.has(key)) return;
    reported.add(key);
    report(problem);
  };
}

/** @param offset of the mistake in the rule's text; null: somewhere in it. */
export function ruleProblem({ text, origin }: RuleText, offset: number | null, message: string): RuleProblem {
  return { where: positionIn(origin, text ?? '', offset), message: `${origin.label}: ${message}` };
}

/** Ways to write a text in a JavaScript string literal. */
const SPELLINGS: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text.replace(/[\\'\n]/g, (found) => (found === '\n' ? '\\n' : `\\${found}`)),
  (text) => text.replace(/[\\"\n]/g, (found) => (found === '\n' ? '\\n' : `\\${found}`)),
  (text) => text.replace(/[\\`]|\$\{/g, (found) => `\\${found}`),
];

/** The position of the property where the text is put together from parts, or stands in the file several times. */
function positionIn({ file, at = file, fileText, label }: RuleOrigin, text: string, offset: number | null): string {
  if (fileText === null || text === '') return at;
  for (const spell of SPELLINGS) {
    const start = literalStart(fileText, spell(text), label);
    if (start === null) continue;
    const before = fileText.slice(0, start + spell(text.slice(0, offset ?? 0)).length).split('\n');
    return `${file}:${before.length}:${(before.at(-1) as string).length + 1}`;
  }
  return at;
}

/** Where the text stands between quotes; of several such positions, the one that is the value of the label's property. */
function literalStart(fileText: string, written: string, label: string): number | null {
  const found: number[] = [];
  for (let at = fileText.indexOf(written, 1); at !== -1; at = fileText.indexOf(written, at + 1)) {
    const quote = fileText[at - 1] as string;
    if ('\'"`'.includes(quote) && fileText[at + written.length] === quote) found.push(at);
  }
  if (found.length === 1) return found[0] as number;
  const property = label.split('.').at(-1) as string;
  const named = found.filter((at) => {
    const before = fileText.slice(Math.max(0, at - property.length - 60), at - 1);
    return new RegExp(`(^|[^\\w-])${property.replace(/[^\w]/g, '\\$&')}['"]?\\s*:\\s*$`).test(before);
  });
  return named.length === 1 ? (named[0] as number) : null;
}
