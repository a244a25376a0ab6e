import { etcdImage, memberCpu } from './etcd-document';
import { EtcdSystemd } from './etcd-runtime';
import { EtcdRing } from './etcd-settings';
import { OPERATION_PATHS, heldMark } from './operations/operation-scripts';
import { mebibytes } from '../../capacity/etcd-capacity';
import { ETCD_FLAGS } from '../../catalogue/etcd-flags';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { ControlPlaneMember } from '../../cluster/control-plane-member';
import { FlagList } from '../../formats/flag-list';
import { systemdCommand, systemdEnvironment, systemdUnit } from '../../formats/systemd-unit';
import { HostChange } from '../../host/host-change';
import { HostFileProps } from '../../host/host-file';
import { HostServiceProps } from '../../host/host-service';
import { HostTarget } from '../../host/host-target';

/** Flags whose files belong to root alone; systemd hands copies of them to the service. */
const CREDENTIAL_FLAGS = ['cert-file', 'key-file', 'trusted-ca-file', 'peer-cert-file', 'peer-key-file', 'peer-trusted-ca-file'] as const;

/** Unit of a ring's member, without `.service`. */
export function unitName(ring: EtcdRing): string {
  return `${OPERATION_PATHS.unitPrefix}${ring.name}`;
}

/** What rules know of a member that systemd runs. */
export function memberService(systemd: EtcdSystemd, ring: EtcdRing, member: ControlPlaneMember, flags: FlagList<typeof ETCD_FLAGS>): HostServiceProps {
  const type = systemd.mountedDisks ? 'Mount' : 'Directory';
  return {
    target: HostTarget.machine(member.name),
    unit: unitName(ring),
    name: `etcd-${ring.name}`,
    component: 'etcd',
    flags: flags.entries().map(([name, value]) => ({ name, value })),
    mounts: ring.disks.map((path, i) => ({ name: `disk-${i}`, path, type, readOnly: false })),
    cpu: memberCpu(ring),
    memory: mebibytes(ring.memory),
  };
}

/** Unit and environment of one member. */
export function serviceFiles(
  cluster: ClusterFacts, systemd: EtcdSystemd, ring: EtcdRing, member: ControlPlaneMember, flags: FlagList<typeof ETCD_FLAGS>, memoryLimit: string,
): HostFileProps[] {
  const target = HostTarget.machine(member.name);
  const unit = unitName(ring);
  const credentials = new Map(CREDENTIAL_FLAGS.map(flag => flags.get(flag)).filter(path => path !== undefined).map(path => [path, path.split('/').at(-1)!]));
  // Below /run since the variable that names the folder ($CREDENTIALS_DIRECTORY) is not replaced in an environment file.
  const value = (flag: string, text: string) => ((CREDENTIAL_FLAGS as readonly string[]).includes(flag) ? `/run/credentials/${unit}.service/${credentials.get(text)}` : text);
  const settings = flags.entries().map(([flag, text]) => [`ETCD_${flag.toUpperCase().replace(/-/g, '_')}`, value(flag, text)] as const);
  return [
    {
      target,
      path: `${OPERATION_PATHS.environments}/etcd-${ring.name}.env`,
      onChange: HostChange.restart(`${unit}.service`),
      content: systemdEnvironment([...settings, ['GOMEMLIMIT', memoryLimit]], [
        `Flags of etcd ${cluster.versions.etcd}, member ${member.name} of ring ${ring.name}; etcd reads the initial ones only without data.`,
      ]),
    },
    {
      target,
      path: `/etc/systemd/system/${unit}.service`,
      onChange: HostChange.restart(`${unit}.service`),
      content: memberUnit(cluster, systemd, ring, member, credentials),
    },
  ];
}

/** The user that members of all rings of a machine run as. */
export function userFile(systemd: EtcdSystemd, target: HostTarget): HostFileProps {
  const path = '/etc/sysusers.d/thousand-node-etcd.conf';
  return {
    target,
    path,
    onChange: HostChange.run('systemd-sysusers', path),
    content: `u ${systemd.user} - "etcd of Kubernetes" ${OPERATION_PATHS.state} /usr/sbin/nologin\n`,
  };
}

function memberUnit(cluster: ClusterFacts, systemd: EtcdSystemd, ring: EtcdRing, member: ControlPlaneMember, credentials: Map<string, string>): string {
  return systemdUnit([
    {
      name: 'Unit',
      settings: [
        ['Description', `etcd ${ring.name} of ${cluster.name}, member ${member.name}`],
        ['Wants', 'network-online.target time-sync.target'],
        ['After', 'network-online.target time-sync.target'],
        ['RequiresMountsFor', ring.disks.join(' ')],
        // An assertion and no condition: a member that does not start because its disk is missing has to be seen.
        ...(systemd.mountedDisks ? ring.disks.map(disk => ['AssertPathIsMountPoint', disk] as const) : []),
        // Set by the scripts while they work on the data.
        ['ConditionPathExists', `!${heldMark(ring.name)}`],
        ['StartLimitIntervalSec', 0],
      ],
    },
    {
      name: 'Service',
      settings: [
        // etcd says when it has a leader. A member of a new ring waits for the others as long as they take.
        ['Type', 'notify'],
        ['TimeoutStartSec', 'infinity'],
        ['User', systemd.user],
        ['EnvironmentFile', `${OPERATION_PATHS.environments}/etcd-${ring.name}.env`],
        ...[...credentials].map(([path, name]) => ['LoadCredential', `${name}:${path}`] as const),
        // As root: a fresh disk, and what a restore wrote, belong to root.
        ['ExecStartPre', `+${systemdCommand(['/bin/chown', '-R', `${systemd.user}:`, ...ring.disks])}`],
        ['ExecStartPre', `+${systemdCommand(['/bin/chmod', '0700', ...ring.disks])}`],
        ['ExecStart', systemdCommand([systemd.binary])],
        ['Restart', 'always'],
        ['RestartSec', 10],
        // Connections of all API servers and members; the limit of upstream's own unit.
        ['LimitNOFILE', 40_000],
        ['OOMScoreAdjust', -997],
        // First in the queue of the disk among everything that is not real time.
        ['IOSchedulingClass', 'best-effort'],
        ['IOSchedulingPriority', 0],
        ['NoNewPrivileges', true],
        ['ProtectSystem', 'strict'],
        ['ReadWritePaths', ring.disks.join(' ')],
        ['ProtectHome', true],
        ['PrivateTmp', true],
        ['PrivateDevices', true],
        ['ProtectKernelModules', true],
        ['ProtectKernelTunables', true],
        ['ProtectControlGroups', true],
        ['RestrictAddressFamilies', 'AF_INET AF_INET6 AF_UNIX'],
        ['RestrictRealtime', true],
        ['LockPersonality', true],
      ],
    },
    { name: 'Install', settings: [['WantedBy', 'multi-user.target']] },
  ], [`etcd ${cluster.versions.etcd}; the release archive of ${etcdImage(cluster)} has the same binary.`]);
}
