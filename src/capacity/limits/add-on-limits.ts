import { Confidence, derived } from '../../derivation/derivation';
import { dnsMemory } from '../dns-memory-capacity';
import { metricsServerMemory } from '../hpa-capacity';
import { LimitChange } from '../limit';
import { nodeLogRate } from '../log-file-capacity';
import { BYTES_PER_SERIES } from '../series-capacity';
import { bound, LimitContext, LimitRow, need } from './limit-row';

/** Memory and buffers of add-ons, bounds of the node autoscaler. */
export function addOnLimits(context: LimitContext): LimitRow[] {
  const autoscaler = context.find('autoscaler/max-nodes-total');
  const find = (id: string) => context.find(id);
  const [perShard, rate, outage] = [find('monitoring/series-per-shard'), find('logging/log-rate'), find('logging/receiver-outage')];
  const finalNodes = context.cluster.fleet.nodes;
  return [
    {
      id: 'prometheus-memory',
      title: 'Prometheus: memory of the fullest shard',
      capacity: perShard && gibibytes('prometheus-memory', find('monitoring/prometheus-memory')),
      use: ({ fleet: { nodes } }) => derived({
        id: 'monitoring/shard-bytes',
        unit: 'bytes',
        words: 'series of the fullest shard, growing with the nodes',
        expression: 'ceil(series * nodes / finalNodes) * bytesPerSeries',
        inputs: { series: perShard!, nodes, finalNodes, bytesPerSeries: BYTES_PER_SERIES },
        source: 'CL2 pkg/prometheus/manifests; PROM@v3.14.0:storage',
        confidence: Confidence.ESTIMATE,
      }),
      consequence: 'the shard outgrows its request and is killed when its node is short of memory; it then replays its log for minutes without alerts',
      remedy: wanted => `more shards: ${Math.ceil(wanted.value / (find('monitoring/prometheus-memory')!.value * 1024 ** 3) * find('monitoring/shards')!.value)} of this size hold one and a half times the nodes`,
      change: LimitChange.ROLLOUT,
    },
    {
      id: 'core-dns-memory',
      title: 'CoreDNS: memory limit',
      capacity: mebibytes('core-dns-memory', find('dns/memory-limit')),
      use: ({ fleet: { pods, services } }) => bytes('core-dns-memory', dnsMemory(pods, services, find('dns/watched-pods') !== undefined), 1_000_000),
      consequence: 'CoreDNS is killed and lists all Services again; without a cache on the node its clients wait',
      remedy: wanted => `a memory limit of twice ${need(wanted)}`,
      change: LimitChange.ONLINE,
    },
    {
      id: 'metrics-server-memory',
      title: 'metrics-server: memory limit',
      capacity: mebibytes('metrics-server-memory', find('metrics-server/memory-limit')),
      use: ({ fleet: { machines } }) => bytes('metrics-server-memory', metricsServerMemory(machines), 1024 ** 2),
      consequence: 'metrics-server is killed in a loop, and every HPA on CPU or memory stands still',
      remedy: wanted => `a memory limit of ${need(wanted)}; replicas do not share the load`,
      change: LimitChange.ONLINE,
    },
    {
      id: 'autoscaler-memory',
      title: 'node autoscaler: memory limit',
      capacity: mebibytes('autoscaler-memory', find('autoscaler/memory')),
      use: ({ fleet: { nodes } }) => derived({
        id: 'autoscaler/memory-used', unit: 'bytes', words: '1 GiB and 4 MiB for each node', expression: '(1024 + 4 * nodes) * 1048576', inputs: { nodes }, source: 'kubernetes/autoscaler#7873', confidence: Confidence.ESTIMATE,
      }),
      consequence: 'the autoscaler is killed in the middle of a step of growth',
      remedy: wanted => `memory of ${need(wanted)} for the autoscaler`,
      change: LimitChange.ONLINE,
    },
    {
      id: 'autoscaler-max-nodes',
      title: 'node autoscaler: --max-nodes-total',
      capacity: autoscaler,
      use: ({ fleet: { machines } }) => derived({
        id: 'autoscaler/counted-nodes', unit: 'nodes', words: 'every node object counts, those of the control plane included', expression: 'machines', inputs: { machines }, source: 'CA@36:core/static_autoscaler.go',
      }),
      consequence: 'the autoscaler adds no node, whatever is pending, and says so in its log only',
      remedy: wanted => `raise the pools' nodes, from which it follows, or autoscaling.maxNodesTotal to ${need(wanted)}`,
      change: LimitChange.ONLINE,
    },
    {
      id: 'autoscaler-tested',
      title: 'node autoscaler: nodes that upstream tested it with',
      capacity: autoscaler && bound('autoscaler-tested', 1000, 'nodes', 'scale of upstream\'s test', 'CA HEAD:proposals/scalability_tests.md'),
      use: ({ fleet: { nodes } }) => nodes,
      consequence: 'a look at the cluster takes longer than the 10 s that upstream aims at; growth is slower, not wrong',
      remedy: () => 'keep the pause between looks above the time of a look (autoscaling.scanInterval), avoid pod affinity, or divide the pools between two autoscalers',
      change: LimitChange.ONLINE,
    },
    {
      id: 'log-buffer',
      title: 'log agent: buffer of a busy node during an outage of the receiver',
      capacity: rate && outage && find('logging/buffer-limit'),
      // A rate that the user measured holds for a node of today's density and does not follow the load profile.
      use: ({ fleet }) => derived({
        id: 'logging/buffer-used',
        unit: 'bytes',
        words: 'rate of a busy node, outage, and half as much again for metadata',
        expression: 'rate * outage * metadata',
        inputs: { rate: rate!.confidence === Confidence.GIVEN ? rate! : nodeLogRate(fleet), outage: outage!, metadata: 1.5 },
        source: 'FB:pipeline/buffering.md',
        confidence: Confidence.ESTIMATE,
      }),
      consequence: 'the oldest records of the node are dropped',
      remedy: wanted => `a buffer of ${need(wanted)} on every node (logging.bufferLimit), or a receiver that comes back sooner`,
      change: LimitChange.ROLLOUT,
    },
  ];
}

function mebibytes(id: string, value: LimitRow['capacity']): LimitRow['capacity'] {
  return value && derived({ id: `limit/${id}/capacity`, unit: 'bytes', words: value.words, expression: 'mebibytes * 1048576', inputs: { mebibytes: value }, source: value.source, confidence: value.confidence });
}

function gibibytes(id: string, value: LimitRow['capacity']): LimitRow['capacity'] {
  return value && derived({ id: `limit/${id}/capacity`, unit: 'bytes', words: value.words, expression: 'gibibytes * 1073741824', inputs: { gibibytes: value }, source: value.source, confidence: value.confidence });
}

function bytes(id: string, value: NonNullable<LimitRow['capacity']>, each: number): NonNullable<LimitRow['capacity']> {
  return derived({ id: `limit/${id}/used`, unit: 'bytes', words: value.words, expression: 'amount * each', inputs: { amount: value, each }, source: value.source, confidence: value.confidence });
}
