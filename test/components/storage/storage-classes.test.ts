import { Size } from 'cdk8s';
import { emit, fleet, Json, ofKind, only, withDisks } from './storage-build';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { LocalVolumeMode } from '../../../src/cluster/local-disks';
import { EbsVolumeType, GoogleDiskType } from '../../../src/components/storage/network/network-class-props';
import { NetworkStorageClass } from '../../../src/components/storage/network/network-storage-class';

const MIB = Size.mebibytes;
const classOf = (network: NetworkStorageClass, cluster = fleet()) => emit({ cluster, networkClass: network }).objects.find(object => object.metadata.name === network.name && object.kind === 'StorageClass')!;

describe('classes of local disks', () => {
  test('wait for a consumer, delete, name no topology, which nobody would read (STORAGE-01, STORAGE-05)', () => {
    const { metadata, ...rest } = only(emit({ cluster: fleet() }).objects, 'StorageClass');
    expect(metadata.name).toBe('local-ssd');
    expect(rest).toEqual({
      apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', provisioner: 'kubernetes.io/no-provisioner', volumeBindingMode: 'WaitForFirstConsumer', reclaimPolicy: 'Delete',
    });
  });

  test('retained and raw volumes have classes of their own: a disk never changes its class', () => {
    const classes = ofKind(emit({ cluster: withDisks({ retain: true, volumeMode: LocalVolumeMode.BLOCK }) }).objects, 'StorageClass');
    expect(classes.map(object => [object.metadata.name, object.reclaimPolicy])).toEqual([['local-ssd', 'Delete'], ['local-ssd-block-retain', 'Retain']]);
  });

  test('no volume is written by hand unasked: each carries the affinity of the node that published it (STORAGE-02, STORAGE-03)', () => {
    expect(ofKind(emit({ cluster: fleet() }).objects, 'PersistentVolume')).toEqual([]);
  });

  test('alone, where no pool has local disks, only the class is written and nothing is scraped', () => {
    const { objects, files, pages, storage } = emit();
    expect(objects.map(object => object.kind)).toEqual(['StorageClass']);
    expect([files, pages]).toEqual([{}, {}]);
    expect([storage.pools, storage.scrapeTargets, storage.alertGroups, storage.apiClients, storage.logStreams]).toEqual([[], [], [], [], []]);
  });
});

