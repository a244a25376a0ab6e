import { CERTIFICATES_PROGRAM } from './certificates-program';
import { CHECK_PROGRAM } from './check-program';
import { DEFRAGMENT_PROGRAM } from './defragment-program';
import { OperationsSettings } from './operations-settings';
import { RECOVER_QUOTA_PROGRAM } from './recover-quota-program';
import { REPLACE_MEMBER_PROGRAM } from './replace-member-program';
import { RESTORE_PROGRAM } from './restore-program';
import { MEMBER_PROGRAM, OPTIONS_PROGRAM, RING_PROGRAM } from './shared-programs';
import { SNAPSHOT_PROGRAM } from './snapshot-program';
import { TOOLS_PROGRAM } from './tools-program';
import { UPGRADE_CHECK_PROGRAM } from './upgrade-check-program';
import { ETCD_UPGRADES } from '../../../catalogue/etcd-upgrades';
import { HOST_PATHS } from '../../../cluster/host-paths';
import { ShellConstant, shellScript } from '../../../formats/shell-script';
import { HEALTH_CLIENT } from '../etcd-document';

/** Where the operations put things on a machine. */
export const OPERATION_PATHS = {
  table: '/etc/thousand-node/etcd-rings.tsv',
  rclone: '/etc/thousand-node/rclone.conf',
  tools: '/opt/thousand-node/etcd',
  state: '/var/lib/thousand-node',
  heldManifests: '/etc/kubernetes/manifests-held',
  environments: '/etc/thousand-node',
  unitPrefix: 'thousand-node-etcd-',
} as const;

/** While it is there, systemd does not start the member: a reboot in the middle of a restore must not. */
export function heldMark(ring: string): string {
  return `${OPERATION_PATHS.state}/etcd-${ring}-held`;
}

/** Words after `thousand-node-etcd-`. */
export const OPERATION_VERBS = ['check', 'snapshot', 'defragment', 'restore', 'replace-member', 'recover-quota', 'upgrade-check', 'certificates', 'tools'] as const;
export type OperationVerb = typeof OPERATION_VERBS[number];

/** The scripts of a cluster. The archive of a release has the tools beside the binary that systemd starts; only an image has to be opened. */
export function operationVerbs(settings: OperationsSettings): OperationVerb[] {
  return OPERATION_VERBS.filter(verb => verb !== 'tools' || settings.runtime === 'static-pod');
}

export function scriptPath(verb: OperationVerb): string {
  return `/usr/local/sbin/thousand-node-etcd-${verb}`;
}

/** Revisions that a restore skips: a week at 1,500 writes/s, so that no client sees a revision twice. Source: ETCDW@v3.6 op-guide/recovery. */
export const BUMP_REVISION = 1_000_000_000;

/** Share of the quota at which the larger alert fires, and above which a recovery is none. */
export const FULL_PERCENT = 80;

// The kubelet looks at its manifest folder every 20 s when it missed a change, and gives a pod 30 s to end.
const STOP_SECONDS = 90;

type Constants = Array<readonly [name: string, value: ShellConstant]>;

interface Recipe {
  readonly about: string;
  readonly constants: Constants;
  readonly program: string;
}

/** The scripts, the same on every machine; which member is this machine's stands in the table. */
export function operationScript(verb: OperationVerb, settings: OperationsSettings, image: string): string {
  const recipe = recipes(settings, image)[verb];
  return shellScript({
    about: [
      `${settings.clusterName}: ${recipe.about}`,
      'Parts of the text are shared by all scripts of etcd, so that each stands alone on a bad day; not every one uses all of them.',
      'shellcheck disable=SC2034,SC2317',
    ],
    constants: recipe.constants,
    program: recipe.program,
  });
}

