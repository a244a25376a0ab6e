import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { App, Chart, Size, Testing } from 'cdk8s';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { LocalSsdStorage } from '../../../src/components/storage/local-ssd-storage';
import { EbsVolumeType } from '../../../src/components/storage/network/network-class-props';
import { NetworkStorageClass } from '../../../src/components/storage/network/network-storage-class';
import { HostFiles } from '../../../src/host/host-files';
import { Check, failed, passed } from '../../check';
import { ControlPlane } from '../../control-plane/control-plane';
import { Server } from '../../processes';
import { REPOSITORY, Scene } from '../../scene';
import { binaries } from '../../toolchain/binaries';
import { until } from '../../waiting';
import { drillCluster, writtenControlPlane } from '../control-plane/drill-cluster';

const SNAPSHOTTER = path.join(REPOSITORY, 'conformance', 'toolchain', 'external-snapshotter');
const SNAPSHOTS = 'github.com/kubernetes-csi/external-snapshotter/client/v8';

/** Two releases with the etcd that goes with each. */
const RELEASES = [
  { release: KubernetesRelease.V1_37, apiServer: 'kube-apiserver', etcd: 'etcd' },
  { release: KubernetesRelease.V1_36, apiServer: 'kube-apiserver-1.36', etcd: 'etcd-3.6' },
] as const;

const KINDS = ['StorageClass', 'VolumeAttributesClass', 'VolumeSnapshotClass'];

/** Classes of every driver that the library knows, with all that a class can have. */
function classes(release: KubernetesRelease): any[] {
  const snapshots = { retain: true, parameters: { tagSpecification_1: 'team=shop' } };
  const attributes = [{ name: 'ebs-faster', parameters: { iops: '16000', throughput: '1000' } }];
  const chart = new Chart(new App(), 'drill');
  new LocalSsdStorage(chart, 'storage', {
    cluster: drillCluster(release),
    networkClass: NetworkStorageClass.ebs({ name: 'ebs', isDefault: true, iops: 6000, throughput: Size.mebibytes(500), zones: ['eu-central-1a'], attributes, snapshots }),
    furtherNetworkClasses: [
      NetworkStorageClass.ebs({ name: 'ebs-io2', volumeType: EbsVolumeType.IO2, iops: 20_000, retain: true }),
      NetworkStorageClass.googleDisk({ name: 'google', iops: 5000, throughput: Size.mebibytes(200), attributes: [{ name: 'google-faster', parameters: { iops: '9000' } }] }),
      NetworkStorageClass.azureDisk({ name: 'azure', iops: 8000, attributes: [{ name: 'azure-faster', parameters: { DiskIOPSReadWrite: '16000' } }] }),
      NetworkStorageClass.cephRbd({ name: 'ceph', clusterId: 'b9127830-b0cc-4e34-aa47-9d1a2e9949a8', pool: 'kube', secretNamespace: 'ceph-csi', mountOptions: ['discard'], snapshots: { name: 'ceph-snapshots' } }),
      NetworkStorageClass.csi({ name: 'any', provisioner: 'driver.example.com', allowVolumeExpansion: false }),
    ],
  });
  HostFiles.of(chart).leaveOut();
  return Testing.synth(chart).filter(object => KINDS.includes(object.kind));
}

/** Definitions of the snapshot controller, from its module at the version of the wrapper. */
function definitions(): string {
  const done = spawnSync('go', ['mod', 'download', '-json', SNAPSHOTS], { cwd: SNAPSHOTTER, encoding: 'utf8' });
  if (done.status !== 0) { throw new Error(`the module ${SNAPSHOTS} could not be fetched: ${(done.stderr || done.stdout).slice(0, 300)}`); }
  return path.join(JSON.parse(done.stdout).Dir, 'config', 'crd', 'snapshot.storage.k8s.io_volumesnapshotclasses.yaml');
}