describe('classes of network volumes (STORAGE-07)', () => {
  test('any driver: parameters as given, growth on, made where the pod is', () => {
    const { metadata, ...rest } = classOf(NetworkStorageClass.csi({ name: 'network-ssd', provisioner: 'ebs.csi.aws.com', parameters: { type: 'gp3', encrypted: 'true' }, isDefault: true }));
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

  // Oracle of the names: each driver's own table of parameters (aws-ebs-csi-driver docs/parameters.md, gcp-compute-persistent-disk-csi-driver README.md,
  // azuredisk-csi-driver docs/driver-parameters.md, ceph-csi examples/rbd/storageclass.yaml).
  test.each([
    ['EBS gp3', NetworkStorageClass.ebs({ name: 'n' }), 'ebs.csi.aws.com', { type: 'gp3', encrypted: 'true' }],
    ['EBS gp3, more of everything', NetworkStorageClass.ebs({ name: 'n', iops: 6000, throughput: MIB(500), kmsKeyId: 'arn:aws:kms:eu-central-1:1:key/2' }), 'ebs.csi.aws.com',
      { type: 'gp3', encrypted: 'true', iops: '6000', throughput: '500', kmsKeyId: 'arn:aws:kms:eu-central-1:1:key/2' }],
    ['EBS io2', NetworkStorageClass.ebs({ name: 'n', volumeType: EbsVolumeType.IO2, iops: 20_000 }), 'ebs.csi.aws.com', { type: 'io2', encrypted: 'true', iops: '20000' }],
    ['Google', NetworkStorageClass.googleDisk({ name: 'n', iops: 5000, throughput: MIB(250), kmsKey: 'projects/p/locations/l/keyRings/r/cryptoKeys/k' }), 'pd.csi.storage.gke.io',
      { 'type': 'hyperdisk-balanced', 'provisioned-iops-on-create': '5000', 'provisioned-throughput-on-create': '250Mi', 'disk-encryption-kms-key': 'projects/p/locations/l/keyRings/r/cryptoKeys/k' }],
    ['Azure', NetworkStorageClass.azureDisk({ name: 'n', iops: 8000, throughput: MIB(300), diskEncryptionSetId: '/subscriptions/1' }), 'disk.csi.azure.com',
      { skuName: 'PremiumV2_LRS', cachingMode: 'None', DiskIOPSReadWrite: '8000', DiskMBpsReadWrite: '300', diskEncryptionSetID: '/subscriptions/1' }],
    ['Ceph', NetworkStorageClass.cephRbd({ name: 'n', clusterId: 'b9127830', pool: 'kube', secretNamespace: 'ceph', encryptionKmsId: 'vault' }), 'rbd.csi.ceph.com', {
      'clusterID': 'b9127830',
      'pool': 'kube',
      'imageFeatures': 'layering',
      'csi.storage.k8s.io/provisioner-secret-name': 'csi-rbd-secret',
      'csi.storage.k8s.io/provisioner-secret-namespace': 'ceph',
      'csi.storage.k8s.io/controller-expand-secret-name': 'csi-rbd-secret',
      'csi.storage.k8s.io/controller-expand-secret-namespace': 'ceph',
      'csi.storage.k8s.io/node-stage-secret-name': 'csi-rbd-secret',
      'csi.storage.k8s.io/node-stage-secret-namespace': 'ceph',
      'encrypted': 'true',
      'encryptionKMSID': 'vault',
    }],
  ] as Array<[string, NetworkStorageClass, string, { [key: string]: string }]>)('%s', (_, network, provisioner, parameters) => {
    expect(classOf(network)).toMatchObject({ provisioner, allowVolumeExpansion: true, volumeBindingMode: 'WaitForFirstConsumer' });
    expect(classOf(network).parameters).toEqual(parameters);
  });

  test.each([
    // The label that each driver's node part reports.
    [NetworkStorageClass.ebs({ name: 'n', zones: ['a'] }), 'topology.kubernetes.io/zone'],
    [NetworkStorageClass.googleDisk({ name: 'n', zones: ['a'] }), 'topology.gke.io/zone'],
    [NetworkStorageClass.azureDisk({ name: 'n', zones: ['a'] }), 'topology.disk.csi.azure.com/zone'],
    [NetworkStorageClass.csi({ name: 'n', provisioner: 'x.csi', zones: ['a'], topologyKey: 'topology.x.csi/zone' }), 'topology.x.csi/zone'],
  ])('zones by the label of the driver', (network, key) => {
    expect(classOf(network).allowedTopologies).toEqual([{ matchLabelExpressions: [{ key, values: ['a'] }] }]);
  });

  test('retained, not growing, with mount options', () => {
    expect(classOf(NetworkStorageClass.csi({ name: 'n', provisioner: 'x.csi', retain: true, allowVolumeExpansion: false, mountOptions: ['discard'] })))
      .toMatchObject({ reclaimPolicy: 'Retain', allowVolumeExpansion: false, mountOptions: ['discard'] });
  });

  test('what can be changed in use is a class in the version of the release', () => {
    const network = NetworkStorageClass.ebs({ name: 'n', attributes: [{ name: 'faster', parameters: { iops: '16000' } }] });
    const at = (release: KubernetesRelease) => emit({ cluster: fleet(release), networkClass: network });
    const { apiVersion, driverName, parameters } = only(at(KubernetesRelease.newest()).objects, 'VolumeAttributesClass') as Json;
    expect([apiVersion, driverName, parameters]).toEqual(['storage.k8s.io/v1', 'ebs.csi.aws.com', { iops: '16000' }]);
    // Just below and at each edge; oracle: KEP-3751, beta 1.31 (off), GA 1.34.
    expect(only(at(KubernetesRelease.V1_34).objects, 'VolumeAttributesClass').apiVersion).toBe('storage.k8s.io/v1');
    const beta = at(KubernetesRelease.V1_33);
    expect(only(beta.objects, 'VolumeAttributesClass').apiVersion).toBe('storage.k8s.io/v1beta1');
    expect(beta.storage.preconditions.join()).toContain('API servers that serve storage.k8s.io/v1beta1');
    expect(at(KubernetesRelease.V1_34).storage.preconditions.join()).not.toContain('API servers');
    expect(() => at(KubernetesRelease.V1_30)).toThrow('attributes need VolumeAttributesClass, which Kubernetes has from 1.31 on, cluster.release is 1.30; leave them out');
  });

  test('snapshots have a class of the driver, named as the volumes\' class', () => {
    const snapshots = { retain: true, isDefault: true, parameters: { tag: 'x' } };
    const { metadata, ...rest } = only(emit({ cluster: fleet(), networkClass: NetworkStorageClass.ebs({ name: 'n', snapshots }) }).objects, 'VolumeSnapshotClass');
    expect([metadata.name, metadata.annotations, metadata.namespace]).toEqual(['n', { 'snapshot.storage.kubernetes.io/is-default-class': 'true' }, undefined]);
    expect(rest).toEqual({ apiVersion: 'snapshot.storage.k8s.io/v1', kind: 'VolumeSnapshotClass', driver: 'ebs.csi.aws.com', deletionPolicy: 'Retain', parameters: { tag: 'x' } });
  });

  test('what is the user\'s is a precondition: drivers once, snapshots', () => {
    const { storage } = emit({ cluster: fleet(), networkClass: NetworkStorageClass.ebs({ name: 'a' }), furtherNetworkClasses: [NetworkStorageClass.ebs({ name: 'b', snapshots: {} })] });
    expect(storage.preconditions).toEqual([
      'CSI driver ebs.csi.aws.com: its controller, and its node part on every node whose pods use a, b',
      'definitions of snapshot.storage.k8s.io and the snapshot controller (kubernetes-csi/external-snapshotter)',
    ]);
  });
});

describe('refused', () => {
  test.each([
    ['a name in capitals', () => NetworkStorageClass.csi({ name: 'Fast', provisioner: 'x.csi' }), 'name must be a DNS name in lower case, got "Fast"'],
    ['a plugin of old', () => NetworkStorageClass.csi({ name: 'fast', provisioner: 'kubernetes.io/aws-ebs' }), 'is an in-tree plugin, all of which moved to CSI drivers'],
    ['a parameter of two lines', () => NetworkStorageClass.csi({ name: 'fast', provisioner: 'x.csi', parameters: { type: 'a\nb' } }), 'parameters[\'type\'] must be one line'],
    ['a key of the prototype', () => NetworkStorageClass.csi({ name: 'fast', provisioner: 'x.csi', parameters: JSON.parse('{"__proto__": "x"}') }), '\'__proto__\' is not a usable key'],
    ['a topology without zones', () => NetworkStorageClass.csi({ name: 'fast', provisioner: 'x.csi', topologyKey: 'a/b' }), 'topologyKey \'a/b\' says nothing without zones; give zones or leave it out'],
    ['no zone', () => NetworkStorageClass.ebs({ name: 'fast', zones: [] }), 'zones must name at least one zone; leave it out for all'],
    ['io2 without IOPS', () => NetworkStorageClass.ebs({ name: 'fast', volumeType: EbsVolumeType.IO2 }), 'iops is missing: io2 volumes have what is bought for them, for example 10000'],
    ['throughput of io2', () => NetworkStorageClass.ebs({ name: 'fast', volumeType: EbsVolumeType.IO2, iops: 1000, throughput: MIB(200) }), 'throughput belongs to gp3, the throughput of io2 follows its IOPS; leave it out'],
    ['throughput that gp3 has no IOPS for', () => NetworkStorageClass.ebs({ name: 'fast', throughput: MIB(1000) }), 'throughput of 1000 MiB/s needs iops of at least 4000 (four for each MiB/s), got 3000 by default; raise iops'],
    ['IOPS of a disk that sells none', () => NetworkStorageClass.googleDisk({ name: 'fast', diskType: GoogleDiskType.PD_SSD, iops: 9000 }), 'iops cannot be bought for pd-ssd; leave it out or use hyperdisk-balanced'],
    ['throughput of hyperdisk-extreme', () => NetworkStorageClass.googleDisk({ name: 'fast', diskType: GoogleDiskType.HYPERDISK_EXTREME, throughput: MIB(1) }), 'throughput cannot be bought for hyperdisk-extreme'],
    ['half an operation', () => NetworkStorageClass.azureDisk({ name: 'fast', iops: 0.5 }), 'iops must be a whole number between 1 and 1000000 (operations per second of a volume), got 0.5'],
    ['Ceph without a pool', () => NetworkStorageClass.cephRbd({ name: 'fast', clusterId: 'x', pool: '', secretNamespace: 'ceph' }), 'pool is missing: the driver finds its cluster and pool by it'],
    ['two mount options in one', () => NetworkStorageClass.ebs({ name: 'fast', mountOptions: ['noatime,discard'] }), 'mountOptions: one option each, without commas and spaces, got "noatime,discard"'],
    ['attributes that change nothing', () => NetworkStorageClass.ebs({ name: 'fast', attributes: [{ name: 'a', parameters: {} }] }), 'attributes \'a\' must have a parameter, since a class that changes nothing is a mistake'],
    ['attributes of one name', () => NetworkStorageClass.ebs({ name: 'fast', attributes: ['1', '2'].map(iops => ({ name: 'a', parameters: { iops } })) }), 'attributes: \'a\' stands there twice'],
  ])('%s', (_, make, message) => { expect(make).toThrow(message); });

  test.each([
    ['a zone without nodes', { networkClass: NetworkStorageClass.ebs({ name: 'n', zones: ['c'] }) }, 'networkClass \'n\': no pool stands in zone \'c\', pods could never reach its volumes; zones are a, b'],
    ['the name of the local class', { networkClass: NetworkStorageClass.ebs({ name: 'local-ssd' }) }, 'networkClass: the name \'local-ssd\' is taken by the local class; give one of them another name'],
    ['one name twice', { networkClass: NetworkStorageClass.ebs({ name: 'n' }), furtherNetworkClasses: [NetworkStorageClass.ebs({ name: 'n' })] }, 'furtherNetworkClasses: \'n\' stands there twice'],
    ['two defaults', { networkClass: NetworkStorageClass.ebs({ name: 'n', isDefault: true }), furtherNetworkClasses: [NetworkStorageClass.ebs({ name: 'm', isDefault: true })] }, 'furtherNetworkClasses: n and m are both the default'],
  ])('%s', (_, props, message) => { expect(() => emit({ cluster: fleet(), ...props })).toThrow(`LocalSsdStorage: ${message}`); });
});
