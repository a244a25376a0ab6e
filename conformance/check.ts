import { Figure, Judge, Result } from './results';
import { Scene } from './scene';
import { AreaToolName } from './toolchain/binaries';

/** What a check found. */
export interface Outcome {
  readonly passed: boolean;
  readonly message: string;
  readonly figures?: { readonly [name: string]: Figure };
}

/** One check of an area. */
export interface Check {
  readonly id: string;
  /** Number in the area's issue; `N1`, `N2`, ... for negatives. */
  readonly drill: string;
  readonly judge: Judge;
  /** Binary that decides, as it stands in the toolchain, or a word for another judge. */
  readonly component: string;
  /** A reason to leave the check out here, or undefined. */
  skip?(scene: Scene): string | undefined;
  run(scene: Scene): Promise<Outcome>;
}

/** Checks on one subject; they run in order and share the scene. */
export interface Area {
  readonly name: string;
  /** Its checks start all that they need: the shared control plane with its 1,200 nodes ends before them, so that they time flags and not the machine. */
  readonly alone?: boolean;
  /** Tools that its checks need beyond those of every run; the short form does without. */
  readonly tools?: AreaToolName[];
  readonly checks: Check[];
}

/** Checks of which some alone belong to the short form; there the others say that they are left out. */
export function withShortForm(checks: Check[], belongs: (check: Check) => boolean): Check[] {
  return checks.map(check => (belongs(check) ? check : { ...check, skip: scene => (scene.extent.ci ? 'not in the short form' : check.skip?.(scene)) }));
}

/** Run one check; an exception is a failure with its message. */
export async function runCheck(area: string, check: Check, scene: Scene): Promise<Result> {
  const start = Date.now();
  const common = {
    id: check.id,
    area,
    drill: check.drill,
    judge: check.judge,
    component: check.component,
    version: scene.binaries[check.component]?.version ?? '',
    negative: check.drill.startsWith('N'),
  };
  const seconds = () => (Date.now() - start) / 1000;
  const reason = check.skip?.(scene);
  if (reason !== undefined) { return { ...common, passed: false, skipped: true, figures: {}, message: reason, seconds: seconds() }; }
  try {
    const outcome = await check.run(scene);
    return { ...common, passed: outcome.passed, skipped: false, figures: outcome.figures ?? {}, message: outcome.message, seconds: seconds() };
  } catch (error) {
    return { ...common, passed: false, skipped: false, figures: {}, message: error instanceof Error ? error.message : String(error), seconds: seconds() };
  }
}

export function passed(message: string, figures?: Outcome['figures']): Outcome { return { passed: true, message, figures }; }
export function failed(message: string, figures?: Outcome['figures']): Outcome { return { passed: false, message, figures }; }
