import { Step } from './guest-machine';
import { failed, Outcome, passed } from '../../check';

/** What is wrong with a scenario, sentence by sentence, beside what the commands said. */
export class Findings {
  /** The judgement over several boots. */
  public static outcome(good: string, ...all: Findings[]): Outcome {
    const found = all.flatMap(findings => findings.found);
    return found.length === 0 ? passed(good) : failed(found.join('; ').slice(0, 2500));
  }

  private readonly found: string[] = [];

  constructor(private readonly steps: Map<string, Step>) {}

  public step(name: string): Step {
    const step = this.steps.get(name);
    if (!step) { throw new Error(`step ${name} is missing`); }
    return step;
  }

  public expect(what: string, holds: boolean, ...of: string[]): void {
    if (!holds) { this.found.push([what, ...of.map(name => `${name} (${this.step(name).code}): ${this.step(name).output.trim().slice(-600)}`)].join(' | ')); }
  }

  public exit(name: string, code: number): void {
    this.expect(`${name} must end with ${code}`, this.step(name).code === code, name);
  }

  public says(name: string, text: RegExp): void {
    this.expect(`${name} must say ${text}`, text.test(this.step(name).output), name);
  }

  public silent(name: string, text: RegExp): void {
    this.expect(`${name} must not say ${text}`, !text.test(this.step(name).output), name);
  }

  public get isEmpty(): boolean { return this.found.length === 0; }
}
