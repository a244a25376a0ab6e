import { nodeRoleCommand } from './kubelet-files';
import { machineDemands } from './machine-demands';
import { rolloutSection } from './rollout-section';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { HOST_PATHS } from '../../cluster/host-paths';
import { HostArtefacts } from '../host-artefacts';
import { RolloutPlan } from '../rollout-plan';

/** How a person carries it out without an installer. */
export function plainGuide(artefacts: HostArtefacts, cluster: ClusterFacts): string {
  const sections = [
    before(artefacts, cluster),
    ...(cluster.controlPlaneManagedBy === undefined ? [] : [managed(cluster.controlPlaneManagedBy)]),
    ...(artefacts.certificates.length > 0 ? [certificates(artefacts)] : []),
    order(artefacts, cluster),
    ...(pools(artefacts, cluster).length > 0 ? [`## Pools\n\n${pools(artefacts, cluster).join('\n')}\n`] : []),
    rolloutSection(RolloutPlan._of(artefacts, cluster), 'copy the file'),
  ];
  return `# Installing ${cluster.name} without an installer

Kubernetes ${cluster.release.tag}${runs(artefacts, 'etcd') ? `, etcd ${cluster.versions.etcd}` : ''}. Each folder below \`machines/\` and \`pools/\` holds the files of a machine or of every node of a
pool, at the paths where they belong: \`rsync -a machines/<name>/ root@<name>:/\`. Modes and owners stand in \`index.json\`; set them after copying
(\`index.json\` also says what to restart when a file changes, and its sha256 tells what arrived).

${sections.join('\n')}`;
}

function before(artefacts: HostArtefacts, cluster: ClusterFacts): string {
  const disks = runs(artefacts, 'etcd') ? `; the data disks of etcd are mounted at the paths that the etcd manifests name
  (their hostPath type is \`Directory\`: a missing disk stops the member instead of starting it empty)` : '';
  return `## Before

- containerd, kubelet ${cluster.release.version} and openssl are installed${disks}.
${machineDemands(artefacts, cluster)}\
${cluster.controlPlaneManagedBy === undefined ? `- \`${cluster.apiHost}:${cluster.apiPort}\` balances TCP over port 6443 of the control-plane machines and resolves without cluster DNS.
` : ''}`;
}

/** Nodes of a service: what lies on them is ours, how they come in is not. */
function managed(service: string): string {
  return `## What is not here

The control plane: ${service} runs it and takes no files or flags. How a node proves itself to ${service} is the service's own; where its program writes kubeconfig, unit and certificates of the kubelet, leave
\`kubelet.service\` and \`${HOST_PATHS.kubeletBootstrapKubeconfig}\` out and hand it the kubelet's configuration.
`;
}

function certificates(artefacts: HostArtefacts): string {
  const machines = [...new Set(artefacts.certificates.map(request => `\`${request.target.name}\``))].sort();
  return `## Certificates

1. On one machine that stays offline afterwards, or on the first control-plane machine:
   \`${HOST_PATHS.certificateScript} init-authorities\`. \`etcd/ca.key\` and \`front-proxy-ca.key\` stay there.
2. Copy \`ca.crt\`, \`ca.key\` (the controller manager signs the nodes' certificates with it), \`etcd/ca.crt\`, \`front-proxy-ca.crt\`, \`sa.key\`, \`sa.pub\` to the same paths on ${machines.join(', ')}.
3. On each of them: \`${HOST_PATHS.certificateScript} request\`. Bring the \`*.csr\` files to the signing machine, run \`sign\` there with this machine's
   \`requests/\` folder, and bring the \`*.crt\` files back.
`;
}

function order(artefacts: HostArtefacts, cluster: ClusterFacts): string {
  const scripts = [...new Set(artefacts.files.map(file => file.path).filter(path => path.startsWith('/usr/local/sbin/') && path.endsWith('-config')))];
  const roles = artefacts.kubelets.flatMap(kubelet => nodeRoleCommand(kubelet) ?? []);
  return `## Order

1. Apply the kernel settings: \`systemctl restart systemd-modules-load && sysctl --system\`.
${scripts.map(script => `1. On one control-plane machine: \`${script}\`; copy the file that it makes to the others before their API server starts.\n`).join('')}\
${runs(artefacts, 'etcd') ? '1. Start the kubelet on the machines with etcd members; wait until every ring has a leader (`etcdctl endpoint health --cluster`).\n' : ''}\
${artefacts.services.length > 0 ? serviceStep(artefacts) : ''}\
${runs(artefacts, 'kube-apiserver') ? '1. API server, controller manager and scheduler start from the same manifest folder. `/readyz` answers `ok`.\n' : ''}\
1. Apply the manifests, wave by wave: \`kubectl apply --server-side -f dist -l thousand-node.io/wave=00-foundation\`, then the next.
${roles.length > 0 ? `1. No kubelet may give its node a role: ${roles.map(command => `\`${command}\``).join(', ')}.\n` : ''}\
${pools(artefacts, cluster).length > 0 && cluster.controlPlaneManagedBy === undefined ? poolSteps() : ''}`;
}

function pools({ kubelets }: HostArtefacts, cluster: ClusterFacts): string[] {
  const names = kubelets.filter(kubelet => kubelet.target.group === 'pools').map(kubelet => kubelet.target.name);
  return cluster.pools.filter(pool => names.includes(pool.name)).map(pool => `- \`pools/${pool.name}/\`: ${pool.nodesToday} nodes today, ${pool.nodes} planned`);
}

function runs({ staticPods }: HostArtefacts, component: string): boolean {
  return staticPods.some(pod => pod.props.component === component);
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
