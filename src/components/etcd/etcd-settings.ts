import { Duration, Size, SizeRoundingBehavior } from 'cdk8s';
import {
  etcdElection, etcdEventsQuota, etcdHeartbeat, etcdMainQuota, etcdMemberCpu, etcdMemberMemory, etcdRoundTrip, etcdSnapshotCount,
} from '../../capacity/etcd-capacity';
import { etcdMainSize } from '../../capacity/etcd-write-capacity';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { checkMembers, ControlPlaneMember } from '../../cluster/control-plane-member';
import { HOST_PATHS } from '../../cluster/host-paths';
import { urlHost } from '../../cluster/ip-range';
import { HOST_PORTS } from '../../cluster/ports';
import { given, Derivation } from '../../derivation/derivation';
import { numberProblem } from '../../input/numbers';
import { Problems } from '../../input/problems';

/** What the user may say about etcd; the public struct is `EtcdClusterProps`. */
export interface EtcdInput {
  readonly members?: ControlPlaneMember[];
  readonly eventsMembers?: ControlPlaneMember[];
  readonly roundTripTime?: Duration;
  readonly heartbeatInterval?: Duration;
  readonly electionTimeout?: Duration;
  readonly quotaBackendBytes?: Size;
}

/** One ring of members that replicate the same data. */
export interface EtcdRing {
  /** `main` or `events`. */
  readonly name: string;
  readonly members: ControlPlaneMember[];
  readonly clientPort: number;
  readonly peerPort: number;
  readonly metricsPort: number;
  readonly dataDir: string;
  readonly quota: Derivation;
  readonly memory: Derivation;
  readonly cpu: Derivation;
}

/** Resolved settings of all rings. */
export interface EtcdSettings {
  readonly rings: EtcdRing[];
  readonly heartbeat: Derivation;
  readonly election: Derivation;
  readonly snapshotCount: Derivation;
  readonly derivations: Derivation[];
}

/** Members that may fail are (n-1)/2: an even count adds cost and no tolerance; more than seven only slows writes. Source: etcd FAQ. */
const MAX_MEMBERS = 7;

/** Throws what `problems` holds by then, so that one error names wrong numbers and wrong flags, and nothing is computed from numbers that were refused. */
export function etcdSettings(cluster: ClusterFacts, input: EtcdInput, problems: Problems): EtcdSettings {
  const main = input.members ?? cluster.controlPlaneMembers;
  const events = input.eventsMembers ?? main.slice(0, 3);
  checkRing('members', main, problems);
  if (events.length > 0) { checkRing('eventsMembers', events, problems); }

  const roundTrip = given(input.roundTripTime?.toMilliseconds(), etcdRoundTrip());
  problems.add(numberProblem('roundTripTime', roundTrip.value, { min: 0, max: 5000, why: 'milliseconds between members' }));
  const heartbeat = given(input.heartbeatInterval?.toMilliseconds(), etcdHeartbeat(roundTrip));
  const election = given(input.electionTimeout?.toMilliseconds(), etcdElection(roundTrip, heartbeat));
  problems.add(numberProblem('heartbeatInterval', heartbeat.value, { min: 10, max: 10_000, why: 'milliseconds' }));
  problems.require(election.value >= 5 * heartbeat.value,
    `electionTimeout ${election.value} ms must be at least five heartbeats (${5 * heartbeat.value} ms), else etcd does not start; ten are advised`);
  problems.require(election.value <= 50_000, `electionTimeout ${election.value} ms must be at most 50000 ms, else etcd does not start`);

  const size = etcdMainSize(cluster.fleet);
  const quotaBytes = input.quotaBackendBytes?.toKibibytes({ rounding: SizeRoundingBehavior.FLOOR });
  const quota = given(quotaBytes === undefined ? undefined : quotaBytes * 1024, etcdMainQuota(size));
  problems.require(quota.value >= 2 * 1024 ** 3, `quotaBackendBytes must be at least 2Gi (etcd's default), got ${quota.value} bytes`);
  problems.require(quota.value <= 64 * 1024 ** 3, `quotaBackendBytes must be at most 64Gi, got ${quota.value} bytes; a restore of more takes longer than any outage may`);
  const room = cluster.fleet.controlPlaneMemory.value * 1024 ** 2;
  // What a machine of another kind has is not known here; of a derived quota the audit says more (TNC033).
  const onKnownMachines = main.some(member => cluster.controlPlaneMembers.some(known => known.name === member.name));
  problems.require(quotaBytes === undefined || !onKnownMachines || quota.value < room,
    `quotaBackendBytes must be less than the ${room} bytes of memory of controlPlane.machine, got ${quota.value} bytes: a member maps its whole file into memory; lower it or use a larger machine`);
  problems.require(size.value <= quota.value,
    `quotaBackendBytes ${quota.value} is smaller than the ${size.value} bytes that ${cluster.pods} pods on ${cluster.nodes} nodes need; raise it or leave it out`);
  problems.throwIfAny();

  const cpu = etcdMemberCpu(cluster.fleet.nodes);
  const eventsQuota = etcdEventsQuota();
  const snapshotCount = etcdSnapshotCount();
  const rings: EtcdRing[] = [{
    name: 'main',
    members: main,
    quota,
    cpu,
    memory: etcdMemberMemory(quota, 'etcd/member-memory'),
    dataDir: HOST_PATHS.etcdMainData,
    clientPort: HOST_PORTS.etcdMainClient,
    peerPort: HOST_PORTS.etcdMainPeer,
    metricsPort: HOST_PORTS.etcdMainMetrics,
  }];
  if (events.length > 0) {
    rings.push({
      name: 'events',
      members: events,
      quota: eventsQuota,
      cpu,
      memory: etcdMemberMemory(eventsQuota, 'etcd/events-member-memory'),
      dataDir: HOST_PATHS.etcdEventsData,
      clientPort: HOST_PORTS.etcdEventsClient,
      peerPort: HOST_PORTS.etcdEventsPeer,
      metricsPort: HOST_PORTS.etcdEventsMetrics,
    });
  }
  return {
    rings,
    heartbeat,
    election,
    snapshotCount,
    derivations: [roundTrip, heartbeat, election, size, ...rings.flatMap(ring => [ring.quota, ring.memory]), cpu, snapshotCount],
  };
}

function checkRing(field: string, members: ControlPlaneMember[], problems: Problems): void {
  const count = members.length;
  problems.require(count % 2 === 1, `${field} must be an odd number of machines, got ${count}: ${count} members tolerate no more failures than ${count - 1}; add or remove one`);
  problems.require(count <= MAX_MEMBERS, `${field} must be at most ${MAX_MEMBERS}, got ${count}: every member makes writes slower`);
  checkMembers(field, members, problems);
}

/** Client URLs of a ring. */
export function clientUrls(ring: EtcdRing): string[] {
  return ring.members.map(member => `https://${urlHost(member.address)}:${ring.clientPort}`);
}
