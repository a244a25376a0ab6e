import { createHash } from 'node:crypto';
import { EtcdClient } from './etcd-client';
import { inParallel } from '../../waiting';

/** A value that differs for each key, so that nothing is compressed or shared. */
export function valueOf(key: string, bytes: number): string {
  return createHash('sha512').update(key).digest('hex').repeat(Math.ceil(bytes / 128)).slice(0, bytes);
}

/** Write `count` values of a size below a prefix; keys in order. Ends early, with the error, when a write is refused. */
export async function fill(client: EtcdClient, prefix: string, count: number, bytes: number, workers = 8): Promise<{ written: string[]; refused?: string }> {
  const written: string[] = [];
  let refused: string | undefined;
  await inParallel(Array.from({ length: count }, (_, i) => `${prefix}${String(i).padStart(7, '0')}`), workers, async key => {
    if (refused !== undefined) { return; }
    await client.put(key, valueOf(key, bytes), 30_000).then(() => { written.push(key); }, error => { refused = error.message; });
  });
  return { written, refused };
}

/** What a load left behind. */
export interface LoadResult {
  readonly acknowledged: Map<string, string>;
  readonly failed: string[];
  /** Longest time of one request. */
  readonly longestMs: number;
  readonly requests: number;
}

/** Clients that write and read through all members, one after the other each, until they are told to stop. */
export class Load {
  private stopping = false;
  private readonly done: Promise<void>;
  private readonly acknowledged = new Map<string, string>();
  private readonly failed: string[] = [];
  private longestMs = 0;
  private requests = 0;

  /** `timeoutMs` is what the API server gives a request to etcd before it is an error to its client. */
  constructor(clients: EtcdClient[], private readonly timeoutMs = 7000, workersPerClient = 2) {
    this.done = Promise.all(clients.flatMap((client, c) => Array.from({ length: workersPerClient }, (_, w) => this.work(client, `/registry/load/${c}-${w}`)))).then(() => undefined);
  }

  public async stop(): Promise<LoadResult> {
    this.stopping = true;
    await this.done;
    return { acknowledged: this.acknowledged, failed: this.failed, longestMs: this.longestMs, requests: this.requests };
  }

  private async work(client: EtcdClient, name: string): Promise<void> {
    for (let i = 0; !this.stopping; i++) {
      const key = `${name}/${i % 50}`;
      const value = `${i}`;
      const start = Date.now();
      try {
        if (i % 3 === 2) { await client.get(key, this.timeoutMs); } else { await client.put(key, value, this.timeoutMs); this.acknowledged.set(key, value); }
      } catch (error) {
        this.failed.push(`${name} ${i}: ${(error as Error).message}`);
      }
      this.requests++;
      this.longestMs = Math.max(this.longestMs, Date.now() - start);
      await new Promise(resolve => setTimeout(resolve, 5));
    }
  }
}
