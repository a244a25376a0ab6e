import { Duration, Size, SizeRoundingBehavior } from 'cdk8s';
import { LogOutput } from './log-output';
import {
  agentCpu, agentMemoryLimit, agentMemoryRequest, answerBuffer, backlogMemory, chunksInMemory, containersPerNode, discoveryDelay, flushGrace,
  flushInterval, longestLine, metadataCacheTtl, outputWorkers, readBuffer, rotateWait, terminationGrace,
} from '../../capacity/log-agent-capacity';
import { nodeLogRate } from '../../capacity/log-file-capacity';
import { bufferLimit, bufferTime, dailyVolume, receiverConnections, receiverOutage, retryLimit, rotationWindow } from '../../capacity/logging-capacity';
import { nodeAgentMaxUnavailable } from '../../capacity/node-agent-rollout';
import { KUBELET_NODES_PODS } from '../../catalogue/kubelet-authorization';
import { inRange } from '../../catalogue/version-range';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { LogStream } from '../../contracts/contributions';
import { Derivation, given } from '../../derivation/derivation';
import { numberProblem } from '../../input/numbers';
import { Problems } from '../../input/problems';
import { dnsLabelProblem, quoted } from '../../input/text-safety';

/** What the user may say about logging; the public struct is `FluentBitLoggingProps`. */
export interface LoggingInput {
  readonly output: LogOutput;
  readonly logStreams?: LogStream[];
  readonly systemdUnits?: string[];
  readonly logRate?: Size;
  readonly receiverOutage?: Duration;
  readonly bufferLimit?: Size;
}

/** Files beside those of containers. */
export interface FileStream {
  readonly name: string;
  readonly path: string;
  readonly json: boolean;
}

/** Resolved settings. */
export interface LoggingSettings {
  readonly version: string;
  readonly output: LogOutput;
  readonly files: FileStream[];
  readonly systemdUnits: string[];
  /** Whether every kubelet of the cluster checks `nodes/pods`. */
  readonly fineGrainedKubelets: boolean;
  /** Machines with an agent. */
  readonly agents: number;
  readonly bufferLimit: Derivation;
  readonly chunksInMemory: Derivation;
  readonly backlogMemory: Derivation;
  readonly readBuffer: Derivation;
  readonly longestLine: Derivation;
  readonly answerBuffer: Derivation;
  readonly memoryRequest: Derivation;
  readonly memoryLimit: Derivation;
  readonly cpu: Derivation;
  readonly retryLimit: Derivation;
  readonly metadataCacheTtl: Derivation;
  readonly rotationWindow: Derivation;
  readonly flush: Derivation;
  readonly grace: Derivation;
  readonly terminationGrace: Derivation;
  readonly discoveryDelay: Derivation;
  readonly rotateWait: Derivation;
  readonly workers: Derivation;
  readonly maxUnavailable: Derivation;
  readonly derivations: Derivation[];
}

/** Services of a node whose messages explain most failures. */
const HOST_UNITS = ['kubelet.service', 'containerd.service'];

