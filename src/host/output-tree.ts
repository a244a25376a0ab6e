import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'fs';
import { basename, dirname, join, resolve, sep } from 'path';
import { InvalidInput } from '../input/problems';

/** A folder that a call writes as a whole. */
export interface OutputTree {
  /** For messages: `host files`. */
  readonly what: string;
  /** Absolute path of the folder. */
  readonly place: string;
  /** Contents by path inside the folder. */
  readonly files: ReadonlyMap<string, string>;
  /** Whether a folder with content was written by this library. */
  isOurs(place: string): boolean;
}

/** Build the tree beside its place, then swap: a reader sees the old tree or the new one, never half of it. */
export function replaceTree({ what, place, files, isOurs }: OutputTree): void {
  if (existsSync(place) && readdirSync(place).length > 0 && !isOurs(place)) {
    throw new InvalidInput(what, [`${place} holds files that this library did not write; choose an empty folder or remove it`]);
  }
  mkdirSync(dirname(place), { recursive: true });
  const building = mkdtempSync(join(dirname(place), `.${basename(place)}-`));
  // A temporary folder is for its owner only; what replaces the tree is read by others, too.
  chmodSync(building, 0o755);
  try {
    for (const [path, content] of files) {
      const file = resolve(building, path);
      if (!file.startsWith(building + sep)) { throw new InvalidInput(what, [`${path} leaves the output folder`]); }
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    const old = existsSync(place) ? `${building}-old` : undefined;
    if (old) { renameSync(place, old); }
    renameSync(building, place);
    if (old) { rmSync(old, { recursive: true }); }
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
}
