import { KUBEADM_PATHS } from './kubeadm-paths';
import { machineDemands } from './machine-demands';
import { rolloutSection } from './rollout-section';
import { largestJoinWave } from '../../capacity/host-capacity';
import { kubeadmCan } from '../../catalogue/kubeadm-features';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { HOST_PATHS } from '../../cluster/host-paths';
import { UPSTREAM_IMAGES } from '../../cluster/image-registry';
import { HostArtefacts } from '../host-artefacts';
import { RolloutPlan } from '../rollout-plan';

/** How a person carries it out with kubeadm: every step that no file does by itself. */
export function kubeadmGuide(artefacts: HostArtefacts, cluster: ClusterFacts, controlPlane: string[], etcd: string[]): string {
  const sections = [
    before(artefacts, cluster),
    ...(artefacts.certificates.length > 0 ? [certificates(artefacts, controlPlane, etcd)] : []),
    ...(etcd.length > 0 ? [etcdSection(etcd)] : []),
    ...(artefacts.services.length > 0 ? [serviceSection(artefacts)] : []),
    ...(controlPlane.length > 0 ? [controlPlaneSection(cluster, controlPlane, artefacts)] : []),
    ...(artefacts.kubelets.some(kubelet => kubelet.target.group === 'pools') ? [poolSection(artefacts, cluster)] : []),
    changes(cluster),
    rolloutSection(RolloutPlan._of(artefacts, cluster), kubeadmCan('kubeletPatches', cluster.release.version) ? 'the patch and the step above' : 'the file'),
  ];
  const head = `# Installing ${cluster.name} with kubeadm ${cluster.release.version}

Each folder below \`machines/\` and \`pools/\` holds the files of a machine or of every node of a pool, at the paths where they belong:
\`rsync -a machines/<name>/ root@<name>:/\`. Modes and owners stand in \`index.json\`; set them after copying.
No file holds a secret: keys are made on the machines, and tokens are put there by you.
`;
  return [head, ...sections.map((section, i) => section.replace('## ', `## ${i + 1}. `))].join('\n');
}

function before(artefacts: HostArtefacts, cluster: ClusterFacts): string {
  const pause = cluster.imageRegistry.image(UPSTREAM_IMAGES.pause, cluster.versions.pause);
  return `## Before

- On every machine: containerd with \`SystemdCgroup = true\` and \`${pause}\` as sandbox image, kubelet, and kubeadm ${cluster.release.tag} (also where a pool's
  kubelets are older: kubeadm has the version of the control plane).
${machineDemands(artefacts, cluster)}\
- \`${cluster.apiHost}:${cluster.apiPort}\` balances TCP over port 6443 of the control-plane machines and resolves without cluster DNS.
- Copy the files, then load kernel modules and settings:
  \`systemctl daemon-reload && systemctl restart systemd-modules-load && sysctl --system && systemctl restart containerd\`.
`;
}

function certificates(artefacts: HostArtefacts, controlPlane: string[], etcd: string[]): string {
  const made = new Set(artefacts.certificates.filter(request => !request.providedBy.includes('kubeadm')).map(request => request.target.name));
  const machines = [...made].sort();
  const first = controlPlane[0] ?? etcd[0] ?? machines[0];
  const others = machines.filter(name => name !== first);
  const joining = controlPlane.slice(1);
  const script = HOST_PATHS.certificateScript;
  return `## Certificates

kubeadm makes the certificates of the control plane. Those of etcd, and the client that the API servers use towards it, are made here.

1. On \`${first}\`: \`${script} all\`. It makes the authorities that are missing (kubeadm takes them as they are), keys, and certificates.
${others.length === 0 ? '' : `2. Copy \`${HOST_PATHS.etcdCa}\` (never its key) from \`${first}\` to the same path on ${list(others)}, and run \`${script} request\` there.
3. On \`${first}\`, for each \`M\` of them; private keys stay where they are:

   \`\`\`
   mkdir -p /root/sign/M/etc/kubernetes/pki/etcd
   cp ${HOST_PATHS.etcdCa} ${HOST_PATHS.etcdCaKey} /root/sign/M${HOST_PATHS.etcdPki}/
   rsync -a --include='*/' --include='requests/*' --include='*.csr' --include='*.crt' --exclude='*' root@M:${HOST_PATHS.pki}/ /root/sign/M${HOST_PATHS.pki}/
   THOUSAND_NODE_ROOT=/root/sign/M ${script} sign
   rsync -a --include='*/' --include='*.crt' --exclude='*' /root/sign/M${HOST_PATHS.pki}/ root@M:${HOST_PATHS.pki}/
   rm -r /root/sign/M
   \`\`\`
`}${joining.length === 0 ? '' : `4. Copy from \`${first}\` to the same paths on ${list(joining)}, mode 0600: \`${HOST_PATHS.clusterCa}\`, \`${HOST_PATHS.clusterCaKey}\`,
   \`${HOST_PATHS.frontProxyCa}\`, \`${HOST_PATHS.frontProxyCaKey}\`, \`${HOST_PATHS.serviceAccountKey}\`, \`${HOST_PATHS.serviceAccountPublicKey}\`.
`}`;
}

function etcdSection(etcd: string[]): string {
  return `## etcd

