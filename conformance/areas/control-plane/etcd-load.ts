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
