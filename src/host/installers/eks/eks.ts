import { eksGuide } from './eks-guide';
import { checkEks, EksOptions } from './eks-options';
import { karpenterObjects } from './karpenter';
import { multipartUserData, nodeConfig } from './node-config';
import { groupNames, nodeGroupTemplate } from './node-groups';
import { ClusterFacts } from '../../../cluster/cluster-facts';
import { yamlDocuments } from '../../../formats/yaml-document';
import { Problems } from '../../../input/problems';
import { HostArtefacts } from '../../host-artefacts';
import { kubeletFiles } from '../kubelet-files';
import { describedPools, poolFiles } from '../pool-files';
import { RenderedTree } from '../rendered-file';
import { userDataLimit } from '../user-data-limit';

const NAME = 'eks';

/** Nodes of an EKS cluster: the control plane belongs to AWS. */
export function renderEks(artefacts: HostArtefacts, cluster: ClusterFacts, options: EksOptions): RenderedTree {
  const problems = new Problems(`installer ${NAME}`);
  const limit = userDataLimit(options.userDataLimit, problems);
  const all = describedPools(poolFiles(artefacts, cluster, NAME, problems), cluster, problems);
  checkEks(options, cluster, all.map(({ pool }) => pool), problems);
  problems.throwIfAny();
  const pools = all.map(({ pool: name, described: pool, kubelet, files }) => {
    const byKarpenter = options.karpenterPools?.includes(name) ?? false;
    // nodeadm writes the kubelet's files itself.
    const owned = kubeletFiles(kubelet, cluster).map(file => file.path);
    const host = files.filter(file => !owned.includes(file.path));
    const text = multipartUserData(name, host, nodeConfig(kubelet, host, cluster, byKarpenter, options.clusterDetails));
    const bytes = Buffer.byteLength(text);
    problems.require(bytes <= limit, `pool '${name}': user data is ${bytes} bytes and the limit is ${limit}; put files into the machine image from Installer.plain()`);
    return { pool, host, text, bytes, byKarpenter, kubelet, userData: `pools/${name}/user-data.mime`, path: `pools/${name}/${byKarpenter ? 'karpenter.yaml' : 'node-group.json'}` };
  });
  problems.throwIfAny();
  return {
    files: pools.flatMap(({ host, userData }) => host.map(file => ({ ...file, within: userData }))),
    documents: pools.flatMap(({ pool, text, byKarpenter, kubelet, userData, path }) => [
      { path: userData, content: text, readBy: 'cloud-init and nodeadm of a new node; the other document holds the same' },
      byKarpenter
        ? { path, content: yamlDocuments(karpenterObjects(pool, kubelet, text, cluster, options)), readBy: 'kubectl, for Karpenter' }
        : { path, content: `${JSON.stringify(nodeGroupTemplate(pool, options.instanceTypes[pool.name], text, cluster), undefined, 2)}\n`, readBy: 'CloudFormation' },
    ]),
    installGuide: eksGuide(artefacts, cluster, options, limit, pools.map(({ pool, path, bytes, byKarpenter }) => (
      { pool, path, bytes, groups: byKarpenter ? [] : groupNames(pool) }
    ))),
  };
}
