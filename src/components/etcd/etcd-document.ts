import { EtcdRing, EtcdSettings } from './etcd-settings';
import { mebibytes } from '../../capacity/etcd-capacity';
import { ETCD_FLAGS } from '../../catalogue/etcd-flags';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { ControlPlaneMember } from '../../cluster/control-plane-member';
import { HOST_PATHS } from '../../cluster/host-paths';
import { UPSTREAM_IMAGES } from '../../cluster/image-registry';
import { urlHost } from '../../cluster/ip-range';
import { FlagList } from '../../formats/flag-list';
import { CertificateAuthority, CertificateRequestProps } from '../../host/certificate-request';
import { HostTarget } from '../../host/host-target';
import { StaticPodProps } from '../../host/static-pod';
import { Problems } from '../../input/problems';

/** The client that operations on the machine itself are: health checks, snapshots, defragmentation. */
export const HEALTH_CLIENT = { cert: `${HOST_PATHS.etcdPki}/healthcheck-client.crt`, key: `${HOST_PATHS.etcdPki}/healthcheck-client.key` } as const;

/** Files of one member's identity; each ring has its own, so that a machine can be in both. */
function identity(ring: EtcdRing, purpose: string): { cert: string; key: string } {
  const path = `${HOST_PATHS.etcdPki}/${ring.name}-${purpose}`;
  return { cert: `${path}.crt`, key: `${path}.key` };
}

/** What is wrong with the user's flags, found without the settings: they may be wrong themselves. */
export function checkExtraFlags(cluster: ClusterFacts, flags: { [name: string]: string } | undefined, problems: Problems): void {
  new FlagList('etcd', ETCD_FLAGS, cluster.versions.etcd).extra('extraFlags', flags, problems);
}

/** Command line of one member. */
export function memberFlags(cluster: ClusterFacts, settings: EtcdSettings, ring: EtcdRing, member: ControlPlaneMember): FlagList<typeof ETCD_FLAGS> {
  const host = urlHost(member.address);
  const server = identity(ring, 'server');
  const peer = identity(ring, 'peer');
  const loopback = member.address.includes(':') ? '[::1]' : '127.0.0.1';
  return new FlagList('etcd', ETCD_FLAGS, cluster.versions.etcd).defaults({
    'name': member.name,
    'data-dir': ring.dataDir,
    // A folder below the mount: etcd makes its log beside and renames it, which a mount point refuses.
    'wal-dir': ring.walDisk === undefined ? undefined : `${ring.walDisk}/wal`,
    'initial-cluster': ring.members.map(m => `${m.name}=https://${urlHost(m.address)}:${ring.peerPort}`),
    'initial-cluster-state': 'new',
    // A recycled address must not join a ring of another cluster.
    'initial-cluster-token': `${cluster.name}-${ring.name}`,
    'initial-advertise-peer-urls': `https://${host}:${ring.peerPort}`,
    'listen-peer-urls': `https://${host}:${ring.peerPort}`,
    'advertise-client-urls': `https://${host}:${ring.clientPort}`,
    'listen-client-urls': [`https://${loopback}:${ring.clientPort}`, `https://${host}:${ring.clientPort}`],
    // Probes only: plain HTTP stays on the loopback interface, Prometheus scrapes the client port with a certificate.
    'listen-metrics-urls': `http://${loopback}:${ring.metricsPort}`,
    'heartbeat-interval': settings.heartbeat.value,
    'election-timeout': settings.election.value,
    'quota-backend-bytes': ring.quota.value,
    'snapshot-count': settings.snapshotCount.value,
    'cert-file': server.cert,
    'key-file': server.key,
    'trusted-ca-file': HOST_PATHS.etcdCa,
    'client-cert-auth': true,
    'peer-cert-file': peer.cert,
    'peer-key-file': peer.key,
    'peer-trusted-ca-file': HOST_PATHS.etcdCa,
    'peer-client-cert-auth': true,
    'tls-min-version': settings.tls.minVersion,
    'cipher-suites': settings.tls.suites,
    // A member that diverged from the others must not serve. Two spellings: flags up to 3.5, gates from 3.6.
    'experimental-initial-corrupt-check': true,
    'experimental-compact-hash-check-enabled': true,
    'feature-gates': { InitialCorruptCheck: true, CompactHashCheck: true },
    // Consistent reads from the API server's cache wait for these notifications.
    'experimental-watch-progress-notify-interval': '5s',
    'watch-progress-notify-interval': '5s',
  });
}

