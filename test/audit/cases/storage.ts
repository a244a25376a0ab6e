import { Size } from 'cdk8s';
import { MachineShape } from '../../../src/cluster/machine-shape';
import { NodePool } from '../../../src/cluster/node-pool';
import { Case, configMap, container, facts, object, Parts, workload } from '../tree-of';

const CLASSES = [
  object('storage.k8s.io/v1', 'StorageClass', 'local-ssd', { provisioner: 'kubernetes.io/no-provisioner', reclaimPolicy: 'Delete' }),
  object('storage.k8s.io/v1', 'StorageClass', 'kept', { provisioner: 'kubernetes.io/no-provisioner', reclaimPolicy: 'Retain' }),
  object('storage.k8s.io/v1', 'StorageClass', 'network', { provisioner: 'ebs.csi.aws.com' }),
];

/** A provisioner of the named classes, and perhaps the controller for some. */
const provisioner = (classes: string[], cleaned?: string): Parts => ({
  objects: [
    ...CLASSES,
    workload('DaemonSet', 'provisioner', { containers: [container({ image: 'registry.k8s.io/sig-storage/local-volume-provisioner:v2.9.0' })], volumes: [{ name: 'config', configMap: { name: 'provisioner' } }] }),
    configMap('provisioner', { storageClassMap: classes.map(name => `${name}:\n  hostDir: /mnt/${name}\n`).join(''), setPVOwnerRef: 'true' }),
    ...(cleaned === undefined ? [] : [workload('Deployment', 'cleanup', { containers: [container({ image: 'registry.k8s.io/sig-storage/local-volume-node-cleanup:v2.9.0', args: [`--storageclass-names=${cleaned}`] })] })]),
  ],
});

const claims = (...classes: string[]) => ({ volumeClaimTemplates: classes.map((storageClassName, i) => ({ metadata: { name: `data-${i}` }, spec: { storageClassName } })) });
const database = (replicas: number, spec: object, more: Parts = {}): Parts => ({ ...more, objects: [...CLASSES, workload('StatefulSet', 'database', { containers: [container({})] }, { replicas, ...spec })] });
/** 100 nodes that attach so many volumes. */
const attach = (attachableVolumes?: number): Parts => ({ facts: facts({ pools: [NodePool.of('general', { nodes: 100, machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64), attachableVolumes }) })] }) });
const retention = (whenScaled: string) => ({ ...claims('local-ssd'), persistentVolumeClaimRetentionPolicy: { whenScaled } });
const scratch = (emptyDir: object, limits: object = {}): Parts => ({
  objects: [workload('Deployment', 'builder', { containers: [container({ resources: { limits } })], volumes: [{ name: 'work', emptyDir }] })],
});

export const STORAGE: Case[] = [
  {
    id: 'TNC163',
    passing: provisioner(['local-ssd', 'kept'], 'local-ssd'),
    // An owner reference alone: its pods stay pending.
    failing: provisioner(['local-ssd']),
    boundary: ['the controller looks after another class', provisioner(['local-ssd'], 'other'), 1],
  },
  { id: 'TNC165', passing: database(1000, claims('network', 'network'), attach(25)), failing: database(1300, claims('network', 'network'), attach(25)), boundary: ['100 nodes with 25 each', database(1250, claims('network', 'network', 'local-ssd'), attach(25)), 0] },
  { id: 'TNC166', passing: database(3, claims('local-ssd')), failing: database(1, claims('local-ssd')), boundary: ['two replicas', database(2, claims('kept')), 0] },
  {
    id: 'TNC167',
    passing: database(3, retention('Delete')),
    failing: database(3, claims('local-ssd')),
    boundary: ['Retain is an answer too', database(3, retention('Retain')), 0],
  },
  { id: 'TNC168', passing: scratch({ sizeLimit: '10Gi' }), failing: scratch({}), boundary: ['a limit of every container', scratch({}, { 'ephemeral-storage': '20Gi' }), 0] },
];
