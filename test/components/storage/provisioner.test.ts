import { Duration } from 'cdk8s';
import { parse } from 'yaml';
import { emit, fleet, joined, Json, ofKind, only, withDisks } from './storage-build';
import { LocalVolumeMode } from '../../../src/cluster/local-disks';
import { BlockCleaning } from '../../../src/components/storage/block-cleaning';
import { LostNodes } from '../../../src/components/storage/lost-nodes';

const { objects, storage } = emit({ cluster: fleet() });
const daemonSets = ofKind(objects, 'DaemonSet');
const containerOf = (set: Json) => set.spec.template.spec.containers[0];
const configOf = (all: Json[], set: Json) => all.find(object => object.kind === 'ConfigMap' && object.metadata.name === set.spec.template.spec.volumes[0].configMap.name)!;

describe('provisioner', () => {
  test('runs on the pools with disks and on no other, past their taints', () => {
    expect(daemonSets.map(set => [set.metadata.name, set.spec.template.spec.nodeSelector['thousand-node.io/pool']])).toEqual([
      ['local-volume-provisioner-memory', 'memory'], ['local-volume-provisioner-database', 'database'],
    ]);
    expect(daemonSets.map(set => set.spec.template.spec.tolerations)).toEqual([
      [], [{ key: 'example.com/db', operator: 'Equal', value: 'yes', effect: 'NoSchedule' }],
    ]);
  });

  test('no DaemonSet selects the pods of another, and each its own', () => {
    for (const set of daemonSets) {
      const selects = (labels: Json) => Object.entries(set.spec.selector.matchLabels).every(([key, value]) => labels[key] === value);
      expect(daemonSets.filter(other => selects(other.spec.template.metadata.labels))).toEqual([set]);
    }
  });

  test('a percentage of each pool is replaced at a time', () => {
    expect(daemonSets.map(set => set.spec.updateStrategy.rollingUpdate.maxUnavailable)).toEqual(['25%', '25%']);
  });

  test('its configuration reads back as upstream documents it, in an immutable ConfigMap that pools of one kind share (STORAGE-06, STORAGE-08)', () => {
    const config = only(objects, 'ConfigMap');
    expect(config.immutable).toBe(true);
    expect(config.metadata.name).toMatch(/^local-volume-provisioner-[0-9a-f]{10}$/);
    expect(parse(joined(config))).toEqual({
      storageClassMap: {
        'local-ssd': {
          hostDir: '/mnt/local-disks/local-ssd',
          mountDir: '/mnt/local-disks/local-ssd',
          blockCleanerCommand: ['/scripts/blkdiscard.sh'],
          volumeMode: 'Filesystem',
          fsType: 'ext4',
          namePattern: '*',
        },
      },
      // The last one is what runbooks find the volumes of a node by.
      nodeLabelsForPV: ['thousand-node.io/pool', 'topology.kubernetes.io/zone', 'kubernetes.io/hostname'],
      useNodeNameOnly: true,
      // A volume that its node owns is deleted uncleaned when the node registers anew.
      setPVOwnerRef: false,
      // 384 provisioners: 384 / 0.75 = 512, rounded up to minutes.
      minResyncPeriod: '540s',
      useJobForCleaning: false,
    });
    for (const set of daemonSets) { expect(configOf(objects, set)).toBe(config); }
  });

  test('sees disks that are mounted later, at the path of the configuration', () => {
    for (const set of daemonSets) {
      expect(containerOf(set).volumeMounts).toContainEqual({ name: 'disks', mountPath: '/mnt/local-disks/local-ssd', mountPropagation: 'HostToContainer' });
      expect(set.spec.template.spec.volumes).toContainEqual({ name: 'disks', hostPath: { path: '/mnt/local-disks/local-ssd', type: 'DirectoryOrCreate' } });
      expect(containerOf(set).env.map((variable: Json) => variable.name)).toEqual(['MY_NODE_NAME', 'MY_NAMESPACE']);
    }
  });

  test('may do what it does and nothing else', () => {
    // Oracle: calls in upstream's pkg/util, pkg/controller and pkg/populator at v2.9.0.
    expect(ofKind(objects, 'ClusterRole').find(role => role.metadata.name === 'local-storage:local-volume-provisioner')!.rules).toEqual([
      { apiGroups: [''], resources: ['nodes'], verbs: ['get'] },
      { apiGroups: [''], resources: ['persistentvolumes'], verbs: ['list', 'watch', 'create', 'delete'] },
      { apiGroups: ['storage.k8s.io'], resources: ['storageclasses'], verbs: ['list', 'watch'] },
      { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch', 'update'] },
    ]);
    expect(ofKind(objects, 'Role')).toEqual([]);
  });

  test('lives in a namespace whose Pod Security level allows it', () => {
    expect(only(objects, 'Namespace').metadata).toMatchObject({ name: 'local-storage', labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } });
  });

  test('is scraped pod by pod, at a port that its container opens; no Service stands before it, whose Endpoints would end at the 1,000th', () => {
    expect(storage.scrapeTargets).toMatchObject([{ discovery: 'pods', namespace: 'local-storage', port: 8080, expectedTargets: 384 }, { job: 'local-volume-node-cleanup', discovery: 'pods', port: 8080 }]);
    expect(daemonSets[0].spec.template.metadata.labels).toMatchObject(storage.scrapeTargets[0].podLabels!);
    expect(containerOf(daemonSets[0]).ports).toEqual([{ name: 'metrics', containerPort: 8080 }]);
    expect(ofKind(objects, 'Service')).toEqual([]);
    expect(storage.apiClients).toMatchObject([
      { namespace: 'local-storage', serviceAccount: 'local-volume-provisioner', kind: 'node-agent' }, { namespace: 'local-storage', serviceAccount: 'local-volume-node-cleanup', kind: 'controller' },
    ]);
  });

  test('what prepared the disks is logged', () => {
    expect(storage.logStreams).toEqual([{ name: 'local-disks', systemdUnit: 'thousand-node-local-disks.service' }]);
  });
});

