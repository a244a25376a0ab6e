import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { UpstreamSource } from './releases';

/** A clone of an upstream repository, given on the command line; bare or not, with its tags. */
export class FetchedCopy {
  private readonly work = mkdtempSync(join(tmpdir(), 'catalogue-'));

  constructor(private readonly upstream: string, private readonly folder: string) {
    process.on('exit', () => rmSync(this.work, { recursive: true, force: true }));
  }

  /** Tags that match, oldest version first. */
  public tags(pattern: RegExp): string[] {
    return this.git('tag', '--sort=version:refname').split('\n').filter((tag) => pattern.test(tag));
  }

  public has(tag: string): boolean {
    return this.git('tag', '--list', tag).trim() === tag;
  }

  /** Where the lists of a tag come from. */
  public source(tag: string): UpstreamSource {
    return { upstream: this.upstream, tag, tagged: this.git('log', '-1', '--format=%cs', tag).trim() };
  }

  /** Text of a file at a tag; undefined when the tag lacks it. */
  public file(tag: string, path: string): string | undefined {
    return this.paths(tag, path).length === 0 ? undefined : this.git('show', `${tag}:${path}`);
  }

  /** Those of the paths that exist at a tag, as they would be below the repository; a trailing slash lists a folder. */
  public paths(tag: string, ...paths: string[]): string[] {
    return this.git('ls-tree', '--name-only', tag, '--', ...paths).split('\n').filter((path) => path !== '');
  }

  /** Folder on disk with the Go files below some paths of a tag, tests left out. */
  public checkout(tag: string, ...paths: string[]): string {
    const filter = /(?<!_test)\.(go|mod)$/;
    const target = join(this.work, tag.replaceAll('/', '_'));
    if (!existsSync(target)) {
      mkdirSync(target);
      const listed = this.git('ls-tree', '-r', '--name-only', tag, '--', ...paths).split('\n').filter((path) => path !== '' && filter.test(path));
      const batch = execFileSync('git', ['-C', this.folder, 'cat-file', '--batch'], {
        input: listed.map((path) => `${tag}:${path}\n`).join(''), maxBuffer: 300e6,
      });
      let at = 0;
      for (const path of listed) {
        const headerEnd = batch.indexOf('\n', at);
        const size = Number(batch.toString('utf8', at, headerEnd).split(' ')[2]);
        mkdirSync(dirname(join(target, path)), { recursive: true });
        writeFileSync(join(target, path), batch.subarray(headerEnd + 1, headerEnd + 1 + size));
        at = headerEnd + 1 + size + 1;
      }
    }
    return target;
  }

  private git(...args: string[]): string {
    return execFileSync('git', ['-C', this.folder, ...args], { encoding: 'utf8', maxBuffer: 300e6 });
  }
}

/** Argument of a script, or the message that says what it is. */
export function argument(index: number, meaning: string): string {
  const value = process.argv[index + 2];
  if (value === undefined) {
    throw new Error(`argument ${index + 1} is missing: ${meaning}`);
  }
  return value;
}
