import { LOAD_FIGURES, LoadFigure, LoadFigureName } from './load-figures';
import { LoadProfile } from './load-profile';
import { MachineShape } from './machine-shape';
import { NodePool } from './node-pool';
import { Amount, Confidence, derived, Derivation, named, stated } from '../derivation/derivation';

/** The amounts from which everything else follows: machines, and the load on them. Each is a derivation, so that every number can be followed to the description. */
export interface Fleet {
  /** Worker nodes. */
  readonly nodes: Derivation;
  readonly controlPlaneMachines: Derivation;
  /** Cores of one control-plane machine. */
  readonly controlPlaneCores: Derivation;
  /** Memory of one control-plane machine in MiB. */
  readonly controlPlaneMemory: Derivation;
  /** Seconds between two renewals of a kubelet's lease. */
  readonly heartbeat: Derivation;
  /** Worker nodes and control-plane machines: everything that has a kubelet and an address. */
  readonly machines: Derivation;
  /** Cores of all worker nodes. */
  readonly workerCores: Derivation;
  /** Most pods that one node may run, over all pools. */
  readonly largestMaxPods: Derivation;
  readonly pods: Derivation;
  /** Pods that stand behind Services, counted once for each Service. */
  readonly endpoints: Derivation;
  readonly podsPerNode: Derivation;
  readonly services: Derivation;
  readonly servicesPerPod: Derivation;
  readonly largestService: Derivation;
  readonly namespaces: Derivation;
  readonly configMaps: Derivation;
  readonly secrets: Derivation;
  readonly customObjects: Derivation;
  readonly podBytes: Derivation;
  readonly nodeBytes: Derivation;
  readonly configMapBytes: Derivation;
  readonly secretBytes: Derivation;
  readonly customObjectBytes: Derivation;
  readonly podChurn: Derivation;
  readonly eventsPerPodChange: Derivation;
  readonly eventBytes: Derivation;
  readonly peakFactor: Derivation;
  readonly agentsPerNode: Derivation;
  readonly requestsPerAgent: Derivation;
  readonly logBytesPerPod: Derivation;
  readonly seriesPerPod: Derivation;
  readonly hpas: Derivation;
  readonly images: Derivation;
  readonly imageBytes: Derivation;
  readonly imagesPerNode: Derivation;
  readonly dnsQueriesPerPod: Derivation;
  readonly connectionsPerPod: Derivation;
}

/** What a fleet is made of. */
export interface FleetDescription {
  readonly pools: NodePool[];
  readonly controlPlaneMachines: number;
  readonly controlPlaneMachine: MachineShape;
  readonly load: LoadProfile;
  /** @default 10 */
  readonly heartbeatSeconds?: number;
}

/**
 * Amounts at the final size, or at another number of nodes with the same mix: totals of the profile shrink and grow with the nodes.
 *
 * @param atNodes instead of the final size: a stage of growth, or a question of what would break
 */
