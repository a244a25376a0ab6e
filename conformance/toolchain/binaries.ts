import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { BUILD_SETTINGS, goBuild, goToolchain, GoToolchain } from './go-build';
import { moduleVersion, pinnedVersion, Tool, ToolName, TOOLS, wrapperFolder } from './toolchain';

export { AREA_TOOL_NAMES, AreaToolName, CORE_TOOL_NAMES, EARLIER_TOOL_NAMES, ToolName } from './toolchain';

const run = promisify(execFile);

const HEARTBEAT_SECONDS = 30;
const VERSION_TIMEOUT_MS = 60_000;

/** A binary that is ready to be started. */
export interface Binary {
  /** Absolute path. */
  readonly path: string;

  /** What the binary says it is, for example `v1.37.2`. */
  readonly version: string;

  /** Found in the cache, built by this call, or taken from the folder in `CONFORMANCE_BIN`. */
  readonly built: 'cache' | 'now' | 'given';

  /** Time this call spent on it. */
  readonly seconds: number;
}

/**
 * Makes the named tools ready, one after the other, and says what it does line by line.
 *
 * Two calls at a time are safe: each builds beside its goal and renames.
 */
export async function binaries<Name extends ToolName>(
  names: readonly Name[],
  log: (line: string) => void = () => {},
): Promise<Record<Name, Binary>> {
  const given = givenFolder();
  const ready: Partial<Record<Name, Binary>> = {};
  let go: GoToolchain | undefined;
  for (const [index, name] of names.entries()) {
    const progress = (text: string) => log(`[${index + 1}/${names.length}] ${name} ${text}`);
    const givenPath = given && path.join(given, name);
    if (givenPath && fs.existsSync(givenPath)) {
      ready[name] = await givenBinary(name, givenPath);
      progress(`${ready[name].version} given`);
      continue;
    }
    // Asked for late: a folder with all binaries needs no Go.
    go ??= await goToolchain();
    ready[name] = await cachedBinary(name, go, progress);
  }
  return ready as Record<Name, Binary>;
}

async function givenBinary(name: ToolName, file: string): Promise<Binary> {
  const start = Date.now();
  const version = await printedVersion(name, file);
  return { path: file, version, built: 'given', seconds: secondsSince(start) };
}

async function cachedBinary(name: ToolName, go: GoToolchain, progress: (text: string) => void): Promise<Binary> {
  const start = Date.now();
  const version = pinnedVersion(name);
  const flags = buildFlags(name);
  const folder = path.join(cacheFolder(), `${name}-${fingerprint(name, flags, go)}`);
  const file = path.join(folder, name);
  if (fs.existsSync(file)) {
    progress(`${version} from cache`);
    return { path: file, version, built: 'cache', seconds: secondsSince(start) };
  }

  progress(`${version} building with ${go.version}`);
  const heartbeat = setInterval(() => {
    progress(`${version} building, ${Math.round(secondsSince(start))} s`);
  }, HEARTBEAT_SECONDS * 1000);
  fs.mkdirSync(folder, { recursive: true });
  const partial = `${file}.${process.pid}.partial`;
  try {
    await goBuild({ folder: wrapperFolder(name), package: TOOLS[name].package, output: partial, flags });
    // A binary enters the cache only after it has run here and named its release, so that later runs
    // need not ask again.
    const printed = await printedVersion(name, partial);
    if (printed !== version) {
      throw new Error(`${name}: the binary says ${printed}, its wrapper pins ${version}; see its row in toolchain.ts`);
    }
    fs.renameSync(partial, file);
  } finally {
    clearInterval(heartbeat);
    fs.rmSync(partial, { force: true });
  }
  const seconds = secondsSince(start);
  progress(`${version} built in ${seconds} s`);
  return { path: file, version, built: 'now', seconds };
}

function buildFlags(name: ToolName): string[] {
  const tool: Tool = TOOLS[name];
  const stamps = Object.entries(tool.stamps?.(moduleVersion(name)) ?? {});
  return [
    // Without it every binary carries the paths of the machine that built it.
    '-trimpath',
    ...(tool.tags ? ['-tags', tool.tags.join(',')] : []),
    '-ldflags', ['-s', '-w', ...stamps.map(([variable, value]) => `-X ${variable}=${value}`)].join(' '),
  ];
}

/** Changes with everything that can change the binary; equal inputs find the binary built before. */
function fingerprint(name: ToolName, flags: readonly string[], go: GoToolchain): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([TOOLS[name].package, flags, BUILD_SETTINGS, go]));
  for (const file of ['go.mod', 'go.sum', ...ownSources(name)]) {
    const content = fs.readFileSync(path.join(wrapperFolder(name), file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 16);
}

/** Files of a main package that lies in the wrapper itself; of others `go.sum` holds the checksums. */
function ownSources(name: ToolName): string[] {
  const ownPackage = TOOLS[name].package;
  if (!ownPackage.startsWith('./')) {
    return [];
  }
  return fs.readdirSync(path.join(wrapperFolder(name), ownPackage)).sort().map((file) => `${ownPackage}/${file}`);
}

async function printedVersion(name: ToolName, file: string): Promise<string> {
  const { stdout, stderr } = await run(file, [...TOOLS[name].versionArgs], { timeout: VERSION_TIMEOUT_MS });
  const match = /\d+\.\d+\.\d+/.exec(stdout) ?? /\d+\.\d+\.\d+/.exec(stderr);
  if (!match) {
    throw new Error(`${name} ${TOOLS[name].versionArgs.join(' ')} must print a version, got '${stdout}${stderr}'`);
  }
  return `v${match[0]}`;
}

function cacheFolder(): string {
  const xdg = process.env.XDG_CACHE_HOME;
  // The XDG specification says that a relative path is to be ignored.
  const base = xdg && path.isAbsolute(xdg) ? xdg : path.join(os.homedir(), '.cache');
  return path.join(base, 'cdk8s-thousand-node', 'bin');
}

function givenFolder(): string | undefined {
  const folder = process.env.CONFORMANCE_BIN;
  if (!folder) {
    return undefined;
  }
  if (!fs.existsSync(folder) || !fs.statSync(folder).isDirectory()) {
    throw new Error(`CONFORMANCE_BIN must name a folder with binaries, got '${folder}'`);
  }
  return path.resolve(folder);
}

function secondsSince(start: number): number {
  return Math.round((Date.now() - start) / 100) / 10;
}
