import * as fs from 'node:fs';
import * as os from 'node:os';
import { Server } from '../../processes';

const MOST_BYTES = 12 * 1024 ** 3;
const LEAST_FREE = 1.5 * 1024 ** 3;

/** Resident memory of our own API server, and its end before the machine starves. */
export class MemoryGuard {
  public peak = 0;
  public stopped = false;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly server: Server) {
    this.timer = setInterval(() => this.look(), 200);
  }

  public end(): void { clearInterval(this.timer); }

  private look(): void {
    if (this.server.exitCode() !== undefined) { return; }
    this.peak = Math.max(this.peak, residentBytes(this.server.pid));
    if (this.peak > MOST_BYTES || os.freemem() + cachedBytes() < LEAST_FREE) {
      this.stopped = true;
      this.end();
      process.kill(this.server.pid, 'SIGKILL');
    }
  }
}

export function residentBytes(pid: number): number {
  const status = fs.existsSync(`/proc/${pid}/status`) ? fs.readFileSync(`/proc/${pid}/status`, 'utf8') : '';
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}

function cachedBytes(): number {
  const available = Number(/MemAvailable:\s+(\d+)/.exec(fs.readFileSync('/proc/meminfo', 'utf8'))?.[1] ?? 0) * 1024;
  return Math.max(0, available - os.freemem());
}
