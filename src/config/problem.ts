/** One mistake in a file that an owner wrote. */
export interface Problem {
  /** The file and the position in it: `gateway.config.ts: identifiers.crmId.class`, `schema.graphql:12:3`. */
  readonly where: string;
  /** What was expected, what was received, and what to do. */
  readonly message: string;
}

/** All problems of a project. */
export class ProjectError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const lines = problems.map(({ where, message }) => `  ${where}: ${message}`);
    super(`${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}; nothing was started\n${lines.join('\n')}`);
    this.name = 'ProjectError';
    this.problems = problems;
  }
}
