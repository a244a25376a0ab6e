import { Size } from 'cdk8s';
import { ComponentVersions, componentVersions } from './component-versions';
import { checkMembers, ControlPlaneMember } from './control-plane-member';
import { Fleet, fleetOf } from './fleet';
import { Gpu } from './gpu';
import { ImageRegistry } from './image-registry';
import { isIpAddress } from './ip-range';
import { KubernetesRelease } from './kubernetes-release';
import { LoadProfile } from './load-profile';
import { MachineShape } from './machine-shape';
import { NetworkPlan, NetworkPlanProps } from './network-plan';
import { NodePool } from './node-pool';
import { NodeTimers } from './node-timers';
import { Confidence } from '../derivation/derivation';
import { Problems } from '../input/problems';
import { dnsLabelProblem, dnsNameProblem, quoted } from '../input/text-safety';

/** The machines that run the control plane. */
export interface ControlPlaneProps {
  /** `host:port` of the load balancer in front of the API servers; it must not depend on cluster DNS or Services. */
  readonly endpoint: string;

  /** Machines that run kube-apiserver, controller manager and scheduler; an empty list with `managedBy`. */
  readonly members: ControlPlaneMember[];

  /**
   * Service that runs the control plane, such as `EKS`. No machine, flag or file of it is yours then: none is written, and rules and limits
   * that are about it do not apply.
   *
   * @default - the members run it
   */
  readonly managedBy?: string;

  /**
   * Shape of these machines; seats and reservations follow it.
   *
   * @default - follows the number of nodes: 8 to 64 cores, 4 GiB each, at least 48 GiB
   */
  readonly machine?: MachineShape;

  /**
   * How soon a silent node counts as lost: one profile for kubelets, controller manager and API server.
   *
   * @default NodeTimers.standard()
   */
  readonly nodeTimers?: NodeTimers;
}

/** The description of a cluster: what is true of it, before any component is configured. */
export interface ClusterFactsProps {
  /** Name of the cluster: DNS label, used in tokens, external labels and file names. */
  readonly name: string;

  /**
   * Kubernetes release of the control plane.
   *
   * @default - the newest supported release
   */
  readonly release?: KubernetesRelease;

  /**
   * Ranges of pods, Services and machines; what is left out is proposed from the final size.
   *
   * @default - all proposed, one family
   */
  readonly network?: NetworkPlanProps;

  readonly controlPlane: ControlPlaneProps;

  readonly pools: NodePool[];

  /**
   * What runs on the cluster: pods per node, Services, churn, log volume, and more. Sizes of API server, etcd, monitoring and logging follow it.
   *
   * @default - `LoadProfile.of()`: 30 pods per node, everything else from the fleet
   */
  readonly load?: LoadProfile;

  /**
   * Where images come from.
   *
   * @default - upstream's registries
   */
  readonly imageRegistry?: ImageRegistry;
}

/** What is true of a cluster. Immutable; every component reads it, none changes it. */
export class ClusterFacts {
  public static of(props: ClusterFactsProps): ClusterFacts {
    return new ClusterFacts(props);
  }

