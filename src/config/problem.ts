/** One thing wrong with what an owner wrote. */
export interface Problem {
  /** Where: `gateway.config.ts: identifiers.crmId.class`, `schema.graphql:12:3`. */
  readonly where: string;
  /** What was expected, what came, what to do. */
  readonly message: string;
}

/** Everything that is wrong with a project, at once. */
export class ProjectError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const lines = problems.map(({ where, message }) => `  ${where}: ${message}`);
    super(`${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}; nothing was started\n${lines.join('\n')}`);
    this.name = 'ProjectError';
    this.problems = problems;
  }
}
