/** What is wrong with one construct's input; thrown as one error, so that a user fixes everything in one round. */
export class InvalidInput extends Error {
  constructor(readonly where: string, readonly problems: string[]) {
    super(problems.length === 1 ? `${where}: ${problems[0]}` : `${where}: ${problems.length} problems\n${problems.map(p => `  - ${p}`).join('\n')}`);
    this.name = 'InvalidInput';
  }
}

/** Collects the problems of one construct or value. */
export class Problems {
  private readonly found: string[] = [];

  constructor(private readonly where: string) {}

  /** Record a problem: field, value, rule and remedy in the user's words. `undefined` means that a check passed; the same problem counts once. */
  public add(problem: string | undefined): void {
    if (problem !== undefined && !this.found.includes(problem)) { this.found.push(problem); }
  }

  /** Record a problem when the rule does not hold. */
  public require(holds: boolean, problem: string): void {
    if (!holds) { this.add(problem); }
  }

  public get isEmpty(): boolean {
    return this.found.length === 0;
  }

  public throwIfAny(): void {
    if (this.found.length > 0) { throw new InvalidInput(this.where, this.found); }
  }
}