On ${list(etcd)}: mount the data disks at the paths that the manifests in \`${HOST_PATHS.staticPods}\` name (their type is \`Directory\`: a missing disk stops the
member instead of starting it empty), then \`systemctl disable --now kubelet; systemctl enable --now ${KUBEADM_PATHS.etcdKubeletUnit}\`. Start all of them: a new
ring waits for its members. It is ready when \`etcdctl endpoint health --cluster\` names every member.
`;
}

function serviceSection({ services }: HostArtefacts): string {
  const machines = [...new Set(services.map(service => service.target.name))].sort();
  const units = [...new Set(services.map(service => `${service.props.unit}.service`))];
  return `## Units

On ${list(machines)}: \`systemd-sysusers && systemctl daemon-reload && systemctl enable --now ${units.join(' ')}\`, those that the machine has. Start all machines: a new ring waits
for its members, and a unit whose disk is not mounted fails.
`;
}

function controlPlaneSection(cluster: ClusterFacts, controlPlane: string[], artefacts: HostArtefacts): string {
  const [first, ...others] = controlPlane;
  const scripts = [...new Set(artefacts.files.filter(file => file.path.startsWith('/usr/local/sbin/') && controlPlane.includes(file.target.name)).map(file => file.path))];
  const prepare = scripts.filter(path => path !== HOST_PATHS.certificateScript)
    .map(path => `- On \`${first}\`: \`${path}\`. Copy the file that it makes to the same path on every other control-plane machine.\n`).join('');
  const join = others.length === 0 ? '' : `- Make a token: \`kubeadm token create --ttl 2h | tr -d '\\n'\`. Its file holds nothing else, not even a line break.
- One after the other on ${list(others)}: \`${HOST_PATHS.clusterCa}\` as \`${KUBEADM_PATHS.discoveryCa}\`, the token as \`${HOST_PATHS.kubeletBootstrapToken}\` (mode 0600), then
  \`systemctl disable ${KUBEADM_PATHS.etcdKubeletUnit}; systemctl enable kubelet; kubeadm join --config ${KUBEADM_PATHS.join}\`. Wait for \`/readyz\` of the new API server and for
  etcd before the next. Remove the token.
`;
  return `## Control plane

${prepare}- On \`${first}\`: \`systemctl disable ${KUBEADM_PATHS.etcdKubeletUnit}; systemctl enable kubelet; kubeadm init --config ${KUBEADM_PATHS.init}\`. The kubelet takes the etcd
  containers over. ${artefacts.files.some(({ path }) => path === KUBEADM_PATHS.coreDnsPatch)
    ? 'kube-proxy is left out on purpose: the eBPF data plane takes its place. CoreDNS is kubeadm\'s, with the patch of this cluster.'
    : 'kube-proxy and CoreDNS are left out on purpose: the eBPF data plane and our own CoreDNS take their place.'}
${join}- Apply the manifests, wave by wave: \`kubectl apply --server-side -f dist -l thousand-node.io/wave=00-foundation\`, then the next. Nodes become Ready with the network.
- Serving certificates of kubelets are requested from signer \`kubernetes.io/kubelet-serving\`. Nobody approves them by default: install an approver, or compare node name and
  address and run \`kubectl certificate approve\`. Until then \`kubectl logs\`, \`exec\` and metrics of that node fail. They are for ${cluster.network.nodeCidrs.join(' and ')} only.
`;
}

