import { spawnSync } from 'child_process';
import { Chart, Duration, Size, Testing } from 'cdk8s';
import { parse } from 'yaml';
import { ClusterFacts } from '../../../src/cluster/cluster-facts';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { MachineShape } from '../../../src/cluster/machine-shape';
import { NodePool, TaintEffect } from '../../../src/cluster/node-pool';
import { LocalFilesystem, LocalSsdStorage, LocalSsdStorageProps } from '../../../src/components/storage/local-ssd-storage';
import { NetworkStorageClass } from '../../../src/components/storage/network-storage-class';
import { hostArtefacts } from '../../../src/host/host-artefacts';
import { HostFiles } from '../../../src/host/host-files';
import { schemaErrors } from '../../fixtures/upstream/validate';

const plain = { cpu: 16, memory: Size.gibibytes(64) };
const withDisks = MachineShape.of({ ...plain, localDisks: { count: 2, size: Size.tebibytes(1), byIdPattern: 'nvme-Amazon_EC2_NVMe_Instance_Storage_*' } });

/** 256 nodes with two disks, 128 tainted nodes with two disks, 816 without: 1,200 in all. */
function fleet(release: KubernetesRelease = KubernetesRelease.newest()): ClusterFacts {
  return ClusterFacts.of({
    name: 'shop',
    release,
    network: { podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20' },
    controlPlane: { endpoint: 'api.shop.example.com:6443', members: [{ name: 'cp-1', address: '172.16.0.11' }] },
    pools: [
      NodePool.of('memory', { nodes: 256, machine: withDisks }),
      NodePool.of('database', { nodes: 128, machine: withDisks, taints: [{ key: 'example.com/db', value: 'yes', effect: TaintEffect.NO_SCHEDULE }] }),
      NodePool.of('general', { nodes: 816, machine: MachineShape.of(plain) }),
    ],
  });
}

type Json = { [field: string]: any };

function emit(props: LocalSsdStorageProps = {}): { objects: Json[]; files: { [path: string]: string }; storage: LocalSsdStorage } {
  const chart: Chart = Testing.chart();
  const storage = new LocalSsdStorage(chart, 'storage', props);
  HostFiles.of(chart).leaveOut();
  return {
    objects: Testing.synth(chart),
    files: Object.fromEntries(hostArtefacts(chart).files.map(file => [`${file.target.folder}${file.path}`, file.content])),
    storage,
  };
}

const ofKind = (objects: Json[], kind: string) => objects.filter(object => object.kind === kind);
const only = (objects: Json[], kind: string) => { expect(ofKind(objects, kind)).toHaveLength(1); return ofKind(objects, kind)[0]; };

describe('StorageClass', () => {
  test('waits for a consumer, deletes, names no topology, which nobody would read (STORAGE-01, STORAGE-05)', () => {
    const { metadata, ...rest } = only(emit({ cluster: fleet() }).objects, 'StorageClass');
    expect(metadata.name).toBe('local-ssd');
    expect(rest).toEqual({
      apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', provisioner: 'kubernetes.io/no-provisioner', volumeBindingMode: 'WaitForFirstConsumer', reclaimPolicy: 'Delete',
    });
  });

  test('no volume is written by hand: each carries the affinity of the node that published it (STORAGE-02, STORAGE-03)', () => {
    expect(ofKind(emit({ cluster: fleet() }).objects, 'PersistentVolume')).toEqual([]);
  });

  test('alone, where no pool has local disks, only the class is written and nothing is scraped', () => {
    const { objects, files, storage } = emit();
    expect(objects.map(object => object.kind)).toEqual(['StorageClass']);
    expect(files).toEqual({});
    expect([storage.pools, storage.scrapeTargets, storage.alertGroups, storage.apiClients]).toEqual([[], [], [], []]);
  });

  test('a network class stands beside it (STORAGE-07)', () => {
    const { objects } = emit({
      networkClass: NetworkStorageClass.csi({ name: 'network-ssd', provisioner: 'ebs.csi.aws.com', parameters: { type: 'gp3', encrypted: 'true' }, isDefault: true }),
    });
    const { metadata, ...rest } = objects.find(object => object.metadata.name === 'network-ssd')!;
    expect(metadata.annotations).toEqual({ 'storageclass.kubernetes.io/is-default-class': 'true' });
    expect(rest).toEqual({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      provisioner: 'ebs.csi.aws.com',
      parameters: { encrypted: 'true', type: 'gp3' },
      allowVolumeExpansion: true,
      reclaimPolicy: 'Delete',
      volumeBindingMode: 'WaitForFirstConsumer',
    });
  });
});

describe('provisioner', () => {
  const { objects } = emit({ cluster: fleet() });
  const daemonSets = ofKind(objects, 'DaemonSet');

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

  test('its configuration reads back as upstream documents it, in an immutable ConfigMap (STORAGE-06, STORAGE-08)', () => {
    const config = only(objects, 'ConfigMap');
    expect(config.immutable).toBe(true);
    expect(config.metadata.name).toMatch(/^local-volume-provisioner-[0-9a-f]{10}$/);
    // The provisioner joins `key: ` and the indented value of each key into one YAML document.
    const document = parse(Object.entries(config.data as { [key: string]: string }).map(([key, text]) => `${key}: \n${text.split('\n').map(line => `   ${line}`).join('\n')}\n`).join(''));
    expect(document).toEqual({
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
      nodeLabelsForPV: ['thousand-node.io/pool', 'topology.kubernetes.io/zone'],
      useNodeNameOnly: true,
      setPVOwnerRef: true,
      // 384 provisioners: 384 / 0.75 = 512, rounded up to minutes.
      minResyncPeriod: '540s',
      useJobForCleaning: false,
    });
    for (const set of daemonSets) {
      expect(set.spec.template.spec.volumes.find((volume: Json) => volume.name === 'config').configMap.name).toBe(config.metadata.name);
    }
  });

  test('sees disks that are mounted later, at the path of the configuration', () => {
    for (const set of daemonSets) {
      const [container] = set.spec.template.spec.containers;
      expect(container.volumeMounts).toContainEqual({ name: 'disks', mountPath: '/mnt/local-disks/local-ssd', mountPropagation: 'HostToContainer' });
      expect(set.spec.template.spec.volumes).toContainEqual({ name: 'disks', hostPath: { path: '/mnt/local-disks/local-ssd', type: 'DirectoryOrCreate' } });
      expect(container.env.map((variable: Json) => variable.name)).toEqual(['MY_NODE_NAME', 'MY_NAMESPACE']);
    }
  });

  test('may do what it does and nothing else', () => {
    // Oracle: calls in upstream's pkg/util, pkg/controller and pkg/populator at v2.9.0.
    expect(only(objects, 'ClusterRole').rules).toEqual([
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

  test('is scraped pod by pod, at a port that its container opens', () => {
    const { storage } = emit({ cluster: fleet() });
    expect(storage.scrapeTargets).toMatchObject([{ discovery: 'pods', namespace: 'local-storage', port: 8080 }]);
    const labels = daemonSets[0].spec.template.metadata.labels;
    expect(labels).toMatchObject(storage.scrapeTargets[0].podLabels!);
    expect(daemonSets[0].spec.template.spec.containers[0].ports).toEqual([{ name: 'metrics', containerPort: 8080 }]);
    expect(storage.apiClients).toEqual([{ namespace: 'local-storage', serviceAccount: 'local-volume-provisioner', kind: 'node-agent' }]);
  });
});

describe('disk preparation', () => {
  const { files } = emit({ cluster: fleet() });
  const script = files['pools/memory/usr/local/sbin/thousand-node-local-disks'];

  test('script and unit on every pool with disks', () => {
    expect(Object.keys(files).sort()).toEqual(['database', 'memory'].flatMap(pool => [
      `pools/${pool}/etc/systemd/system/thousand-node-local-disks.service`, `pools/${pool}/usr/local/sbin/thousand-node-local-disks`,
    ]));
  });

  test('runs before the kubelet at every boot', () => {
    const unit = files['pools/memory/etc/systemd/system/thousand-node-local-disks.service'];
    for (const line of ['Before=kubelet.service', 'Type=oneshot', 'ExecStart=/usr/local/sbin/thousand-node-local-disks', 'TimeoutStartSec=300', 'WantedBy=multi-user.target']) {
      expect(unit.split('\n')).toContain(line);
    }
  });

  test('finds disks by id and size, mounts by UUID (STORAGE-04)', () => {
    expect(script).toContain('readonly BY_ID_PATTERN=\'nvme-Amazon_EC2_NVMe_Instance_Storage_*\'\nreadonly DISK_COUNT=2\n');
    expect(script).toContain('readonly LEAST_BYTES=989560464998\nreadonly MOST_BYTES=1209462790553\n');
    expect(script).not.toMatch(/\/dev\/(nvme|sd|vd|xvd)/);
  });

  test('the label that marks a file system as ours fits the shorter limit, that of XFS', () => {
    expect(/^readonly LABEL='(.*)'$/m.exec(script)![1].length).toBeLessThanOrEqual(12);
  });

  const bash = spawnSync('bash', ['--version']).status === 0;
  (bash ? test : test.skip)('bash reads it without complaint', () => {
    expect(spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('every release', () => {
  test.each(KubernetesRelease.all().map(release => [release.version, release] as const))('%s knows every field', (version, release) => {
    const { objects } = emit({ ...ALL, cluster: fleet(release) });
    expect(objects.flatMap(object => schemaErrors(version, object).map(error => `${object.kind}: ${error}`))).toEqual([]);
  });
});

const ALL: Required<LocalSsdStorageProps> = {
  cluster: fleet(),
  pools: ['memory'],
  storageClassName: 'fast-disks',
  fsType: LocalFilesystem.XFS,
  minResyncPeriod: Duration.minutes(30),
  networkClass: NetworkStorageClass.csi({ name: 'network', provisioner: 'rbd.csi.ceph.com', allowVolumeExpansion: false, retain: true }),
};

test.each(Object.entries(ALL))('prop %s reaches the output', (name, given) => {
  const read = (props: LocalSsdStorageProps) => { const { objects, files } = emit(props); return { objects, files }; };
  const base = name === 'cluster' ? {} : { cluster: fleet() };
  expect(read({ ...base, [name]: given })).not.toEqual(read(base));
});

test('the same input gives the same output', () => {
  expect(emit(ALL).objects).toEqual(emit(ALL).objects);
});

test('given numbers replace derivations and keep their mark', () => {
  const resync = emit(ALL).storage.derivations.find(derivation => derivation.id === 'storage/provisioner-min-resync')!;
  expect(resync).toMatchObject({ value: 1800, confidence: 'given by the user' });
});

describe('refused', () => {
  test.each([
    ['an unknown pool', { pools: ['memroy'] }, 'pools: the cluster has no pool "memroy"; it has \'memory\', \'database\', \'general\''],
    ['a pool without disks', { pools: ['general'] },
      'pools: the machines of pool \'general\' have no local disks; set localDisks in their MachineShape or leave the pool out'],
    ['no pool at all', { pools: [] }, 'pools must name at least one pool; leave it out to take every pool with local disks'],
    ['a class name that would leave its folder', { storageClassName: '../../etc' }, 'storageClassName must be a DNS name in lower case, got "../../etc"'],
    ['a class name with a line break', { storageClassName: 'a\nb' }, 'storageClassName must be a DNS name in lower case, got "a\\nb"'],
    ['a resync every second', { minResyncPeriod: Duration.seconds(1) }, 'minResyncPeriod must be between 60 and 86400 (seconds), got 1'],
    ['two classes of one name', { networkClass: NetworkStorageClass.csi({ name: 'local-ssd', provisioner: 'x.csi' }) },
      'networkClass: the name \'local-ssd\' is taken by the local class; give one of them another name'],
  ] as Array<[string, LocalSsdStorageProps, string]>)('%s', (_, props, message) => {
    expect(() => emit({ cluster: fleet(), ...props })).toThrow(`LocalSsdStorage: ${message}`);
  });

  test('all problems at once', () => {
    expect(() => emit({ cluster: fleet(), pools: ['x', 'general'], storageClassName: 'A' })).toThrow(/3 problems[^]*storageClassName[^]*"x"[^]*'general'/);
  });

  test.each([
    [{ name: 'Fast', provisioner: 'x.csi' }, 'name must be a DNS name in lower case, got "Fast"'],
    [{ name: 'fast', provisioner: 'kubernetes.io/aws-ebs' }, 'is an in-tree plugin, all of which moved to CSI drivers'],
    [{ name: 'fast', provisioner: 'x.csi', parameters: { type: 'a\nb' } }, 'parameters[\'type\'] must be one line'],
    [{ name: 'fast', provisioner: 'x.csi', parameters: JSON.parse('{"__proto__": "x"}') }, '\'__proto__\' is not a usable key'],
  ])('network class %j', (props, message) => {
    expect(() => NetworkStorageClass.csi(props)).toThrow(message);
  });
});
