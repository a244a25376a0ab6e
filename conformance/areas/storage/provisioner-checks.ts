import * as fs from 'node:fs';
import * as path from 'node:path';
import { publishedVolume } from './published-volume';
import { CLASS, described, givenBinary, StorageCluster } from './storage-cluster';
import { Check, failed, passed } from '../../check';
import { Server } from '../../processes';
import { until } from '../../waiting';

const PROVISIONER = 'local-volume-provisioner';
const FOLDER = `/mnt/local-disks/${CLASS}`;
const DISK = '2b1f5c3e-8a44-4c39-9d1e-0f6a7b8c9d10';

/**
 * Starts in a view of the file system of its own: the provisioner reads a fixed path for its configuration, and wants mount points at the paths of a
 * node. Words: folder of the run, folder of the configuration, discovery folder, name of the disk, program and its words.
 */
const ON_A_NODE = `set -eu
view="$1" config="$2" folder="$3" disk="$4"
shift 4
mount -t tmpfs view "$view"
mkdir "$view/upper" "$view/work" "$view/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$view/upper,workdir=$view/work" "$view/root"
mount --rbind /proc "$view/root/proc"
[ "$(stat -c %d /tmp)" = "$(stat -c %d /)" ] || mount --rbind /tmp "$view/root/tmp"
mkdir -p "$view/root/etc/provisioner/config" "$view/root$folder/$disk"
cp "$config"/* "$view/root/etc/provisioner/config/"
mount -t tmpfs -o size=1g disk "$view/root$folder/$disk"
echo secret > "$view/root$folder/$disk/file"
exec chroot "$view/root" "$@"`;

/** The provisioner itself with the configuration and the rights that the library writes: what it publishes, and how it cleans. */
export const provisionerChecks: Check[] = [
  {
    id: 'provisioner-publishes-and-cleans',
    drill: '4',
    judge: 'component',
    component: PROVISIONER,
    skip: () => {
      if (givenBinary(PROVISIONER) === undefined) { return `${PROVISIONER} is in no module registry: put it into CONFORMANCE_BIN or PATH`; }
      return process.getuid?.() === 0 ? undefined : 'mount points want root';
    },
    run: async scene => {
      const cluster = await StorageCluster.of(scene);
      const namespace = 'cleaned';
      await cluster.namespace(namespace);
      const [node] = await cluster.nodes('cleaned', 'cleaned', 1);
      const server = await runProvisioner(cluster, node);
      const { servers } = cluster.scene.controlPlane;
      try {
        const wanted: any = publishedVolume({ node, pool: 'cleaned', zone: 'zone-0', className: CLASS, file: DISK, capacity: '1Gi' });
        const at = `/api/v1/persistentvolumes/${wanted.metadata.name}`;
        await until('the volume published', 60, async () => (await cluster.admin.get(at)).body.status?.phase === 'Available', [...servers, server]);
        const published = (await cluster.admin.get(at)).body;
        const differences = differing(wanted, published, '');
        if (differences.length > 0) { return failed(`the objects of the drills are not what the provisioner writes: ${differences.join('; ').slice(0, 800)}`); }
        await cluster.created(`/api/v1/namespaces/${namespace}/persistentvolumeclaims`, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: CLASS, resources: { requests: { storage: '512Mi' } } } });
        await cluster.created(`/api/v1/namespaces/${namespace}/pods`, {
          apiVersion: 'v1', kind: 'Pod', metadata: { name: 'user' }, spec: { nodeSelector: { 'thousand-node.io/pool': 'cleaned' }, terminationGracePeriodSeconds: 0, containers: [{ name: 'main', image: 'pause' }], volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] },
        });
        await until('the claim bound', 60, async () => (await cluster.admin.get(at)).body.status?.phase === 'Bound', [...servers, server]);
        if (!secret(server)) { return failed('the file is gone before the claim is'); }
        await cluster.admin.delete(`/api/v1/namespaces/${namespace}/pods/user`);
        await cluster.admin.delete(`/api/v1/namespaces/${namespace}/persistentvolumeclaims/data`);
        await until('the volume published anew', 90, async () => {
          const body = (await cluster.admin.get(at)).body;
          return body.status?.phase === 'Available' && body.metadata.uid !== published.metadata.uid;
        }, [...servers, server]);
        return secret(server) ? failed('the volume is free again and its file is still there')
          : passed(`published field by field as the drills' objects (${wanted.metadata.name}); released, its files were deleted before it was free again`);
      } finally {
        await server.stop();
      }
    },
  },
];

/** Whether the file of the last user can still be read on the disk, as the provisioner sees it. */
function secret(server: Server): boolean {
  return fs.existsSync(path.join('/proc', String(server.pid), 'root', FOLDER, DISK, 'file'));
}

/** Fields of an object that another one does not have alike. */
function differing(wanted: any, found: any, at: string): string[] {
  if (typeof wanted !== 'object' || wanted === null) { return wanted === found ? [] : [`${at} is ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`]; }
  return Object.keys(wanted).flatMap(key => differing(wanted[key], found?.[key], `${at}/${key}`));
}

async function runProvisioner(cluster: StorageCluster, node: string): Promise<Server> {
  const { objects } = described();
  const config = objects.find(object => object.kind === 'ConfigMap' && object.metadata.name.startsWith(PROVISIONER));
  const role = objects.find(object => object.kind === 'ClusterRole' && object.metadata.name.endsWith(PROVISIONER));
  const args: string[] = objects.find(object => object.kind === 'DaemonSet').spec.template.spec.containers[0].args;
  const kubeconfig = await cluster.userWithRole('provisioner', role);
  const folder = path.dirname(cluster.scene.file('provisioner/config/storageClassMap', config.data.storageClassMap));
  for (const [name, text] of Object.entries<string>(config.data)) { fs.writeFileSync(path.join(folder, name), text); }
  const view = path.dirname(cluster.scene.file('provisioner/view/.keep', ''));
  const words = args.map(argument => argument.replace(/^--listen-address=:(\d+)$/, `--listen-address=${cluster.scene.controlPlane.placement.loopback.extra(8)}:$1`));
  return cluster.scene.processes.start(PROVISIONER, 'unshare', ['--mount', 'bash', '-c', ON_A_NODE, 'node', view, folder, FOLDER, DISK, givenBinary(PROVISIONER)!, ...words], {
    MY_NODE_NAME: node, MY_NAMESPACE: 'local-storage', KUBECONFIG: kubeconfig,
  });
}