/** The image of every member. */
export function etcdImage(cluster: ClusterFacts): string {
  return cluster.imageRegistry.image(UPSTREAM_IMAGES.etcd, cluster.versions.etcdImageTag);
}

/** Half of the machine class: the other half is page cache for the backend file. The smaller rings take half of that. */
export function memberCpu(ring: EtcdRing): string {
  return `${Math.ceil(ring.cpu.value * 1000 / (ring.name === 'main' ? 2 : 4))}m`;
}

/** From here on Go collects garbage more eagerly instead of growing: nine tenths of what the member asks for. */
export function memoryLimit(ring: EtcdRing): string {
  return `${Math.floor(ring.memory.value / 1024 ** 2 * 0.9)}MiB`;
}

/** The static pod of one member. */
export function memberPod(cluster: ClusterFacts, ring: EtcdRing, member: ControlPlaneMember, flags: FlagList<typeof ETCD_FLAGS>): StaticPodProps {
  const name = `etcd-${ring.name}`;
  const loopback = member.address.includes(':') ? '::1' : '127.0.0.1';
  // /livez reads the local copy: it fails when this member is wedged. /health asks for a leader, and as a liveness probe it restarts all
  // members because one of them is gone. The start-up probe asks the same, since the members of a new ring wait for each other.
  const alive = { host: loopback, path: '/livez', port: ring.metricsPort, timeoutSeconds: 15 };
  return {
    target: HostTarget.machine(member.name),
    name,
    component: 'etcd',
    image: etcdImage(cluster),
    binary: 'etcd',
    flags: flags.entries().map(([flag, value]) => ({ name: flag, value })),
    mounts: [
      { name: 'data', path: ring.dataDir, type: 'Directory', readOnly: false },
      ...(ring.walDisk === undefined ? [] : [{ name: 'wal', path: ring.walDisk, type: 'Directory', readOnly: false }]),
      { name: 'certificates', path: HOST_PATHS.etcdPki, type: 'Directory' },
    ],
    cpuRequest: memberCpu(ring),
    memoryRequest: mebibytes(ring.memory),
    env: { GOMEMLIMIT: memoryLimit(ring) },
    livenessProbe: { ...alive, periodSeconds: 10, failureThreshold: 8 },
    readinessProbe: { ...alive, path: '/readyz', periodSeconds: 1, failureThreshold: 3 },
    startupProbe: { ...alive, periodSeconds: 10, failureThreshold: 24 },
    labels: { 'component': 'etcd', 'tier': 'control-plane', 'thousand-node.io/etcd-ring': ring.name },
  };
}

/** Certificates of one member: server and peer. A peer is client and server at once. */
export function memberCertificates(ring: EtcdRing, member: ControlPlaneMember): CertificateRequestProps[] {
  const target = HostTarget.machine(member.name);
  const loopback = member.address.includes(':') ? '::1' : '127.0.0.1';
  const names = { dnsNames: ['localhost', member.name], ipAddresses: [loopback, member.address] };
  const common = { target, authority: CertificateAuthority.ETCD, commonName: member.name, server: true, client: true, ...names };
  return ['server', 'peer'].map(purpose => {
    const files = identity(ring, purpose);
    return { ...common, certPath: files.cert, keyPath: files.key };
  });
}

/** A client for health checks, snapshots and defragmentation on the machine itself. */
export function healthClientCertificate(member: ControlPlaneMember): CertificateRequestProps {
  return {
    target: HostTarget.machine(member.name),
    authority: CertificateAuthority.ETCD,
    commonName: 'kube-etcd-healthcheck-client',
    client: true,
    certPath: HEALTH_CLIENT.cert,
    keyPath: HEALTH_CLIENT.key,
  };
}

/** What Prometheus shows to etcd; made on the first machine and carried into the Secret that monitoring mounts. */
export function monitoringClientCertificate(member: ControlPlaneMember): CertificateRequestProps {
  return {
    target: HostTarget.machine(member.name),
    authority: CertificateAuthority.ETCD,
    commonName: 'prometheus-etcd-client',
    client: true,
    certPath: HOST_PATHS.etcdMonitoringCert,
    keyPath: HOST_PATHS.etcdMonitoringKey,
  };
}