export function loggingSettings(cluster: ClusterFacts, input: LoggingInput): LoggingSettings {
  const problems = new Problems('FluentBitLogging');
  problems.require(input.output instanceof LogOutput, 'output is required: logs without a destination fill the disk of every node; use LogOutput.elasticsearch');
  const { files, units } = checkedStreams(input, problems);

  const rate = given(bytes(input.logRate), nodeLogRate(cluster.fleet));
  problems.add(numberProblem('logRate', rate.value, { min: 1024, max: 1e9, why: 'bytes per second and node' }));
  const outage = given(input.receiverOutage?.toSeconds(), receiverOutage());
  problems.add(numberProblem('receiverOutage', outage.value, { min: 60, max: 7 * 86_400, why: 'seconds without receiver' }));
  const limit = given(bytes(input.bufferLimit), bufferLimit(rate, outage));
  problems.add(numberProblem('bufferLimit', limit.value, { min: 100e6, max: 1e12, why: 'bytes on each node' }));
  problems.throwIfAny();

  const { largestMaxPods: maxPods, machines: agents } = cluster.fleet;
  const containers = containersPerNode(maxPods);
  const chunks = chunksInMemory(containers);
  const grace = flushGrace();
  const request = agentMemoryRequest(containers, readBuffer());
  const numbers = {
    bufferLimit: limit,
    chunksInMemory: chunks,
    backlogMemory: backlogMemory(chunks),
    readBuffer: readBuffer(),
    longestLine: longestLine(),
    answerBuffer: answerBuffer(),
    memoryRequest: request,
    memoryLimit: agentMemoryLimit(request, chunks, maxPods),
    cpu: agentCpu(rate),
    retryLimit: retryLimit(outage),
    metadataCacheTtl: metadataCacheTtl(containers),
    rotationWindow: rotationWindow(rate),
    flush: flushInterval(),
    grace,
    terminationGrace: terminationGrace(grace),
    discoveryDelay: discoveryDelay(),
    rotateWait: rotateWait(grace),
    workers: outputWorkers(),
    maxUnavailable: nodeAgentMaxUnavailable('logging/max-unavailable', agents.value),
  };
  return {
    version: cluster.versions.fluentBit,
    output: input.output,
    files,
    systemdUnits: units,
    fineGrainedKubelets: [cluster.release, ...cluster.pools.map(pool => cluster.releaseOf(pool))]
      .every(release => inRange(release.version, KUBELET_NODES_PODS)),
    agents: agents.value,
    ...numbers,
    derivations: [
      rate, outage, containers, ...Object.values(numbers), receiverConnections(agents, numbers.workers), dailyVolume(cluster.fleet), bufferTime(limit, rate),
    ],
  };
}

function bytes(size: Size | undefined): number | undefined {
  return size && size.toKibibytes({ rounding: SizeRoundingBehavior.FLOOR }) * 1024;
}

// Brackets, commas and quotes mean something in paths and filters of Fluent Bit; none of them is needed.
const LOG_PATH = /^\/var\/log\/[A-Za-z0-9._*?/-]+$/;
/** Names of the inputs that are always there: they name offset files and metrics. */
const OWN_STREAMS = ['containers', 'journal'];
const SYSTEMD_UNIT = /^[A-Za-z0-9][A-Za-z0-9:._@-]*\.(service|socket|timer|scope|slice|target|mount)$/;

// A stream of control-plane machines needs no pods of its own: on other nodes its input finds no file.
function checkedStreams(input: LoggingInput, problems: Problems): { files: FileStream[]; units: string[] } {
  const units = [...(input.systemdUnits ?? HOST_UNITS)];
  const files = new Map<string, FileStream>();
  for (const [i, stream] of (input.logStreams ?? []).entries()) {
    const where = `logStreams[${i}]`;
    problems.add(dnsLabelProblem(`${where}.name`, stream.name));
    problems.require(!OWN_STREAMS.includes(stream.name), `${where}.name '${stream.name}' is used by the agent itself; give the stream another name`);
    problems.require((stream.path === undefined) !== (stream.systemdUnit === undefined), `${where} must have either path or systemdUnit`);
    if (stream.systemdUnit !== undefined) { units.push(stream.systemdUnit); }
    if (stream.path !== undefined) {
      problems.require(LOG_PATH.test(stream.path) && !stream.path.split('/').includes('..'), [
        `${where}.path must lie below /var/log, which is what the agents see,`,
        `and hold only letters, digits and ._-*?/, got ${quoted(stream.path)}`,
      ].join(' '));
      const other = files.get(stream.name);
      problems.require(!other || other.path === stream.path, `${where}.name '${stream.name}' is used for two paths; give one of them another name`);
      files.set(stream.name, { name: stream.name, path: stream.path, json: stream.json ?? false });
    }
  }
  for (const unit of new Set(units)) {
    problems.require(SYSTEMD_UNIT.test(unit), `systemd unit must be a full unit name such as kubelet.service, got ${quoted(unit)}`);
  }
  return {
    files: [...files.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    units: [...new Set(units)].sort(),
  };
}