/** An API server of a release with the definitions, and kubectl for it; ended with the work. */
async function onRelease<T>(scene: Scene, { release, apiServer, etcd }: typeof RELEASES[number], work: (
  kubectl: (...words: string[]) => Promise<{ code: number | null; stdout: string; stderr: string }>
) => Promise<T>): Promise<T> {
  const tools: Scene['binaries'] = { ...scene.binaries, ...await binaries([apiServer, etcd], console.log) };
  const folder = path.join(scene.folder, 'classes', release.version);
  const plane = new ControlPlane(writtenControlPlane(path.join(folder, 'output'), drillCluster(release)), folder, tools, scene.processes);
  await plane.prepare();
  const servers: Server[] = [];
  try {
    for (const pod of plane.pods('etcd')) { servers.push(scene.processes.start(`${pod.name}-classes-${release.version}`, tools[etcd].path, plane.argv(pod), pod.env)); }
    for (const ring of ['main', 'events']) { await until(`${ring} ring of ${release.version}`, 60, async () => (await plane.etcdctl(ring, 'put', 'drill', 'drill')).stdout.startsWith('OK'), servers); }
    servers.push(scene.processes.start(`kube-apiserver-classes-${release.version}`, tools[apiServer].path, plane.argv(plane.pod('kube-apiserver'))));
    const admin = await plane.adminClient();
    await until(`API server of ${release.version}`, 120, async () => (await admin.get('/readyz')).body === 'ok', servers);
    const { ca, cert, key } = plane.adminFiles;
    const kubectl = (...words: string[]) => scene.processes.run(tools.kubectl.path, [
      `--server=${plane.apiServerUrl}`, `--certificate-authority=${ca}`, `--client-certificate=${cert}`, `--client-key=${key}`, '--kubeconfig=/dev/null', ...words,
    ]);
    const installed = await kubectl('apply', '--server-side', '-f', definitions());
    if (installed.code !== 0) { throw new Error(`definitions: ${installed.stderr.slice(0, 400)}`); }
    await until('snapshots served', 60, async () => (await admin.get('/apis/snapshot.storage.k8s.io/v1/volumesnapshotclasses')).status === 200, servers);
    admin.close();
    return await work(kubectl);
  } finally {
    for (const server of servers.reverse()) {
      if (server.exitCode() === undefined) { process.kill(server.pid, 'SIGKILL'); }
      await until(`the end of ${server.name}`, 30, async () => server.exitCode() !== undefined);
    }
  }
}

/** Classes of network storage in API servers of two releases, strictly. */
export const classesChecks: Check[] = RELEASES.map((pair): Check => ({
  id: `network-classes-accepted-${pair.release.version}`,
  drill: '7',
  judge: 'component',
  component: 'kube-apiserver',
  run: scene => onRelease(scene, pair, async kubectl => {
    const objects = classes(pair.release);
    const file = (name: string, items: object[]) => scene.file(`classes/${pair.release.version}-${name}.json`, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    const done = await kubectl('apply', '--server-side', '--validate=strict', '-f', file('all', objects));
    const accepted = done.stdout.split('\n').filter(line => line.endsWith('serverside-applied')).length;
    // One wrong word in each kind.
    const misspelt = KINDS.map(kind => {
      const { driverName, driver, provisioner, ...rest } = structuredClone(objects.find(object => object.kind === kind)!);
      return { ...rest, ...(driver ? { driver } : {}), ...(driverName ? { driverName } : {}), ...(provisioner ? { provisioner } : {}), parameter: { a: 'b' } };
    });
    const refusals = await Promise.all(misspelt.map((object, i) => kubectl('apply', '--server-side', '--validate=strict', '--dry-run=server', '-f', file(`wrong-${i}`, [object]))));
    const refused = refusals.filter(({ code, stderr }) => code !== 0 && /parameter/.test(stderr)).length;
    const figures = { accepted: { value: accepted, unit: 'classes', goal: String(objects.length), met: accepted === objects.length } };
    return done.code === 0 && accepted === objects.length && accepted === 12 && !/Warning:/.test(done.stderr) && refused === KINDS.length
      ? passed(`${accepted} classes of five drivers, attributes and snapshots among them; a misspelt field of each kind is refused`, figures)
      : failed(`${accepted} of ${objects.length}: ${done.stderr.slice(0, 800)}; ${refused} of ${KINDS.length} misspelt ones refused`, figures);
  }),
}));
