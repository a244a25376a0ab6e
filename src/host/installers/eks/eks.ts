import { eksGuide } from './eks-guide';
import { checkEks, EksOptions } from './eks-options';
import { karpenterObjects } from './karpenter';
import { CONTAINERD_CONFIG, multipartUserData, nodeConfig } from './node-config';
import { groupNames, nodeGroupTemplate } from './node-groups';
import { ClusterFacts } from '../../../cluster/cluster-facts';
import { yamlDocuments } from '../../../formats/yaml-document';
import { Problems } from '../../../input/problems';
import { HostArtefacts } from '../../host-artefacts';
import { kubeletFiles } from '../kubelet-files';
import { describedPools, poolFiles } from '../pool-files';
import { RenderedTree } from '../rendered-file';
import { imageRemedy, imageSection, userDataLimit, withImageFiles } from '../user-data-options';

const NAME = 'eks';

/** Nodes of an EKS cluster: the control plane belongs to AWS. */
export function renderEks(artefacts: HostArtefacts, cluster: ClusterFacts, options: EksOptions): RenderedTree {
  const problems = new Problems(`installer ${NAME}`);
  const limit = userDataLimit(options, problems);
  const described = describedPools(poolFiles(artefacts, cluster, NAME, problems), cluster, problems).map(({ kubelet, files, ...pool }) => {
    // nodeadm writes the kubelet's files itself, and containerd's from what it is told.
    const byNodeadm = [...kubeletFiles(kubelet, cluster).map(file => file.path), CONTAINERD_CONFIG];
    return { ...pool, kubelet, files: files.filter(file => !byNodeadm.includes(file.path)), containerd: files.filter(file => file.path === CONTAINERD_CONFIG) };
  });
  const all = withImageFiles(described, options, problems);
  checkEks(options, cluster, all.map(({ pool }) => pool), problems);
  problems.throwIfAny();
  const pools = all.map(({ pool: name, described: pool, kubelet, files, containerd, image }) => {
    const byKarpenter = options.karpenterPools?.includes(name) ?? false;
    const config = nodeConfig(kubelet, containerd[0]?.content, cluster, byKarpenter, options.clusterDetails);
    const open = multipartUserData(name, files, config, false);
    const text = Buffer.byteLength(open) <= limit ? open : multipartUserData(name, files, config, true);
    const bytes = Buffer.byteLength(text);
    problems.require(bytes <= limit,
      `pool '${name}': user data is ${Buffer.byteLength(open)} bytes, ${bytes} with the host's files compressed, and the limit is ${limit}; ${imageRemedy(files)}`);
    const folder = `pools/${name}`;
    return {
      pool, host: [...files, ...containerd], image, text, bytes, byKarpenter, kubelet, userData: `${folder}/user-data.mime`, path: `${folder}/${byKarpenter ? 'karpenter.yaml' : 'node-group.json'}`,
    };
  });
  problems.throwIfAny();
  return {
    files: pools.flatMap(({ host, image, userData }) => [...host.map(file => ({ ...file, within: userData })), ...image]),
    documents: pools.flatMap(({ pool, text, byKarpenter, kubelet, userData, path }) => [
      { path: userData, content: text, readBy: 'cloud-init and nodeadm of a new node; the other document holds the same' },
      byKarpenter
        ? { path, content: yamlDocuments(karpenterObjects(pool, kubelet, text, cluster, options)), readBy: 'kubectl, for Karpenter' }
        : { path, content: `${JSON.stringify(nodeGroupTemplate(pool, options.instanceTypes[pool.name], text, cluster), undefined, 2)}\n`, readBy: 'CloudFormation' },
    ]),
    installGuide: eksGuide(artefacts, cluster, options, limit, imageSection(all), pools.map(({ pool, path, bytes, byKarpenter }) => (
      { pool, path, bytes, groups: byKarpenter ? [] : groupNames(pool) }
    ))),
  };
}
