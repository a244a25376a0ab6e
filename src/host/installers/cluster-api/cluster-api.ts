import { clusterApiGuide } from './cluster-api-guide';
import { ControlPlaneContent, controlPlaneContent } from './control-plane-content';
import { checkOptions, ClusterApiOptions } from './infrastructure';
import { controlPlaneConfig, needsEncryptionSecret } from './kubeadm-config';
import { CORE, healthCheck, poolMachines, reference } from './pool-objects';
import { kubeadmCan } from '../../../catalogue/kubeadm-features';
import { ClusterFacts } from '../../../cluster/cluster-facts';
import { yamlDocuments } from '../../../formats/yaml-document';
import { InvalidInput } from '../../../input/problems';
import { HostArtefacts } from '../../host-artefacts';
import { renderFile } from '../plain';
import { RenderedTree } from '../rendered-file';

const NAME = 'cluster-api';
const CONTROL_PLANE = 'controlplane.cluster.x-k8s.io';

/** Objects for a management cluster: the control plane with etcd outside of it, and machines of every pool. */
export function renderClusterApi(artefacts: HostArtefacts, cluster: ClusterFacts, options: ClusterApiOptions): RenderedTree {
  const kubelets = artefacts.kubelets.filter(kubelet => kubelet.target.group === 'pools');
  checkOptions(options, kubelets.map(kubelet => kubelet.target.name), cluster.pools.map(pool => pool.name));
  refuseOldReleases(cluster, kubelets.map(kubelet => kubelet.target.name));
  const content = controlPlaneContent(artefacts);
  const encryptionSecret = `${cluster.name}-encryption`;
  const config = content.pods.length > 0 ? controlPlaneConfig(artefacts, cluster, content, encryptionSecret) : undefined;
  const pools = kubelets.map(kubelet => {
    const pool = cluster.pools.find(candidate => candidate.name === kubelet.target.name)!;
    const files = artefacts.files.filter(file => file.target.folder === kubelet.target.folder && !file.providedBy.includes('kubeadm') && !file.providedBy.includes(NAME));
    return { pool, ...poolMachines(pool, kubelet, files.map(renderFile), cluster, options) };
  });
  const path = (pool: string) => `pools/${pool}.yaml`;
  return {
    files: pools.flatMap(({ pool, files }) => files.map(file => ({ ...file, within: path(pool.name) }))),
    documents: [
      ...(config === undefined ? [] : [{ path: 'cluster.yaml', content: yamlDocuments(clusterObjects(cluster, content, config, options)), readBy: 'kubectl in the management cluster' }]),
      ...pools.map(({ pool, objects }) => ({ path: path(pool.name), content: yamlDocuments(objects), readBy: 'kubectl in the management cluster' })),
    ],
    installGuide: clusterApiGuide(cluster, options, {
      hasControlPlane: config !== undefined,
      etcdMachines: content.etcdMachines,
      encryptionSecret: config !== undefined && needsEncryptionSecret(config) ? encryptionSecret : undefined,
      pools: pools.map(({ pool, deployments }) => ({ pool, deployments, path: path(pool.name) })),
    }),
  };
}

// Cluster API has no field for the kubelet's configuration: without patches all nodes would have kubeadm's.
function refuseOldReleases(cluster: ClusterFacts, pools: string[]): void {
  const problems = cluster.pools.filter(pool => pools.includes(pool.name) && !kubeadmCan('kubeletPatches', cluster.releaseOf(pool).version))
    .map(pool => `pool '${pool.name}': kubeadm ${cluster.releaseOf(pool)} cannot patch the kubelet's configuration; use Installer.kubeadm(), or a release from 1.25 on`);
  if (problems.length > 0) { throw new InvalidInput(`installer ${NAME}`, problems); }
}

function clusterObjects(cluster: ClusterFacts, content: ControlPlaneContent, config: object, options: ClusterApiOptions): object[] {
  const namespace = options.namespace ?? 'default';
  const name = `${cluster.name}-control-plane`;
  const replicas = new Set(content.pods.map(pod => pod.target.folder)).size;
  return [
    {
      apiVersion: CORE,
      kind: 'Cluster',
      metadata: { name: cluster.name, namespace },
      spec: {
        clusterNetwork: {
          pods: { cidrBlocks: cluster.network.podCidrs },
          services: { cidrBlocks: cluster.network.serviceCidrs },
          serviceDomain: cluster.network.clusterDomain,
        },
        controlPlaneEndpoint: { host: cluster.apiHost, port: cluster.apiPort },
        controlPlaneRef: { apiGroup: CONTROL_PLANE, kind: 'KubeadmControlPlane', name },
        infrastructureRef: reference(options.infrastructureCluster),
      },
    },
    {
      apiVersion: `${CONTROL_PLANE}/v1beta2`,
      kind: 'KubeadmControlPlane',
      metadata: {
        name,
        namespace,
        // Both are ours; an upgrade must neither look for them nor bring them back.
        annotations: { [`${CONTROL_PLANE}/skip-coredns`]: '', [`${CONTROL_PLANE}/skip-kube-proxy`]: '' },
      },
      spec: {
        replicas,
        version: cluster.release.tag,
        machineTemplate: { spec: { infrastructureRef: reference(options.controlPlaneTemplate) } },
        rollout: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } },
        kubeadmConfigSpec: config,
      },
    },
    // One at a time: two control-plane machines that look dead together are more likely cut off than dead.
    healthCheck(name, namespace, cluster.name, { 'cluster.x-k8s.io/control-plane': '' }, 1),
  ];
}
