import { poolNodes } from './pool-amounts';
import { NodePool } from '../cluster/node-pool';
import { Confidence, derived, Derivation, stated } from '../derivation/derivation';

/** Cards of one machine of a pool. */
export function poolCards(pool: NodePool): Derivation {
  return stated(`fleet/pools/${pool.name}/cards`, pool.gpu?.count ?? 0, 'cards', `cards of one machine of pool ${pool.name}`);
}

/**
 * Cards that the nodes of a pool report together: with sharing each counts once for every pod that may use it.
 *
 * | nodes, cards, pods per card | 32, 4, 1 | 32, 4, 10 |
 * | reported                    | 128      | 1,280     |
 *
 * Source: NVIDIA/k8s-device-plugin README.md@v0.20.0, "Shared Access to GPUs".
 */
export function reportedCards(pool: NodePool): Derivation {
  return derived({
    id: `gpu/${pool.name}/reported-cards`,
    unit: 'cards',
    words: 'cards of all nodes, once for every pod that may use one',
    expression: 'nodes * cards * podsPerCard',
    inputs: { nodes: poolNodes(pool), cards: poolCards(pool), podsPerCard: pool.gpu?.sharing?.replicas ?? 1 },
    source: 'NVIDIA/k8s-device-plugin README.md@v0.20.0',
  });
}

/** What one agent of a GPU node asks for. */
export interface GpuAgentResources {
  /** Millicores. */
  readonly cpu: Derivation;
  /** MiB, request and limit. */
  readonly memory: Derivation;
}

/** The device plugin: a Go process that talks to the driver. It publishes nothing of its own use; measure `container_memory_working_set_bytes`. */
export function devicePluginResources(): GpuAgentResources {
  return agent('device-plugin', 50, 128, 'proposal', Confidence.ESTIMATE);
}

/** The MPS control daemon and the CUDA server it starts for each card. */
export function mpsResources(): GpuAgentResources {
  return agent('mps-control-daemon', 50, 512, 'proposal', Confidence.ESTIMATE);
}

/** The exporter of the cards' metrics, with the limit that upstream's manifest has: its request of 128 MiB is less than it may use. */
export function dcgmExporterResources(): GpuAgentResources {
  return agent('dcgm-exporter', 100, 256, 'NVIDIA/dcgm-exporter dcgm-exporter.yaml@4.8.2', Confidence.UPSTREAM);
}

/**
 * Series of one node's exporter: its default list has 25 counters; each is a series per card, and per pod that has one.
 *
 * | cards  | 1   | 4   | 8   |
 * | series | 125 | 200 | 300 |
 *
 * Source: NVIDIA/dcgm-exporter etc/default-counters.csv; 100 for the Go runtime is an estimate.
 */
export function dcgmSeries(pool: NodePool): Derivation {
  return derived({
    id: `gpu/${pool.name}/dcgm-series`,
    unit: 'series',
    words: '25 counters a card, and the exporter itself',
    expression: '25 * cards + 100',
    inputs: { cards: poolCards(pool) },
    source: 'NVIDIA/dcgm-exporter etc/default-counters.csv@4.8.2',
    confidence: Confidence.ESTIMATE,
  });
}

function agent(name: string, cpu: number, memory: number, source: string, confidence: Confidence): GpuAgentResources {
  return {
    cpu: derived({ id: `gpu/${name}-cpu`, unit: 'millicores', words: `${cpu} on every node with cards`, expression: String(cpu), source, confidence }),
    memory: derived({ id: `gpu/${name}-memory`, unit: 'MiB', words: `${memory} on every node with cards`, expression: String(memory), source, confidence }),
  };
}