function recipes(settings: OperationsSettings, image: string): { readonly [verb in OperationVerb]: Recipe } {
  const common: Constants = [
    ['CLUSTER', settings.clusterName],
    ['RINGS_TABLE', OPERATION_PATHS.table],
    ['TOOLS_DIR', OPERATION_PATHS.tools],
    ['ETCD_MINOR', settings.etcdVersion.split('.').slice(0, 2).join('.')],
    ['CA_FILE', HOST_PATHS.etcdCa],
    ['CERT_FILE', HEALTH_CLIENT.cert],
    ['KEY_FILE', HEALTH_CLIENT.key],
  ];
  const member: Constants = [
    ['RUNTIME', settings.runtime],
    ['MANIFESTS', HOST_PATHS.staticPods],
    ['HELD_MANIFESTS', OPERATION_PATHS.heldManifests],
    ['ENVIRONMENTS', OPERATION_PATHS.environments],
    ['UNIT_PREFIX', OPERATION_PATHS.unitPrefix],
    ['STATE_DIR', OPERATION_PATHS.state],
    ['STOP_SECONDS', STOP_SECONDS],
  ];
  const saved: Constants = [['DIRECTORY', settings.directory], ['TURN_SECONDS', settings.snapshotInterval.value]];
  const ring = `${OPTIONS_PROGRAM}\n${RING_PROGRAM}`;
  const ofMember = `${ring}\n${MEMBER_PROGRAM}`;
  return {
    'check': {
      about: 'state of an etcd ring.',
      constants: [...common, ...saved, ['FULL_PERCENT', FULL_PERCENT], ['SNAPSHOT_RING', settings.snapshots ? settings.rings[0].ring.name : 'none']],
      program: `${ring}\n${CHECK_PROGRAM}`,
    },
    'snapshot': {
      about: 'save etcd from this machine\'s member.',
      constants: [
        ...common, ...member, ...saved,
        ['KEEP', settings.snapshotsKept.value],
        ['UPLOAD', settings.remote],
        ['RCLONE_CONFIG', OPERATION_PATHS.rclone],
        ['METRICS_DIR', HOST_PATHS.textMetrics],
      ],
      program: `${ofMember}\n${SNAPSHOT_PROGRAM}`,
    },
    'defragment': {
      about: 'defragment etcd, one member at a time.',
      constants: [...common, ['FREE_PERCENT', settings.freePercent.value], ['LOCK', 'thousand-node/defragment']],
      program: `${ring}\n${DEFRAGMENT_PROGRAM}`,
    },
    'restore': {
      about: 'put etcd on this machine back to a snapshot.',
      constants: [...common, ...member, ['BUMP_REVISION', BUMP_REVISION]],
      program: `${ofMember}\n${RESTORE_PROGRAM}`,
    },
    'replace-member': {
      about: 'this machine takes the place of a lost etcd member.',
      constants: [...common, ...member],
      program: `${ofMember}\n${REPLACE_MEMBER_PROGRAM}`,
    },
    'recover-quota': {
      about: 'an etcd ring whose quota is used up takes writes again.',
      constants: [...common, ['DELETE_STEP', 10_000], ['FULL_PERCENT', FULL_PERCENT]],
      program: `${ring}\n${RECOVER_QUOTA_PROGRAM}`,
    },
    'upgrade-check': {
      about: 'whether an etcd ring may go to another version, and which member is next.',
      constants: [...common, ['FLOORS', ETCD_UPGRADES.map(({ from, floor, settle = 0 }) => `${from}:${floor}:${settle}`).join(' ')], ['STATE_DIR', OPERATION_PATHS.state]],
      program: `${ring}\n${UPGRADE_CHECK_PROGRAM}`,
    },
    'certificates': {
      about: 'when the certificates of etcd on this machine end.',
      constants: [['PKI', HOST_PATHS.etcdPki], ['CLIENT_CERT', HOST_PATHS.apiServerEtcdClientCert], ['METRICS_DIR', HOST_PATHS.textMetrics], ['CERTIFICATE_SCRIPT', HOST_PATHS.certificateScript]],
      program: `${OPTIONS_PROGRAM}\n${CERTIFICATES_PROGRAM}`,
    },
    'tools': {
      about: 'etcdctl and etcdutl of the members\' release.',
      constants: [...common, ['IMAGE', image]],
      program: `${OPTIONS_PROGRAM}\n${TOOLS_PROGRAM}`,
    },
  };
}