function poolSection(artefacts: HostArtefacts, cluster: ClusterFacts): string {
  const pools = artefacts.kubelets.filter(kubelet => kubelet.target.group === 'pools').map(kubelet => kubelet.target.name);
  const rows = cluster.pools.filter(pool => pools.includes(pool.name)).map(pool => `| ${pool.name} | ${pool.nodesToday} | ${pool.nodes} | ${largestJoinWave(pool.name, pool.nodesToday).value} |`);
  return `## Pools

On each node: the cluster's CA as \`${KUBEADM_PATHS.discoveryCa}\` (not below \`${HOST_PATHS.pki}\`: kubeadm puts it there and refuses a file that is there already), a token as
\`${HOST_PATHS.kubeletBootstrapToken}\` (mode 0600, no line break; \`kubeadm token create --ttl 2h | tr -d '\\n'\` per wave), then \`kubeadm join --config ${KUBEADM_PATHS.join}\`, then
remove the token. First one node of each pool; when it is Ready, waves of at most the last column, each after the one before is Ready.

| pool | nodes today | planned | largest wave |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}

function changes(cluster: ClusterFacts): string {
  const kubelets = kubeadmCan('kubeletPatches', cluster.release.version)
    ? `- \`patches/kubeletconfiguration0+merge.yaml\`: \`kubeadm upgrade node phase kubelet-config --patches ${KUBEADM_PATHS.patches}\`, then restart the kubelet.`
    : `- \`${KUBEADM_PATHS.kubeletConfig}\`: restart the kubelet. kubeadm ${cluster.release.version} cannot patch the kubelet's configuration, so \`${KUBEADM_PATHS.kubeletDropIn}\` points the kubelet of each pool
  at a file of its own.`;
  return `## Later changes

- \`${KUBEADM_PATHS.init}\`: \`kubeadm init phase upload-config all --config ${KUBEADM_PATHS.init}\`, then on each control-plane machine
  \`kubeadm upgrade node phase control-plane --patches ${KUBEADM_PATHS.patches}\`.
${kubelets}
${upgradeAndReset(cluster)}`;
}

function upgradeAndReset(cluster: ClusterFacts): string {
  const leave = '`kubectl drain <node> --ignore-daemonsets --delete-emptydir-data`, `kubectl delete node <node>`, on the machine';
  const member = 'It also deletes manifests and certificates of etcd: a machine with a member first leaves its rings, as the runbook on replacing a member says.';
  if (kubeadmCan('v1beta4Fields', cluster.release.version)) {
    return `- Another release: kubeadm of that release on all machines, then on the first control-plane machine \`kubeadm upgrade apply --config ${KUBEADM_PATHS.upgrade}\`, on every other machine, one after the other,
  \`kubeadm upgrade node --config ${KUBEADM_PATHS.upgrade}\`. Kubelets follow pool by pool, drained where the minor changes.
- A machine leaves: ${leave} \`kubeadm reset --config ${KUBEADM_PATHS.reset}\`. ${member}
`;
  }
  return `- \`kubeadm upgrade apply\` and \`kubeadm upgrade node\` take \`--etcd-upgrade=false --patches ${KUBEADM_PATHS.patches}\`. \`apply\` brings kube-proxy and CoreDNS back unless it is told not to: \`--skip-phases=addon/coredns,addon/kube-proxy\` where it
  has the flag; else delete what it made.
- A machine leaves: ${leave} \`kubeadm reset --cri-socket ${HOST_PATHS.containerdSocket} --cert-dir ${HOST_PATHS.pki}\`. ${member}
`;
}

function list(names: string[]): string {
  return names.map(name => `\`${name}\``).join(', ');
}
