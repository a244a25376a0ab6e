import { App, Chart, Testing } from 'cdk8s';
import { BlockSimulation, Day, DayFigures, simulate } from './block-simulation';
import { facts } from './descriptions';
import { CalicoEbpf } from '../../../src';
import { blockAddresses } from '../../../src/capacity/calico-capacity';
import { ClusterFacts } from '../../../src/cluster/cluster-facts';
import { IpRange } from '../../../src/cluster/ip-range';
import { Check, failed, Outcome, passed } from '../../check';
import { Figure } from '../../results';
import { Scene } from '../../scene';

const CHURN = 20;
const DAY_SECONDS = 24 * 3600;
const MOST_BORROWED = 0.01;

/** Pool and block size as the Installation has them. */
function poolOf(cluster: ClusterFacts): { readonly blocks: number; readonly blockSize: number; readonly tunnels: boolean } {
  const chart = new Chart(new App(), 'network');
  new CalicoEbpf(chart, 'calico', { cluster });
  const [pool] = Testing.synth(chart).find((object: any) => object.kind === 'Installation').spec.calicoNetwork.ipPools;
  const blockSize = blockAddresses(pool.cidr, pool.blockSize);
  return { blocks: IpRange.parse('pool', pool.cidr).size / blockSize, blockSize, tunnels: pool.encapsulation.startsWith('VXLAN') };
}

/** A day, or an hour of it in the short form: pods at the planned number, or as many as kubelets admit. */
function dayOf(cluster: ClusterFacts, full: boolean, seconds: number): Day {
  const { maxPods } = cluster.pools[0];
  const nodes = cluster.fleet.machines.value;
  return {
    nodes,
    maxPods,
    pods: full ? Math.floor(nodes * maxPods * 0.98) : cluster.pods,
    churnPerSecond: CHURN,
    seconds,
    // Pods that end keep their address for half a minute while they terminate; the kubelet counts them until then, and some plugins longer.
    releaseWithin: 30,
    replacedNodes: Math.round(nodes / 20 * seconds / DAY_SECONDS),
  };
}

function run(cluster: ClusterFacts, full: boolean, seconds: number, pool = poolOf(cluster)): DayFigures {
  const day = dayOf(cluster, full, seconds);
  return simulate(day, new BlockSimulation(pool.blocks, pool.blockSize, day.nodes, false, 20_261_128), pool.tunnels);
}

function judged(figures: DayFigures, blocks: number, prefix: string): { holds: boolean; figures: { [name: string]: Figure } } {
  return {
    holds: figures.failures === 0 && figures.borrowedShare < MOST_BORROWED,
    figures: {
      [`${prefix} addresses`]: { value: figures.assigned, unit: 'given' },
      [`${prefix} without address`]: { value: figures.failures, unit: 'pods', goal: '0', met: figures.failures === 0 },
      [`${prefix} borrowed`]: { value: Math.round(figures.borrowedShare * 1e6) / 1e4, unit: '%', goal: '< 1', met: figures.borrowedShare < MOST_BORROWED },
      [`${prefix} blocks at most`]: { value: figures.mostBlocks, unit: `of ${blocks}` },
    },
  };
}

/** Sizes with their pools, and the largest fleet that the construct takes for a /14: 2,048 machines with two of its 4,096 blocks each. */
function cases(scene: Scene): Array<{ readonly name: string; readonly cluster: ClusterFacts; readonly full: boolean }> {
  return [
    ...(scene.extent.ci ? [1200] : [1200, 5000]).flatMap(nodes => [
      { name: `${nodes} nodes`, cluster: facts(nodes, { podsPerNode: 30 }), full: false }, { name: `${nodes} nodes filled`, cluster: facts(nodes), full: true },
    ]),
    { name: 'last block of a /14', cluster: facts(2045, { podCidr: '10.0.0.0/14' }), full: true },
  ];
}

export const blockChecks: Check[] = [{
  id: 'blocks-hold-a-day-of-churn',
  drill: '4',
  judge: 'library',
  component: 'simulation of IPAM',
  run: async scene => {
    const seconds = scene.extent.ci ? 3600 : DAY_SECONDS;
    const found: Array<ReturnType<typeof judged>> = [];
    for (const { name, cluster, full } of cases(scene)) {
      const pool = poolOf(cluster);
      found.push(judged(run(cluster, full, seconds, pool), pool.blocks, name));
    }
    const figures = Object.assign({}, ...found.map(one => one.figures));
    return found.every(one => one.holds) ? passed(`${CHURN} pods/s over ${seconds / 3600} h, a twentieth of the nodes replaced each day`, figures) : failed('pods without address or too many borrowed', figures);
  },
}];

/** Too few blocks for the nodes: what the check would see where the pool was planned too small. */
export const blockNegatives: Check[] = [
  {
    id: 'small-pool-borrows',
    drill: 'N4',
    judge: 'library',
    component: 'simulation of IPAM',
    run: async (): Promise<Outcome> => {
      const cluster = facts(1200);
      const pool = poolOf(cluster);
      // A block and a half for each node, where it claims two.
      const figures = run(cluster, true, 600, { ...pool, blocks: Math.floor(cluster.nodes * 1.5) });
      return figures.borrowedShare >= MOST_BORROWED ? passed(`${Math.round(figures.borrowedShare * 100)} % are borrowed`) : failed(`${figures.borrowedShare} borrowed`);
    },
  },
  {
    id: 'tiny-pool-leaves-pods-without-address',
    drill: 'N4',
    judge: 'library',
    component: 'simulation of IPAM',
    run: async (): Promise<Outcome> => {
      // A /20 for 200 nodes: not even a block for each.
      const cluster = facts(200);
      const figures = run(cluster, true, 60, { ...poolOf(cluster), blocks: 64 });
      return figures.failures > 0 ? passed(`${figures.failures} pods have none in 64 blocks`) : failed('every pod has an address');
    },
  },
];