describe('raw volumes', () => {
  const raw = (props = {}) => emit({ cluster: withDisks({ volumeMode: LocalVolumeMode.BLOCK }), ...props });
  const memory = (all: Json[]) => ofKind(all, 'DaemonSet').find(set => set.metadata.name.endsWith('-memory'))!;

  test('have a class, a folder and a configuration of their own, and the devices behind the links', () => {
    const all = raw().objects;
    expect(ofKind(all, 'StorageClass').map(object => object.metadata.name)).toEqual(['local-ssd', 'local-ssd-block']);
    expect(parse(joined(configOf(all, memory(all)))).storageClassMap).toEqual({
      'local-ssd-block': {
        hostDir: '/mnt/local-disks/local-ssd-block', mountDir: '/mnt/local-disks/local-ssd-block', blockCleanerCommand: ['/scripts/blkdiscard.sh'], volumeMode: 'Block', namePattern: '*',
      },
    });
    expect(containerOf(memory(all)).volumeMounts).toContainEqual({ name: 'devices', mountPath: '/dev' });
    expect(memory(all).spec.template.spec.volumes).toContainEqual({ name: 'devices', hostPath: { path: '/dev', type: 'Directory' } });
    expect(ofKind(all, 'DaemonSet').find(set => set.metadata.name.endsWith('-database'))!.spec.template.spec.volumes.map((volume: Json) => volume.name)).toEqual(['config', 'disks']);
  });

  test.each([
    [BlockCleaning.DISCARD, ['/scripts/blkdiscard.sh']], [BlockCleaning.ZERO, ['/scripts/dd_zero.sh', '1']], [BlockCleaning.SHRED, ['/scripts/shred.sh', '3']],
  ])('cleaned by %s', (blockCleaning, command) => {
    // Oracle: upstream's deployment/docker/scripts at v2.9.0; each takes its number of passes as first word.
    const all = raw({ blockCleaning }).objects;
    expect(parse(joined(configOf(all, memory(all)))).storageClassMap['local-ssd-block'].blockCleanerCommand).toEqual(command);
  });

  test('cleaned by jobs: image, rights in the namespace, past the taints of the pool', () => {
    const all = raw({ cleaningJobs: true }).objects;
    expect(containerOf(memory(all)).env).toContainEqual({ name: 'JOB_CONTAINER_IMAGE', value: containerOf(memory(all)).image });
    expect(only(all, 'Role')).toMatchObject({ metadata: { namespace: 'local-storage' }, rules: [{ apiGroups: ['batch'], resources: ['jobs'], verbs: ['list', 'watch', 'create', 'delete'] }] });
    const database = ofKind(all, 'DaemonSet').find(set => set.metadata.name.endsWith('-database'))!;
    expect(parse(joined(configOf(all, database)))).toMatchObject({ useJobForCleaning: true, jobTolerations: [{ key: 'example.com/db', operator: 'Equal', value: 'yes', effect: 'NoSchedule' }] });
    expect(parse(joined(configOf(all, memory(all)))).jobTolerations).toBeUndefined();
  });
});

describe('nodes that are lost', () => {
  test('a controller frees the claims of classes that are cleaned, never of retained ones', () => {
    const all = emit({ cluster: withDisks({ retain: true }) }).objects;
    const deployment = only(all, 'Deployment');
    expect(containerOf(deployment).args).toContain('--storageclass-names=local-ssd');
    expect(containerOf(deployment).args).toContain('--pvc-deletion-delay=600s');
    expect(containerOf(deployment).image).toMatch(/^registry\.k8s\.io\/sig-storage\/local-volume-node-cleanup:v2\.\d+\.\d+$/);
    expect(deployment.spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
  });

  test('its rights are its calls', () => {
    // Oracle: upstream's pkg/node-cleanup at v2.9.0: listers, deletes of claims and volumes, events.
    expect(ofKind(objects, 'ClusterRole').find(role => role.metadata.name === 'local-storage:local-volume-node-cleanup')!.rules).toEqual([
      { apiGroups: [''], resources: ['nodes'], verbs: ['list', 'watch'] },
      { apiGroups: [''], resources: ['persistentvolumes', 'persistentvolumeclaims'], verbs: ['list', 'watch', 'delete'] },
      { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch', 'update'] },
    ]);
  });

  test('the delay is the user\'s, and marked as such', () => {
    const given = emit({ cluster: fleet(), lostNodes: LostNodes.cleanUp(Duration.minutes(30)) });
    expect(containerOf(only(given.objects, 'Deployment')).args).toContain('--pvc-deletion-delay=1800s');
    expect(given.storage.derivations.find(derivation => derivation.id === 'storage/lost-node-delay')).toMatchObject({ value: 1800, confidence: 'given by the user' });
  });

  test('by hand: no controller, no rights, and the runbook says so', () => {
    const byHand = emit({ cluster: fleet(), lostNodes: LostNodes.byHand() });
    expect(ofKind(byHand.objects, 'Deployment')).toEqual([]);
    expect(ofKind(byHand.objects, 'ClusterRole').map(role => role.metadata.name)).toEqual(['local-storage:local-volume-provisioner']);
    expect(byHand.pages['storage-node-lost']).toContain('Nobody deletes the claims by himself here.');
    expect(byHand.storage.scrapeTargets.map(target => target.job)).toEqual(['local-volume-provisioner']);
  });
});
