import { refuseManagedCluster } from '../bootstrap-forms';
import { clusterApiGuide } from './cluster-api-guide';
import { checkClass, classObjects, ClassPool, topology } from './cluster-class';
import { ControlPlaneContent, controlPlaneContent } from './control-plane-content';
import { checkOptions, ClusterApiOptions } from './infrastructure';
import { controlPlaneConfig, needsEncryptionSecret } from './kubeadm-config';
import { CORE, healthCheck, poolMachines, reference } from './pool-objects';
import { kubeadmCan } from '../../../catalogue/kubeadm-features';
import { ClusterFacts } from '../../../cluster/cluster-facts';
import { NodePool } from '../../../cluster/node-pool';
import { yamlDocuments } from '../../../formats/yaml-document';
import { Problems } from '../../../input/problems';
import { HostArtefacts } from '../../host-artefacts';
import { renderFile } from '../plain';
import { describedPools } from '../pool-files';
import { RenderedTree } from '../rendered-file';

const NAME = 'cluster-api';
const CONTROL_PLANE = 'controlplane.cluster.x-k8s.io';
const READER = 'kubectl in the management cluster';

/** Objects for a management cluster: the control plane with etcd outside of it, and machines of every pool. */
export function renderClusterApi(artefacts: HostArtefacts, cluster: ClusterFacts, options: ClusterApiOptions): RenderedTree {
  refuseManagedCluster(cluster, NAME);
  const problems = new Problems(`installer ${NAME}`);
  const kubelets = describedPools(artefacts.kubelets.filter(kubelet => kubelet.target.group === 'pools').map(kubelet => ({ kubelet })), cluster, problems);
  checkOptions(options, kubelets.map(({ described }) => described.name), cluster.pools.map(pool => pool.name), problems);
  for (const { described: pool } of kubelets) { refuseOldRelease(pool, cluster, problems); }
  const content = controlPlaneContent(artefacts, problems);
  checkClass(options, cluster, kubelets.map(({ described }) => described), content.pods.length > 0, problems);
  problems.throwIfAny();
  const encryptionSecret = `${cluster.name}-encryption`;
  const config = content.pods.length > 0 ? controlPlaneConfig(artefacts, cluster, content, encryptionSecret) : undefined;
  const pools = kubelets.map(({ kubelet, described: pool }) => {
    const files = artefacts.files.filter(file => file.target.folder === kubelet.target.folder && !file.providedBy.includes('kubeadm') && !file.providedBy.includes(NAME));
    return { pool, ...poolMachines(pool, kubelet, files.map(renderFile), cluster, options) };
  });
  const path = (pool: string) => `pools/${pool}.yaml`;
  return {
    files: pools.flatMap(({ pool, files }) => files.map(file => ({ ...file, within: path(pool.name) }))),
    documents: [
      ...(config === undefined || options.clusterClass === undefined ? [] : [{ path: 'cluster-class.yaml', content: yamlDocuments(classObjects(options, config, pools)), readBy: READER }]),
      ...(config === undefined ? [] : [{ path: 'cluster.yaml', content: yamlDocuments(clusterObjects(cluster, content, config, options, pools)), readBy: READER }]),
      ...pools.map(({ pool, objects, template }) => (
        { path: path(pool.name), content: yamlDocuments(options.clusterClass === undefined ? objects : [template]), readBy: READER }
      )),
    ],
    installGuide: clusterApiGuide(cluster, options, {
      hasControlPlane: config !== undefined,
      etcdMachines: content.etcdMachines,
      encryptionSecret: config !== undefined && needsEncryptionSecret(config) ? encryptionSecret : undefined,
      pools: pools.map(({ pool, deployments, placements }) => (
        { pool, deployments: options.clusterClass === undefined ? deployments : placements.map(({ name }) => name), path: path(pool.name) }
      )),
    }),
  };
}

// Cluster API has no field for the kubelet's configuration: without patches all nodes would have kubeadm's.
function refuseOldRelease(pool: NodePool, cluster: ClusterFacts, problems: Problems): void {
  const release = cluster.releaseOf(pool);
  problems.require(kubeadmCan('kubeletPatches', release.version),
    `pool '${pool.name}': kubeadm ${release} cannot patch the kubelet's configuration; use Installer.kubeadm(), or a release from 1.25 on`);
}

function clusterObjects(cluster: ClusterFacts, content: ControlPlaneContent, config: object, options: ClusterApiOptions, pools: ClassPool[]): object[] {
  const namespace = options.namespace ?? 'default';
  const name = `${cluster.name}-control-plane`;
  const replicas = new Set(content.pods.map(pod => pod.target.folder)).size;
  const clusterObject = {
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
      ...(options.clusterClass === undefined
        ? { controlPlaneRef: { apiGroup: CONTROL_PLANE, kind: 'KubeadmControlPlane', name }, infrastructureRef: reference(options.infrastructureCluster) }
        : { topology: topology(cluster, options, options.clusterClass, replicas, pools) }),
    },
  };
  if (options.clusterClass !== undefined) { return [clusterObject]; }
  return [
    clusterObject,
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
