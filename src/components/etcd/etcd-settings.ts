import { Duration, Size, SizeRoundingBehavior } from 'cdk8s';
import { EtcdRuntime, EtcdSystemd } from './etcd-runtime';
import { checkTls, EtcdTls, EtcdTlsInput, tlsSettings } from './etcd-tls';
import {
  etcdElection, etcdEventsQuota, etcdHeartbeat, etcdLeasesQuota, etcdMainQuota, etcdMemberCpu, etcdMemberMemory, etcdRoundTrip, etcdSnapshotCount,
} from '../../capacity/etcd-capacity';
import { etcdMainSize, leaseWrites } from '../../capacity/etcd-write-capacity';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { checkMembers, ControlPlaneMember } from '../../cluster/control-plane-member';
import { HOST_PATHS } from '../../cluster/host-paths';
import { urlHost } from '../../cluster/ip-range';
import { HOST_PORTS } from '../../cluster/ports';
import { given, Derivation } from '../../derivation/derivation';
import { numberProblem } from '../../input/numbers';
import { Problems } from '../../input/problems';
import { quoted } from '../../input/text-safety';

/** What the user may say about etcd; the public struct is `EtcdClusterProps`. */
export interface EtcdInput extends EtcdTlsInput {
  readonly members?: ControlPlaneMember[];
  readonly eventsMembers?: ControlPlaneMember[];
  readonly leasesMembers?: ControlPlaneMember[];
  readonly runAs?: EtcdRuntime;
  readonly walDirectory?: string;
  readonly roundTripTime?: Duration;
  readonly heartbeatInterval?: Duration;
  readonly electionTimeout?: Duration;
  readonly quotaBackendBytes?: Size;
}

/** One ring of members that replicate the same data. */
export interface EtcdRing {
  /** `main`, `events` or `leases`. */
  readonly name: string;
  readonly members: ControlPlaneMember[];
  readonly clientPort: number;
  readonly peerPort: number;
  readonly metricsPort: number;
  readonly dataDir: string;
  /** Where the disk for the log is mounted. @default - the log lies with the data */
  readonly walDisk?: string;
  /** Folders that disks are mounted at: data, then log. */
  readonly disks: string[];
  readonly quota: Derivation;
  readonly memory: Derivation;
  readonly cpu: Derivation;
}

/** Resolved settings of all rings. */
export interface EtcdSettings {
  readonly rings: EtcdRing[];
  readonly tls: EtcdTls;
  /** @default - static pods */
  readonly systemd?: EtcdSystemd;
  readonly heartbeat: Derivation;
  readonly election: Derivation;
  readonly snapshotCount: Derivation;
  readonly derivations: Derivation[];
}

/** Members that may fail are (n-1)/2: an even count adds cost and no tolerance; more than seven only slows writes. Source: etcd FAQ. */
const MAX_MEMBERS = 7;
const FOLDER = /^(\/[A-Za-z0-9._-]+)+$/;
const DATA_DIRS = [HOST_PATHS.etcdMainData, HOST_PATHS.etcdEventsData, HOST_PATHS.etcdLeasesData];

