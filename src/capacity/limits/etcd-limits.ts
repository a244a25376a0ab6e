import { derived } from '../../derivation/derivation';
import { LimitChange } from '../limit';
import { LimitContext, LimitRow, need } from './limit-row';

/** Rings of etcd: size against quota, writes against the class of disk. */
export function etcdLimits(context: LimitContext): LimitRow[] {
  const quota = context.find('etcd/quota-backend-bytes');
  const raise = (wanted: string) => `clean up objects that nobody needs, or raise etcd.quota so that ${wanted} stay below 60 % of it`;
  return [
    {
      id: 'etcd-quota-60',
      title: 'etcd: 60 % of the quota of the main ring',
      capacity: quota && derived({
        id: 'limit/etcd-quota-60/capacity', unit: 'bytes', words: 'share at which the alert fires and growth should stop', expression: 'floor(6 * quota / 10)', inputs: { quota }, source: 'proposal',
      }),
      use: ({ load }) => load.writes.mainSize,
      consequence: 'the alert on the size fires; a rollout or a burst of objects may now fill the ring',
      remedy: wanted => raise(need(wanted)),
      change: LimitChange.ROLLOUT,
    },
    {
      id: 'etcd-quota',
      title: 'etcd: quota of the main ring',
      capacity: quota,
      use: ({ load }) => load.writes.mainSize,
      consequence: 'etcd refuses every write: leases expire, all nodes count as lost, and deleting is refused as well',
      remedy: wanted => raise(need(wanted)),
      change: LimitChange.ROLLOUT,
    },
    {
      id: 'etcd-events-quota',
      title: 'etcd: quota of the events ring at the peak',
      capacity: context.find('etcd/events-quota-backend-bytes'),
      use: ({ load }) => load.writes.eventsSize,
      consequence: 'events are refused until old ones are compacted away; the rest of the cluster goes on',
      remedy: wanted => `keep events for a shorter time (apiServer.eventTtl), or give the events ring a quota above ${need(wanted)}`,
      change: LimitChange.ROLLOUT,
    },
    {
      id: 'etcd-write-rate',
      title: 'etcd: writes at the peak against the class of disk',
      capacity: quota && derived({
        id: 'limit/etcd-write-rate/capacity',
        unit: 'writes/s',
        words: 'sequential writes of the disk that the final size asks for',
        expression: 'iops',
        inputs: { iops: context.stage(context.cluster.nodes).load.writes.diskIops },
        source: 'ETCDW@v3.6 faq; ETCDW@v3.5 op-guide/hardware',
      }),
      use: ({ load }) => load.writes.peakRate,
      consequence: 'proposals wait for the disk, leaders change, and every request of the API server becomes slow',
      remedy: wanted => `disks that make ${need(wanted)} durable, one after another: local NVMe, 99 % of fsync below 10 ms`,
      change: LimitChange.ROLLOUT,
    },
  ];
}
