import { execFile, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Oldest Go that knows the language version the wrappers ask for. */
const OLDEST_GO = [1, 26] as const;

/** How much of what `go` wrote ends up in an error: the last lines name the cause. */
const TAIL_CHARACTERS = 4_000;

/** The Go found on PATH. */
export interface GoToolchain {
  /** For example `go1.26.0`. */
  readonly version: string;

  /** For example `linux/amd64`; binaries are made for this machine only. */
  readonly platform: string;
}

/** One call of `go build`. */
export interface GoBuild {
  readonly folder: string;
  readonly package: string;
  readonly output: string;
  readonly flags: readonly string[];
}

/**
 * Settings that decide what comes out of a build, so they do not follow the caller's shell.
 *
 * `-mod=readonly` makes the committed `go.mod` and `go.sum` the whole truth: a build that would have
 * to change them fails. Where modules come from (GOPROXY and its kin) is left to the machine.
 */
export const BUILD_SETTINGS = {
  CGO_ENABLED: '0',
  GOFLAGS: '-buildvcs=false -mod=readonly',
  GOTOOLCHAIN: 'local',
  GOWORK: 'off',
  GOEXPERIMENT: '',
} as const;

/** Finds Go and checks that it is new enough for the wrappers. */
export async function goToolchain(): Promise<GoToolchain> {
  const needed = `Go ${OLDEST_GO.join('.')} or newer is needed to build the conformance tools`;
  const remedy = 'put it on PATH (go.dev/doc/install), or name a folder with finished binaries in CONFORMANCE_BIN';
  const answer = await run('go', ['env', 'GOVERSION', 'GOHOSTOS', 'GOHOSTARCH'], { env: buildEnvironment() })
    .catch((error: NodeJS.ErrnoException) => {
      throw new Error(error.code === 'ENOENT'
        ? `${needed}, but there is no 'go' on PATH; ${remedy}`
        : `${needed}, but 'go env' fails: ${error.message.trim()}; ${remedy}`);
    });
  const [version, os, arch] = answer.stdout.trim().split('\n');
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(version) ?? [];
  if (Number(major) < OLDEST_GO[0] || (Number(major) === OLDEST_GO[0] && Number(minor) < OLDEST_GO[1])) {
    throw new Error(`${needed}, but the 'go' on PATH is ${version}; ${remedy}`);
  }
  return { version, platform: `${os}/${arch}` };
}

/** Runs `go build`; a signal to this process ends the compiler too and rejects. */
export async function goBuild(build: GoBuild): Promise<void> {
  // `go` leaves its work folder behind when a signal ends it, so it gets one that can be removed here.
  const work = `${build.output}.work`;
  fs.mkdirSync(work);

  // A group of its own: `go` starts compilers, and a signal sent only to `go` would leave them running.
  const child = spawn('go', ['build', ...build.flags, '-o', build.output, build.package], {
    cwd: build.folder,
    env: { ...buildEnvironment(), GOTMPDIR: work },
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });

  let interruptedBy: NodeJS.Signals | undefined;
  const endGroup = (signal: NodeJS.Signals) => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      process.kill(-child.pid, signal);
    }
  };
  const interrupt = (signal: NodeJS.Signals) => {
    interruptedBy = signal;
    endGroup('SIGTERM');
  };
  const abandon = () => endGroup('SIGKILL');

  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  signals.forEach((signal) => process.on(signal, interrupt));
  process.on('exit', abandon);

  let messages = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (chunk: string) => {
    messages = (messages + chunk).slice(-TAIL_CHARACTERS);
  });

  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (interruptedBy) {
      throw new Error(`interrupted by ${interruptedBy} while building ${build.package}`);
    }
    if (status !== 0) {
      throw new Error([
        `go build ${build.package} failed; if it could not fetch a module, see 'go env GOPROXY'`,
        ...messages.trim().split('\n').map((line) => `  ${line}`),
      ].join('\n'));
    }
  } finally {
    signals.forEach((signal) => process.off(signal, interrupt));
    process.off('exit', abandon);
    // A compiler that is just ending may still write for a moment.
    fs.rmSync(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

function buildEnvironment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, ...BUILD_SETTINGS };
  // Left over from cross compiling, these would make a binary that does not run here.
  delete env.GOOS;
  delete env.GOARCH;
  return env;
}