/** Throws what `problems` holds by then, so that one error names wrong numbers and wrong flags, and nothing is computed from numbers that were refused. */
export function etcdSettings(cluster: ClusterFacts, input: EtcdInput, problems: Problems): EtcdSettings {
  const main = input.members ?? cluster.controlPlaneMembers;
  const events = input.eventsMembers ?? main.slice(0, 3);
  const leases = input.leasesMembers ?? [];
  checkRing('members', main, problems);
  if (events.length > 0) { checkRing('eventsMembers', events, problems); }
  if (leases.length > 0) { checkRing('leasesMembers', leases, problems); }
  if (input.walDirectory !== undefined) { checkWalDirectory(input.walDirectory, problems); }
  checkTls(input, problems);

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
  problems.require(size.value <= quota.value,
    `quotaBackendBytes ${quota.value} is smaller than the ${size.value} bytes that ${cluster.pods} pods on ${cluster.nodes} nodes need; raise it or leave it out`);
  const room = cluster.fleet.controlPlaneMemory.value * 1024 ** 2;
  // What a machine of another kind has is not known here; of a derived quota the audit says more (TNC033).
  const onKnownMachines = main.some(member => cluster.controlPlaneMembers.some(known => known.name === member.name));
  problems.require(quotaBytes === undefined || !onKnownMachines || quota.value < room,
    `quotaBackendBytes must be less than the ${room} bytes of memory of controlPlane.machine, got ${quota.value} bytes: a member maps its whole file into memory; lower it or use a larger machine`);
  problems.throwIfAny();

  const cpu = etcdMemberCpu(cluster.fleet.nodes);
  const eventsQuota = etcdEventsQuota();
  const renewals = leaseWrites(cluster.fleet.machines, cluster.fleet.heartbeat);
  const leasesQuota = etcdLeasesQuota(renewals);
  const snapshotCount = etcdSnapshotCount();
  const ports = HOST_PORTS;
  const all: EtcdRing[] = [{
    name: 'main',
    members: main,
    quota,
    cpu,
    memory: etcdMemberMemory(quota, 'etcd/member-memory'),
    dataDir: HOST_PATHS.etcdMainData,
    walDisk: input.walDirectory,
    disks: [HOST_PATHS.etcdMainData, ...(input.walDirectory === undefined ? [] : [input.walDirectory])],
    clientPort: ports.etcdMainClient,
    peerPort: ports.etcdMainPeer,
    metricsPort: ports.etcdMainMetrics,
  }, {
    name: 'events',
    members: events,
    quota: eventsQuota,
    cpu,
    memory: etcdMemberMemory(eventsQuota, 'etcd/events-member-memory'),
    dataDir: HOST_PATHS.etcdEventsData,
    disks: [HOST_PATHS.etcdEventsData],
    clientPort: ports.etcdEventsClient,
    peerPort: ports.etcdEventsPeer,
    metricsPort: ports.etcdEventsMetrics,
  }, {
    name: 'leases',
    members: leases,
    quota: leasesQuota,
    cpu,
    memory: etcdMemberMemory(leasesQuota, 'etcd/leases-member-memory'),
    dataDir: HOST_PATHS.etcdLeasesData,
    disks: [HOST_PATHS.etcdLeasesData],
    clientPort: ports.etcdLeasesClient,
    peerPort: ports.etcdLeasesPeer,
    metricsPort: ports.etcdLeasesMetrics,
  }];
  const rings = all.filter(ring => ring.members.length > 0);
  return {
    rings,
    tls: tlsSettings(input),
    systemd: input.runAs?._systemd,
    heartbeat,
    election,
    snapshotCount,
    derivations: [
      roundTrip, heartbeat, election, size, ...rings.flatMap(ring => [ring.quota, ring.memory]), ...(leases.length > 0 ? [renewals] : []), cpu, snapshotCount,
    ],
  };
}

/** A ring by name. */
export function ringNamed(rings: EtcdRing[], name: string): EtcdRing | undefined {
  return rings.find(ring => ring.name === name);
}

function checkRing(field: string, members: ControlPlaneMember[], problems: Problems): void {
  const count = members.length;
  problems.require(count % 2 === 1, `${field} must be an odd number of machines, got ${count}: ${count} members tolerate no more failures than ${count - 1}; add or remove one`);
  problems.require(count <= MAX_MEMBERS, `${field} must be at most ${MAX_MEMBERS}, got ${count}: every member makes writes slower`);
  checkMembers(field, members, problems);
}

function checkWalDirectory(folder: string, problems: Problems): void {
  problems.require(FOLDER.test(folder) && !folder.split('/').some(part => part === '..' || part === '.'),
    `walDirectory must be an absolute path without special characters, got ${quoted(folder)}`);
  for (const disk of DATA_DIRS) {
    problems.require(folder !== disk && !folder.startsWith(`${disk}/`) && !disk.startsWith(`${folder}/`),
      `walDirectory ${folder} lies on a disk of the members' data (${disk}); mount the log's own disk elsewhere, such as /var/lib/etcd-main-wal`);
  }
}

/** Client URLs of a ring. */
export function clientUrls(ring: EtcdRing): string[] {
  return ring.members.map(member => `https://${urlHost(member.address)}:${ring.clientPort}`);
}
