import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';

/**
 * Translate programs to JavaScript below `out`, so that no loader is measured. They stay inside the repository, where the package's own name
 * leads to the compiled library.
 */
export function compiledPrograms(root: string, out: string, folders: string[]): string {
  if (!existsSync(join(root, 'lib/src/index.js'))) { throw new Error('lib/ is missing: compile the library first (npx projen compile)'); }
  rmSync(out, { recursive: true, force: true });
  for (const folder of folders) {
    for (const file of readdirSync(join(root, folder)).filter(name => name.endsWith('.ts'))) {
      const source = join(root, folder, file);
      const target = join(out, relative(root, source)).replace(/\.ts$/, '.js');
      mkdirSync(dirname(target), { recursive: true });
      const { outputText } = transpileModule(readFileSync(source, 'utf8'), { compilerOptions: { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022, esModuleInterop: true } });
      writeFileSync(target, outputText);
    }
  }
  return out;
}
