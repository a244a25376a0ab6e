import { Confidence, derived, Derivation } from '../derivation/derivation';
import { BYTES_PER_SAMPLE } from './prometheus-capacity';

const KIB = 1024;
const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const DAY = 24 * 3600;

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
  const days = (id: string, value: number) => derived({
    id: `monitoring/retention-${id}`, value, unit: 'days', formula: String(value), source: 'TH:components/compact.md', confidence: Confidence.ESTIMATE,
  });
  return { raw: days('raw', 30), fiveMinutes: days('5m', 90), oneHour: days('1h', 365) };
}

/** Days that data of a resolution must live so that the next one can be made of it. */
export const MIN_RETENTION_DAYS = { raw: 2, fiveMinutes: 11 } as const;

/** Streams of blocks: each Prometheus and each ruler uploads its own. */
export function blockStreams(shardCount: Derivation, replicas: number, rulers: number): Derivation {
  return derived({
    id: 'monitoring/block-streams',
    value: shardCount.value * replicas + rulers,
    unit: 'streams',
    formula: `${shardCount.value} shards x ${replicas} replicas + ${rulers} rulers`,
    source: 'TH:components/sidecar.md',
    from: [shardCount],
  });
}

/** Local disk of an index header. Source: TH:components: about 6 MB, up to 30 MB. */
const INDEX_HEADER_BYTES = 30 * MIB;

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
export function storeDisk(streams: Derivation, retention: RetentionDays): Derivation {
  const blocks = YOUNG_BLOCKS + [retention.raw, retention.fiveMinutes, retention.oneHour].reduce((total, days) => total + Math.ceil(days.value / 14), 0);
  const value = 10 * Math.ceil(streams.value * blocks * INDEX_HEADER_BYTES / GIB / 10);
  return derived({
    id: 'monitoring/store-disk',
    value,
    unit: 'GiB',
    formula: `${streams.value} streams x ${blocks} blocks x 30 MiB, in steps of 10`,
    source: 'TH:components/store.md',
    confidence: Confidence.ESTIMATE,
    from: [streams, retention.raw, retention.fiveMinutes, retention.oneHour],
  });
}

/** Pool of chunks and cache of index entries of a store gateway, and its memory: both, and as much again for queries in flight. */
export function storeMemory(): { chunkPool: Derivation; indexCache: Derivation; memory: Derivation } {
  const size = (id: string, value: number, formula: string, from: Derivation[] = []) => derived({
    id: `monitoring/store-${id}`, value, unit: 'MiB', formula, source: 'TH:components/store.md', confidence: from.length === 0 ? Confidence.UPSTREAM : Confidence.ESTIMATE, from,
  });
  const chunkPool = size('chunk-pool', 2048, '2 GiB, upstream default');
  const indexCache = size('index-cache', 250, '250 MiB, upstream default');
  return { chunkPool, indexCache, memory: size('memory', 2 * (2048 + 250), '2 x (2048 + 250)', [chunkPool, indexCache]) };
}

/**
 * Memory of a querier: 1 GiB and 1 KiB for each series of the cluster, so that one query over everything fits.
 *
 * | series | 1,063,900 | 5,366,500 | 21,706,500 |
 * | GiB    | 3         | 7         | 22         |
 */
export function queryMemory(all: Derivation): Derivation {
  return derived({
    id: 'monitoring/query-memory',
    value: 1 + Math.ceil(all.value * KIB / GIB),
    unit: 'GiB',
    formula: `1 + ceil(${all.value} series x 1 KiB)`,
    source: 'proposal',
    confidence: Confidence.ESTIMATE,
    from: [all],
  });
}

/** Memory of the compactor: 10 GiB for a mid-size bucket. Source: TH:components. */
export function compactorMemory(): Derivation {
  return derived({ id: 'monitoring/compactor-memory', value: 10, unit: 'GiB', formula: '10', source: 'TH:components/compact.md', confidence: Confidence.ESTIMATE });
}

/**
 * Disk of the compactor: two weeks of one stream twice, the sources and the result; at least 100 GiB.
 *
 * | samples/s of a stream | 35,000 | 93,000 |
 * | GiB                   | 160    | 420    |
 *
 * Source: TH:components [TH:components/compact.md]: worst case two times two weeks.
 */
export function compactorDisk(samples: Derivation): Derivation {
  const bytes = 2 * 14 * DAY * samples.value * BYTES_PER_SAMPLE;
  return derived({
    id: 'monitoring/compactor-disk',
    value: Math.max(100, 10 * Math.ceil(bytes / GIB / 10)),
    unit: 'GiB',
    formula: `max(100, 2 x 14 d x ${samples.value} samples/s x 2 B)`,
    source: 'TH:components/compact.md',
    confidence: Confidence.ESTIMATE,
    from: [samples],
  });
}