  /**
   * The documented default of a construct that is used alone: one pool of 1,000 general nodes (16 cores, 64 GiB), three control-plane
   * machines, private ranges sized for it. One instance: two constructs of one app that name no cluster belong together.
   */
  public static thousandNodes(): ClusterFacts {
    return ClusterFacts.example ??= new ClusterFacts({
      name: 'thousand-node',
      network: { podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20' },
      controlPlane: {
        endpoint: 'api.thousand-node.example.com:6443',
        members: ['a', 'b', 'c'].map((zone, i) => ({ name: `control-plane-${i + 1}`, address: `172.16.0.${11 + i}`, zone })),
      },
      pools: [NodePool.of('general', { nodes: 1000, machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) }) })],
    });
  }

  private static example?: ClusterFacts;

  public readonly name: string;
  public readonly release: KubernetesRelease;
  public readonly versions: ComponentVersions;
  public readonly network: NetworkPlan;
  public readonly controlPlaneMembers: ControlPlaneMember[];
  /** Service that runs the control plane. Undefined: machines of this description do. */
  public readonly controlPlaneManagedBy?: string;
  /** How soon a silent node counts as lost. */
  public readonly nodeTimers: NodeTimers;
  /** Host part of the API endpoint: DNS name or address. */
  public readonly apiHost: string;
  public readonly apiPort: number;
  public readonly controlPlaneMachine: MachineShape;
  public readonly pools: NodePool[];
  /** Planned final number of worker nodes. */
  public readonly nodes: number;
  /** Worker nodes that exist now. */
  public readonly nodesToday: number;
  /** Planned pods. */
  public readonly pods: number;
  /** Planned Services. */
  public readonly services: number;
  public readonly imageRegistry: ImageRegistry;
  /** The load that the cluster is planned for. */
  public readonly load: LoadProfile;
  /** Machines and load at the final size, each amount with its derivation. */
  public readonly fleet: Fleet;

  private constructor(props: ClusterFactsProps) {
    const problems = new Problems(`cluster ${quoted(props.name)}`);
    problems.add(dnsLabelProblem('name', props.name));
    problems.require(props.pools.length > 0, 'pools must name at least one NodePool');
    const names = props.pools.map(pool => pool.name);
    for (const name of new Set(names.filter((n, i) => names.indexOf(n) !== i))) {
      problems.add(`pools: the name '${name}' is used twice; pool names must differ`);
    }
    const { host, port } = splitEndpoint(props.controlPlane.endpoint, problems);
    const members = props.controlPlane.members;
    for (const problem of ownerProblems(props.controlPlane)) { problems.add(problem); }
    checkMembers('controlPlane.members', members, problems);
    this.release = props.release ?? KubernetesRelease.newest();
    for (const pool of props.pools) { problems.add(skewProblem(pool, this.release)); }
    this.nodes = props.pools.reduce((sum, pool) => sum + pool.nodes, 0);
    this.nodesToday = props.pools.reduce((sum, pool) => sum + pool.nodesToday, 0);
    this.controlPlaneMembers = members.map(member => ({ ...member }));
    this.controlPlaneManagedBy = props.controlPlane.managedBy;
    this.nodeTimers = props.controlPlane.nodeTimers ?? NodeTimers.standard();
    this.controlPlaneMachine = props.controlPlane.machine ?? defaultControlPlaneMachine(this.nodes);
    this.pools = [...props.pools];
    this.load = props.load ?? LoadProfile.of();
    problems.throwIfAny();
    this.fleet = this.fleetAt();
    this.pods = this.fleet.pods.value;
    this.services = this.fleet.services.value;
    const demand = { clusterName: props.name, pools: this.pools, members: this.controlPlaneMembers, services: this.services };
    this.network = NetworkPlan.propose(demand, props.network);
    for (const problem of [...memberAddressProblems(this.network, members), ...this.network.sizeProblems(demand)]) { problems.add(problem); }
    problems.add(churnProblem(this.fleet));
    problems.add(largestServiceProblem(this.fleet));
    problems.throwIfAny();

    this.name = props.name;
    this.versions = componentVersions(this.release);
    this.apiHost = host;
    this.apiPort = port;
    this.imageRegistry = props.imageRegistry ?? ImageRegistry.upstream();
  }

  /**
   * Machines and load at another number of nodes with the same mix of pools: a stage of growth, or a question of what would break.
   *
   * @param nodes worker nodes; the final size when left out
   */
  public fleetAt(nodes?: number): Fleet {
    const { pools, controlPlaneMachine, load, nodeTimers: { heartbeatSeconds } } = this;
    return fleetOf({ pools, controlPlaneMachines: this.controlPlaneMembers.length, controlPlaneMachine, load, heartbeatSeconds }, nodes);
  }

  /** `https://host:port` of the load balancer in front of the API servers. */
  public get apiServerUrl(): string {
    return `https://${this.apiHost.includes(':') ? `[${this.apiHost}]` : this.apiHost}:${this.apiPort}`;
  }

  /** Kubernetes release of a pool's kubelets. */
  public releaseOf(pool: NodePool): KubernetesRelease {
    return pool.release ?? this.release;
  }

  /** Pools with accelerators. */
  public get gpuPools(): NodePool[] {
    return this.pools.filter(pool => pool.gpu instanceof Gpu);
  }
}

/** Either machines of this description run the control plane, or a service does. */
function ownerProblems({ members, machine, managedBy, nodeTimers }: ControlPlaneProps): string[] {
  if (managedBy === undefined) { return members.length > 0 ? [] : ['controlPlane.members must name at least one machine, or controlPlane.managedBy the service that runs the control plane']; }
  return [
    ...(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,62}$/.test(managedBy) ? [] : [`controlPlane.managedBy must be the name of a service such as EKS, got ${quoted(managedBy)}`]),
    ...(members.length === 0 ? [] : [`controlPlane.members: ${managedBy} runs the control plane and tells nobody of its machines; leave the list empty, or leave managedBy out`]),
    ...(machine === undefined ? [] : [`controlPlane.machine: ${managedBy} chooses the machines of the control plane; leave it out, or leave managedBy out`]),
    ...(nodeTimers === undefined ? [] : [`controlPlane.nodeTimers: ${managedBy} decides when a node is lost; leave it out, or leave managedBy out`]),
  ];
}

