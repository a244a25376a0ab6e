import { logTail, Server } from './processes';

/** Resolve when `condition` is true; reject when the time is over or one of the servers ends meanwhile. */
export async function until(what: string, seconds: number, condition: () => Promise<boolean>, servers: Server[] = [], pauseMs = 200): Promise<number> {
  const start = Date.now();
  for (;;) {
    for (const server of servers) {
      if (server.exitCode() !== undefined) { throw new Error(`${server.name} ended with ${server.exitCode()} while waiting for ${what}: ${logTail(server)}`); }
    }
    if (await condition().catch(() => false)) { return (Date.now() - start) / 1000; }
    if (Date.now() - start > seconds * 1000) { throw new Error(`${what}: not within ${seconds} s`); }
    await new Promise(resolve => setTimeout(resolve, pauseMs));
  }
}

/** Run `work` over items, so many at a time. */
export async function inParallel<T>(items: T[], workers: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  await Promise.all(Array.from({ length: workers }, async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) { await work(item); }
  }));
}
