import { BYTES_PER_SAMPLE } from './prometheus-capacity';
import { Amount, Confidence, derived, Derivation } from '../derivation/derivation';

/** Resolutions that the bucket holds, days each. */
export interface RetentionDays {
  readonly raw: Derivation;
  readonly fiveMinutes: Derivation;
  readonly oneHour: Derivation;
}

/**
 * Days that the bucket keeps.
 *
 * | resolution | raw | 5 min | 1 h |
 * | days       | 30  | 90    | 365 |
 *
 * A proposal. The compactor makes 5 min data after 40 h and 1 h data after 10 d: keep what it makes them from for longer than that.
 * Source: TH:components [TH:components/compact.md].
 */
export function bucketRetention(): RetentionDays {
  const days = (id: string, value: number, words: string) => derived({
    id: `monitoring/retention-${id}`, unit: 'days', words, expression: String(value), source: 'TH:components/compact.md', confidence: Confidence.ESTIMATE,
  });
  return { raw: days('raw', 30, 'a month of every sample'), fiveMinutes: days('5m', 90, 'a quarter'), oneHour: days('1h', 365, 'a year') };
}

/** Days that data of a resolution must live so that the next one can be made of it. */
export const MIN_RETENTION_DAYS = { raw: 2, fiveMinutes: 11 } as const;

/** Streams of blocks: each Prometheus and each ruler uploads its own. */
export function blockStreams(shardCount: Amount, replicas: Amount, rulers: Amount): Derivation {
  return derived({
    id: 'monitoring/block-streams', unit: 'streams', words: 'each Prometheus and each ruler uploads its own blocks', expression: 'shards * replicas + rulers', inputs: { shards: shardCount, replicas, rulers }, source: 'TH:components/sidecar.md',
  });
}

/** Young blocks of one stream that are not yet compacted to 14 days: 2 h, 8 h and 2 d blocks. */
const YOUNG_BLOCKS = 15;

/**
 * Disk of a store gateway: 30 MiB per block for index headers, whole 10 GiB.
 *
 * | streams | 30/90/365 days | GiB |
 * | 2       | 52 blocks each | 10  |
 * | 6       | 52 blocks each | 10  |
 * | 18      | 52 blocks each | 30  |
 */
export function storeDisk(streams: Amount, retention: RetentionDays): Derivation {
  const { raw, fiveMinutes, oneHour } = retention;
  return derived({
    id: 'monitoring/store-disk',
    unit: 'GiB',
    words: 'index headers of young blocks and of those of 14 days of each resolution, whole 10 GiB',
    expression: '10 * ceil(streams * (youngBlocks + ceil(raw / 14) + ceil(fiveMinutes / 14) + ceil(oneHour / 14)) * mebibytesPerHeader / 1024 / 10)',
    // About 6 MB, up to 30 MB.
    inputs: { streams, youngBlocks: YOUNG_BLOCKS, raw, fiveMinutes, oneHour, mebibytesPerHeader: 30 },
    source: 'TH:components/store.md',
    confidence: Confidence.ESTIMATE,
  });
}

/** Pool of chunks and cache of index entries of a store gateway, and its memory: both, and as much again for queries in flight. */
export function storeMemory(): { chunkPool: Derivation; indexCache: Derivation; memory: Derivation } {
  const constant = (id: string, words: string, expression: string) => derived({ id: `monitoring/store-${id}`, unit: 'MiB', words, expression, source: 'TH:components/store.md' });
  const chunkPool = constant('chunk-pool', '2 GiB, upstream\'s default', '2048');
  const indexCache = constant('index-cache', '250 MiB, upstream\'s default', '250');
  const memory = derived({
    id: 'monitoring/store-memory',
    unit: 'MiB',
    words: 'pool and cache, and as much again for queries in flight',
    expression: '2 * (chunkPool + indexCache)',
    inputs: { chunkPool, indexCache },
    source: 'TH:components/store.md',
    confidence: Confidence.ESTIMATE,
  });
  return { chunkPool, indexCache, memory };
}

/**
 * Memory of a querier: 1 GiB and 1 KiB for each series of the cluster, so that one query over everything fits.
 *
 * | series | 1,063,900 | 5,366,500 | 21,706,500 |
 * | GiB    | 3         | 7         | 22         |
 */
export function queryMemory(all: Amount): Derivation {
  return derived({
    id: 'monitoring/query-memory',
    unit: 'GiB',
    words: '1 GiB, and 1 KiB for each series of the cluster',
    expression: '1 + ceil(series * kibibytesPerSeries / 1048576)',
    inputs: { series: all, kibibytesPerSeries: 1 },
    source: 'proposal',
    confidence: Confidence.ESTIMATE,
  });
}

/** Memory of the compactor: 10 GiB for a mid-size bucket. Source: TH:components. */
export function compactorMemory(): Derivation {
  return derived({
    id: 'monitoring/compactor-memory', unit: 'GiB', words: 'what upstream names for a mid-size bucket', expression: '10', source: 'TH:components/compact.md', confidence: Confidence.ESTIMATE,
  });
}

/**
 * Disk of the compactor: two weeks of one stream twice, the sources and the result; at least 100 GiB.
 *
 * | samples/s of a stream | 35,000 | 93,000 |
 * | GiB                   | 160    | 420    |
 *
 * Source: TH:components [TH:components/compact.md]: worst case two times two weeks.
 */
export function compactorDisk(samples: Amount): Derivation {
  return derived({
    id: 'monitoring/compactor-disk',
    unit: 'GiB',
    words: 'sources and result of two weeks of one stream, whole 10 GiB, at least 100',
    expression: 'max(100, 10 * ceil(2 * 14 * 86400 * samples * bytesPerSample / 1073741824 / 10))',
    inputs: { samples, bytesPerSample: BYTES_PER_SAMPLE },
    source: 'TH:components/compact.md',
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * Hours a day that the one compactor of a bucket works. Each day's samples of every stream are written five times: to blocks of 8 h, 2 d and
 * 14 d, and to two coarser resolutions. Above 24 it never catches up, and blocks pile up in the bucket without an error.
 *
 * | streams x samples/s | 4 x 93,000 | 16 x 97,000 |
 * | hours               | 1.8        | 7.5         |
 *
 * Source: TH:components/compact.md for the steps; 50 MB/s through one compactor are a proposal, to be measured.
 */
export function compactorHours(streams: Amount, samples: Amount): Derivation {
  return derived({
    id: 'monitoring/compactor-hours',
    unit: 'h/day',
    words: 'bytes of a day, written five times, at what one compactor gets through; to one digit',
    expression: 'ceil(10 * streams * samples * bytesPerSample * 86400 * rewrites / bytesPerSecond / 3600) / 10',
    inputs: { streams, samples, bytesPerSample: BYTES_PER_SAMPLE, rewrites: 5, bytesPerSecond: 50_000_000 },
    source: 'TH:components/compact.md; proposal',
    confidence: Confidence.ESTIMATE,
  });
}