export function fleetOf(description: FleetDescription, atNodes?: number): Fleet {
  const { pools, load, controlPlaneMachine } = description;
  const finalNodes = derived({
    id: 'fleet/final-nodes',
    unit: 'nodes',
    words: 'sum of the pools at their final size',
    expression: pools.map((_, i) => `pool${i + 1}`).join(' + '),
    inputs: Object.fromEntries(pools.map((pool, i) => [`pool${i + 1}`, stated(`fleet/pools/${pool.name}/nodes`, pool.nodes, 'nodes', `nodes of pool ${pool.name}`)])),
    source: 'description',
    confidence: Confidence.GIVEN,
  });
  const nodes = atNodes === undefined || atNodes === finalNodes.value ? { ...finalNodes, id: 'fleet/nodes' } : stated('fleet/nodes', atNodes, 'nodes', `${atNodes} nodes in the mix of the final size`);
  const controlPlaneMachines = stated('fleet/control-plane-machines', description.controlPlaneMachines, 'machines', 'members of the control plane');
  const machines = derived({
    id: 'fleet/machines', unit: 'machines', words: 'worker nodes and control-plane machines', expression: 'nodes + controlPlaneMachines', inputs: { nodes, controlPlaneMachines }, source: 'description', confidence: Confidence.GIVEN,
  });
  const coresAtFinalSize = pools.reduce((sum, pool) => sum + pool.nodes * pool.machine.cpu, 0);

  const figure = (name: LoadFigureName, known: { [input: string]: Amount } = {}) => loadFigure(load, name, known, nodes, finalNodes);
  const podsPerNode = figure('podsPerNode');
  const pods = derived({ id: 'fleet/pods', unit: 'pods', words: 'nodes and their average', expression: 'ceil(nodes * podsPerNode)', inputs: { nodes, podsPerNode }, source: 'description' });
  const namespaces = figure('namespaces', { pods });
  const servicesPerPod = figure('servicesPerPod');
  return {
    nodes,
    controlPlaneMachines,
    controlPlaneCores: stated('fleet/control-plane-cores', controlPlaneMachine.cpu, 'cores', 'cores of one control-plane machine'),
    controlPlaneMemory: stated('fleet/control-plane-memory', controlPlaneMachine.memoryMebibytes, 'MiB', 'memory of one control-plane machine'),
    heartbeat: stated('fleet/heartbeat', description.heartbeatSeconds ?? 10, 's', 'heartbeat of controlPlane.nodeTimers'),
    machines,
    workerCores: derived({
      id: 'fleet/worker-cores',
      unit: 'cores',
      words: 'cores of all worker nodes',
      expression: 'ceil(finalCores * nodes / finalNodes)',
      inputs: { finalCores: coresAtFinalSize, nodes, finalNodes },
      source: 'description',
      confidence: Confidence.GIVEN,
    }),
    largestMaxPods: stated('fleet/largest-max-pods', Math.max(...pools.map(pool => pool.maxPods)), 'pods', 'largest maxPods of a pool'),
    pods,
    endpoints: derived({
      id: 'fleet/endpoints', unit: 'endpoints', words: 'pods, counted once for each Service that selects them', expression: 'ceil(pods * servicesPerPod)', inputs: { pods, servicesPerPod }, source: 'proposal', confidence: Confidence.ESTIMATE,
    }),
    podsPerNode,
    services: figure('services', { pods }),
    servicesPerPod,
    largestService: figure('largestService'),
    namespaces,
    configMaps: figure('configMaps', { namespaces }),
    secrets: figure('secrets', { namespaces }),
    customObjects: figure('customObjects', { pods }),
    podBytes: figure('podBytes'),
    nodeBytes: figure('nodeBytes'),
    configMapBytes: figure('configMapBytes'),
    secretBytes: figure('secretBytes'),
    customObjectBytes: figure('customObjectBytes'),
    podChurn: figure('podChurn', { pods }),
    eventsPerPodChange: figure('eventsPerPodChange'),
    eventBytes: figure('eventBytes'),
    peakFactor: figure('peakFactor'),
    agentsPerNode: figure('agentsPerNode'),
    requestsPerAgent: figure('requestsPerAgent'),
    logBytesPerPod: figure('logBytesPerPod'),
    seriesPerPod: figure('seriesPerPod'),
    hpas: figure('hpas', { pods }),
    images: figure('images', { pods }),
    imageBytes: figure('imageBytes'),
    imagesPerNode: figure('imagesPerNode', { podsPerNode }),
    dnsQueriesPerPod: figure('dnsQueriesPerPod'),
    connectionsPerPod: figure('connectionsPerPod'),
  };
}

/** The user's figure, else the preset's, else the default; a total is for the final size and follows the nodes. */
function loadFigure(load: LoadProfile, name: LoadFigureName, known: { [input: string]: Amount }, nodes: Derivation, finalNodes: Derivation): Derivation {
  const figure: LoadFigure = LOAD_FIGURES[name];
  const id = `load/${figure.id}`;
  const userValue = load._given(name);
  const presetValue = load._preset(name);
  if (userValue === undefined && presetValue === undefined) {
    const { unit, words, source, confidence } = figure;
    return derived({ id, unit, words, expression: figure.byDefault, inputs: known, source, confidence });
  }
  const value = userValue === undefined
    ? derived({ id, unit: figure.unit, words: `preset ${load.name}`, expression: String(presetValue), source: 'proposal', confidence: Confidence.ESTIMATE })
    : stated(id, userValue, figure.unit, `load.${name}`);
  if (!figure.total || nodes.value === finalNodes.value) { return value; }
  return derived({
    id,
    unit: figure.unit,
    words: `${value.words}, meant for the final size`,
    expression: 'total * nodes / finalNodes',
    inputs: { total: named(`${id}/final`, value), nodes, finalNodes },
    source: value.source,
    confidence: value.confidence,
  });
}
