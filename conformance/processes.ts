import { ChildProcess, execFile, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

/** What a finished command left behind. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command runs. */
export interface RunOptions {
  readonly env?: { readonly [name: string]: string };
  readonly cwd?: string;
  readonly timeoutMs?: number;
}

/** A server of a run. */
export interface Server {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Exit code once it has ended, else undefined. */
  exitCode(): number | null | undefined;
  stop(): Promise<void>;
}

const STOP_GRACE_MS = 15_000;

/**
 * The processes of a run. All of them end with it: after the last check, after a failure, after Ctrl-C.
 */
export class Processes {
  private readonly running = new Map<ChildProcess, Server>();

  constructor(private readonly logFolder: string) {
    fs.mkdirSync(logFolder, { recursive: true });
    // The last line of defence, when this process leaves without stopAll (an uncaught error).
    process.once('exit', () => { for (const child of this.running.keys()) { child.kill('SIGKILL'); } });
  }

  /** Start a server; its output goes to a log. */
  public start(name: string, binary: string, args: string[], env: { [name: string]: string } = {}): Server {
    const logFile = path.join(this.logFolder, `${name}.log`);
    const log = fs.openSync(logFile, 'a');
    const child = spawn(binary, args, { stdio: ['ignore', log, log], env: { ...cleanEnvironment(), ...env } });
    fs.closeSync(log);
    let exitCode: number | null | undefined;
    const ended = new Promise<void>(resolve => child.once('exit', code => {
      exitCode = code;
      this.running.delete(child);
      resolve();
    }));
    const server: Server = {
      name,
      pid: child.pid ?? -1,
      logFile,
      exitCode: () => exitCode,
      stop: async () => {
        if (!this.running.has(child)) { return; }
        child.kill('SIGTERM');
        const kill = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
        await ended;
        clearTimeout(kill);
      },
    };
    this.running.set(child, server);
    return server;
  }

  /** Run a command to its end; a non-zero exit is an answer, not an exception. */
  public run(binary: string, args: string[], options: RunOptions = {}): Promise<Finished> {
    return new Promise(resolve => {
      execFile(binary, args, {
        cwd: options.cwd,
        timeout: options.timeoutMs ?? 120_000,
        killSignal: 'SIGKILL',
        maxBuffer: 256 * 1024 * 1024,
        env: { ...cleanEnvironment(), ...options.env },
      }, (error, stdout, stderr) => resolve({ code: error ? (typeof error.code === 'number' ? error.code : null) : 0, stdout, stderr }));
    });
  }

  /** End everything, last started first. */
  public async stopAll(): Promise<void> {
    for (const server of [...this.running.values()].reverse()) { await server.stop(); }
  }
}

/** The last lines of a server's log, for messages. */
export function logTail(server: Server, lines = 3): string {
  return fs.readFileSync(server.logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}

// Components read KUBECONFIG, ETCD_* and proxies from the environment: none of them may decide what a check finds.
function cleanEnvironment(): { [name: string]: string } {
  const keep = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'XDG_CACHE_HOME', 'GOPATH', 'GOPROXY', 'GOMODCACHE', 'GOFLAGS', 'GONOSUMDB', 'GOSUMDB'];
  return Object.fromEntries(keep.flatMap(name => (process.env[name] === undefined ? [] : [[name, process.env[name]!]])));
}
