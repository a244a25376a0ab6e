import { EksClusterDetails } from './eks-options';
import { EC2_NODE_CLASS_KUBELET_FIELDS, NODEADM_OWNED_KUBELET_FIELDS } from '../../../catalogue/eks-node-fields';
import { ClusterFacts } from '../../../cluster/cluster-facts';
import { yamlDocuments } from '../../../formats/yaml-document';
import { InvalidInput } from '../../../input/problems';
import { KubeletHost } from '../../kubelet-host';
import { userData } from '../cloud-init/user-data';
import { gzip } from '../gzip';
import { RenderedFile } from '../rendered-file';

/** nodeadm writes this file itself, from its own text and ours. */
export const CONTAINERD_CONFIG = '/etc/containerd/config.toml';

const BOUNDARY = 'thousand-node-part';

/** Kubelet fields that go into an EC2NodeClass. */
export function nodeClassKubelet(kubelet: KubeletHost): { [field: string]: unknown } {
  return selected(kubelet, field => EC2_NODE_CLASS_KUBELET_FIELDS.includes(field));
}

/** What nodeadm is told. Labels and taints are not here: the group or the NodePool owns them. */
export function nodeConfig(
  kubelet: KubeletHost, containerd: string | undefined, cluster: ClusterFacts, byKarpenter: boolean, details: EksClusterDetails | undefined,
): object {
  const elsewhere = [...NODEADM_OWNED_KUBELET_FIELDS, 'registerWithTaints', ...(byKarpenter ? EC2_NODE_CLASS_KUBELET_FIELDS : [])];
  return {
    apiVersion: 'node.eks.aws/v1alpha1',
    kind: 'NodeConfig',
    spec: {
      ...(details === undefined ? {} : { cluster: { name: cluster.name, ...details, cidr: cluster.network.serviceCidrs[0] } }),
      kubelet: { config: selected(kubelet, field => !elsewhere.includes(field)) },
      ...(containerd === undefined ? {} : { containerd: { config: containerd } }),
    },
  };
}

/**
 * Both parts of a node's user data: files of the host for cloud-init, which runs first, and the document for nodeadm, which starts the kubelet. Packed,
 * cloud-init's part is compressed; the whole must not be, since EKS adds a part of its own. Source: cloud-init, cloudinit/user_data.py (DECOMP_TYPES).
 */
export function multipartUserData(pool: string, files: RenderedFile[], config: object, packed: boolean): string {
  const host = userData(pool, files);
  const parts = [
    packed
      ? ['application/gzip\nContent-Transfer-Encoding: base64', gzip(host).toString('base64').replace(/.{76}/g, '$&\n')]
      : ['text/cloud-config; charset="utf-8"', host],
    ['application/node.eks.aws', yamlDocuments([config])],
  ];
  if (parts.some(([, text]) => text.includes(`--${BOUNDARY}`))) {
    throw new InvalidInput('installer eks', [`pool '${pool}': a file holds the text --${BOUNDARY}, which separates the parts of the user data; use Installer.plain() for it`]);
  }
  return [
    'MIME-Version: 1.0',
    `Content-Type: multipart/mixed; boundary="${BOUNDARY}"`,
    '',
    ...parts.flatMap(([type, text]) => [`--${BOUNDARY}`, `Content-Type: ${type}`, '', text.trimEnd(), '']),
    `--${BOUNDARY}--`,
    '',
  ].join('\n');
}

function selected(kubelet: KubeletHost, wanted: (field: string) => boolean): { [field: string]: unknown } {
  return Object.fromEntries(Object.entries(kubelet.props.configuration).filter(([field]) => wanted(field)));
}
