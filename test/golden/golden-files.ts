import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { join } from 'path';

// Goldens change only through `npx projen goldens`. It rewrites them and fails all the same, so that it can never pass as a test run:
// look at the difference in version control, then run the tests.
const REWRITE = process.env.REWRITE_GOLDENS === 'yes';

/** Hold the files of a scenario against what was reviewed: every file, and no file beside them. */
export function expectGolden(dir: string, files: { [name: string]: string }): void {
  if (REWRITE) {
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(dir, { recursive: true });
    for (const [name, text] of Object.entries(files)) { writeFileSync(join(dir, name), text); }
    throw new Error(`${dir} was rewritten; review the difference and run the tests without REWRITE_GOLDENS`);
  }
  const kept = existsSync(dir) ? Object.fromEntries(readdirSync(dir).map((name): [string, string] => [name, readFileSync(join(dir, name), 'utf8')])) : {};
  expect(Object.keys(kept).sort()).toEqual(Object.keys(files).sort());
  for (const [name, text] of Object.entries(files)) {
    const difference = firstDifference(kept[name], text);
    if (difference !== undefined) { throw new Error(`${join(dir, name)}: ${difference}\nIf this is meant: npx projen goldens, and review the difference.`); }
  }
}

/** The first line that differs, with the lines before it: a whole diff of 10,000 lines tells less. */
export function firstDifference(before: string, after: string): string | undefined {
  if (before === after) { return undefined; }
  const [old, now] = [before.split('\n'), after.split('\n')];
  const at = old.findIndex((line, i) => line !== now[i]);
  const line = at === -1 ? old.length : at;
  const context = old.slice(Math.max(0, line - 3), line).map(text => `    ${text}`);
  return [`line ${line + 1} differs`, ...context, `  - ${old[line] ?? '(end of file)'}`, `  + ${now[line] ?? '(end of file)'}`].join('\n');
}
