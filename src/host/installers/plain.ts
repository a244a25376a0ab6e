import { kubeletFiles, nodeRoleCommand } from './kubelet-files';
import { RenderedFile, RenderedTree } from './rendered-file';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { HOST_PATHS } from '../../cluster/host-paths';
import { yamlDocuments } from '../../formats/yaml-document';
import { certificateFiles } from '../certificates/certificate-files';
import { HostArtefacts } from '../host-artefacts';
import { HostChange } from '../host-change';
import { HostFile } from '../host-file';
import { StaticPod } from '../static-pod';

const NAME = 'plain';

/** Static pods and systemd: every file as it lies on the machine, for teams with an installer of their own or none. */
export function renderPlain(artefacts: HostArtefacts, cluster: ClusterFacts): RenderedTree {
  return {
    files: [
      ...artefacts.files.filter(file => !file.providedBy.includes(NAME)).map(renderFile),
      ...artefacts.staticPods.map(staticPodFile),
      ...artefacts.kubelets.flatMap(kubelet => kubeletFiles(kubelet, cluster)),
      ...certificateFiles(artefacts.certificates, NAME),
    ],
    installGuide: installGuide(artefacts, cluster),
  };
}

/** A HostFile as it is. */
export function renderFile(file: HostFile): RenderedFile {
  return { target: file.target, path: file.path, content: file.content, mode: file.mode, owner: file.owner, onChange: file.onChange };
}

/** A static pod in the kubelet's manifest folder; readable by root only, like kubeadm's. */
export function staticPodFile(pod: StaticPod): RenderedFile {
  return {
    target: pod.target,
    path: `${HOST_PATHS.staticPods}/${pod.props.name}.yaml`,
    content: yamlDocuments([pod.manifest()]),
    mode: '0600',
    owner: 'root:root',
    onChange: HostChange.staticPod(),
  };
}

function installGuide(artefacts: HostArtefacts, cluster: ClusterFacts): string {
  const machines = [...new Set(artefacts.certificates.map(request => request.target.name))].sort();
  const scripts = [...new Set(artefacts.files.map(file => file.path).filter(path => path.startsWith('/usr/local/sbin/') && path.endsWith('-config')))];
  const roles = artefacts.kubelets.flatMap(kubelet => nodeRoleCommand(kubelet) ?? []);
  const poolNames = artefacts.kubelets.filter(kubelet => kubelet.target.group === 'pools').map(kubelet => kubelet.target.name);
  const runs = (component: string) => artefacts.staticPods.some(pod => pod.props.component === component);
  const pools = cluster.pools.filter(pool => poolNames.includes(pool.name)).map(pool => `- \`pools/${pool.name}/\`: ${pool.nodesToday} nodes today, ${pool.nodes} planned`);
  return `# Installing ${cluster.name} without an installer

Kubernetes ${cluster.release.tag}, etcd ${cluster.versions.etcd}. Each folder below \`machines/\` and \`pools/\` holds the files of a machine or of every node of a
pool, at the paths where they belong: \`rsync -a machines/<name>/ root@<name>:/\`. Modes and owners stand in \`index.json\`; set them after copying
(\`index.json\` also says what to restart when a file changes, and its sha256 tells what arrived).

## Before

- containerd, kubelet ${cluster.release.version} and openssl are installed; the data disks of etcd are mounted at the paths that the etcd manifests name
  (their hostPath type is \`Directory\`: a missing disk stops the member instead of starting it empty).
- \`${cluster.apiHost}:${cluster.apiPort}\` balances TCP over port 6443 of the control-plane machines and resolves without cluster DNS.

## Certificates

1. On one machine that stays offline afterwards, or on the first control-plane machine:
   \`${HOST_PATHS.certificateScript} init-authorities\`. \`etcd/ca.key\` and \`front-proxy-ca.key\` stay there.
2. Copy \`ca.crt\`, \`ca.key\` (the controller manager signs the nodes' certificates with it), \`etcd/ca.crt\`, \`front-proxy-ca.crt\`, \`sa.key\`, \`sa.pub\` to the same paths on ${machines.length > 0 ? machines.map(m => `\`${m}\``).join(', ') : 'every control-plane machine'}.
3. On each of them: \`${HOST_PATHS.certificateScript} request\`. Bring the \`*.csr\` files to the signing machine, run \`sign\` there with this machine's
   \`requests/\` folder, and bring the \`*.crt\` files back.

## Order

1. Apply the kernel settings: \`systemctl restart systemd-modules-load && sysctl --system\`.
${scripts.map(script => `1. On one control-plane machine: \`${script}\`; copy the file that it makes to the others before their API server starts.\n`).join('')}\
${runs('etcd') ? '1. Start the kubelet on the machines with etcd members; wait until every ring has a leader (`etcdctl endpoint health --cluster`).\n' : ''}\
${artefacts.services.length > 0 ? serviceStep(artefacts) : ''}\
${runs('kube-apiserver') ? '1. API server, controller manager and scheduler start from the same manifest folder. `/readyz` answers `ok`.\n' : ''}\
1. Apply the manifests, wave by wave: \`kubectl apply --server-side -f dist -l thousand-node.io/wave=00-foundation\`, then the next.
${roles.length > 0 ? `1. No kubelet may give its node a role: ${roles.map(command => `\`${command}\``).join(', ')}.\n` : ''}\
${pools.length > 0 ? poolSteps() : ''}\
${pools.length > 0 ? `
## Pools

${pools.join('\n')}
` : ''}`;
}

/** Components that systemd runs, before anything that needs them. */
function serviceStep({ services }: HostArtefacts): string {
  const units = [...new Set(services.map(service => `${service.props.unit}.service`))];
  return `1. On the machines that have them: \`systemd-sysusers && systemctl daemon-reload && systemctl enable --now ${units.join(' ')}\`. Start all machines: a new ring waits for its
   members, and fails loudly where a disk is not mounted.
`;
}

/** How nodes of a pool join without an installer. */
function poolSteps(): string {
  return `1. Nodes of the pools: \`${HOST_PATHS.clusterCa}\` and a bootstrap token (\`kubeadm token create --ttl 2h\`, or a Secret of type \`bootstrap.kubernetes.io/token\`) as
   \`${HOST_PATHS.kubeletBootstrapToken}\`, mode 0600; start the kubelet. The first node of each pool alone, then waves of less than 10 % of the cluster.
1. Serving certificates of kubelets are requested from signer \`kubernetes.io/kubelet-serving\`. Nobody approves them by default: install an approver, or compare name and
   address and run \`kubectl certificate approve\`. Until then \`kubectl logs\`, \`exec\` and metrics of that node fail.
`;
}