/** Machines outside the ranges that everything else counts with, and second addresses that nothing would use. */
function memberAddressProblems(network: NetworkPlan, members: ControlPlaneMember[]): string[] {
  return members.flatMap(({ name, address, secondaryAddress }) => {
    const found = network.hasNodeAddress(address) ? [] : [`controlPlane.members: address ${address} of '${name}' lies outside network.nodeCidr ${network.nodeCidr}`];
    if (found.length === 0 && address.includes(':') !== (network.family === 6)) {
      found.push(`controlPlane.members: address ${address} of '${name}' must be IPv${network.family} like network.nodeCidr ${network.nodeCidr}; the other one is its secondaryAddress`);
    }
    if (secondaryAddress !== undefined && !network.dualStack) {
      found.push(`controlPlane.members: secondaryAddress ${secondaryAddress} of '${name}' is used with dual stack only; set network.dualStack, or leave it out`);
    } else if (secondaryAddress !== undefined && (!network.hasNodeAddress(secondaryAddress) || secondaryAddress.includes(':') === (network.family === 6))) {
      found.push(`controlPlane.members: secondaryAddress ${secondaryAddress} of '${name}' lies outside network.secondaryNodeCidr ${network.secondaryNodeCidr}`);
    }
    return found;
  });
}

/** A pod needs 5 s to start and as long to stop (objective for a stateless pod; the second half is a proposal): nobody replaces all pods faster. */
const SHORTEST_LIFE_SECONDS = 10;

function churnProblem({ podChurn, pods }: Fleet): string | undefined {
  const most = pods.value / SHORTEST_LIFE_SECONDS;
  if (podChurn.value <= most) { return undefined; }
  return `load.podChurn ${podChurn.value}/s would replace all ${pods.value} pods every ${(pods.value / podChurn.value).toPrecision(2)} s, and a pod lives ${SHORTEST_LIFE_SECONDS} s at least; `
    + `use at most ${most}/s, or plan at least ${Math.ceil(podChurn.value * SHORTEST_LIFE_SECONDS)} pods`;
}

function largestServiceProblem({ largestService, pods }: Fleet): string | undefined {
  if (largestService.confidence !== Confidence.GIVEN || largestService.value <= pods.value) { return undefined; }
  return `load.largestService has ${largestService.value} endpoints, but the cluster has ${pods.value} pods; use at most ${pods.value}, or raise load.podsPerNode`;
}

function splitEndpoint(endpoint: string, problems: Problems): { host: string; port: number } {
  const match = typeof endpoint === 'string' ? /^(?:\[([0-9a-fA-F:]+)\]|([^:\s]+)):(\d{1,5})$/.exec(endpoint) : null;
  const host = match?.[1] ?? match?.[2] ?? '';
  const port = Number(match?.[3]);
  if (!match || port < 1 || port > 65535 || (!isIpAddress(host) && dnsNameProblem('', host) !== undefined)) {
    problems.add(`controlPlane.endpoint must be host:port of the load balancer in front of the API servers, got ${quoted(endpoint)}`);
  }
  return { host, port };
}

/** Kubelets may lag two minors up to 1.27 and three from 1.28 on, and never lead. Source: version skew policy, KEP-3935. */
function skewProblem(pool: NodePool, controlPlane: KubernetesRelease): string | undefined {
  if (!pool.release) { return undefined; }
  const allowed = controlPlane.minor >= 28 ? 3 : 2;
  const lag = controlPlane.minor - pool.release.minor;
  if (lag >= 0 && lag <= allowed) { return undefined; }
  return `pool '${pool.name}': release ${pool.release} must be the control plane's ${controlPlane} or at most ${allowed} minors older`;
}

/**
 * Control-plane machine by number of nodes.
 *
 * | nodes  | to 250 | 500    | 1,000 to 3,000 | 5,000   |
 * | cores  | 8      | 16     | 32             | 64      |
 * | memory | 48 GiB | 64 GiB | 128 GiB        | 256 GiB |
 *
 * Source: kubernetes/kubernetes cluster/gce/config-common.sh for the cores from 101 nodes on (4 below, but here both etcd rings and every agent run
 * on the same machine); 4 GiB per core and at least 48 GiB are a proposal: what the static pods, the agents and the kubelet ask for together.
 */
function defaultControlPlaneMachine(nodes: number): MachineShape {
  const cores = nodes <= 250 ? 8 : nodes <= 500 ? 16 : nodes <= 3000 ? 32 : 64;
  return MachineShape.of({ cpu: cores, memory: Size.gibibytes(Math.max(48, 4 * cores)) });
}
