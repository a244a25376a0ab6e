import { KUBEADM_PATHS } from './kubeadm-paths';
import { kubeletArguments } from './kubelet-files';
import { kubeadmApiVersion, kubeadmCan } from '../../catalogue/kubeadm-features';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { AUTHORITY_FOLDERS, HOST_PATHS } from '../../cluster/host-paths';
import { UPSTREAM_IMAGES } from '../../cluster/image-registry';
import { urlHost } from '../../cluster/ip-range';
import { InvalidInput } from '../../input/problems';
import { CertificateRequest } from '../certificate-request';
import { KubeletHost } from '../kubelet-host';
import { HostMount, StaticPod } from '../static-pod';

/** Components that kubeadm runs, with their field in ClusterConfiguration. */
export const KUBEADM_COMPONENTS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;

type Component = typeof KUBEADM_COMPONENTS[number];

/** Flags that kubeadm writes from fields of its own: per machine (address and port) or from `networking`, `etcd` and `clusterName`. */
const FROM_FIELDS: { [component in Component]: string[] } = {
  'kube-apiserver': ['advertise-address', 'secure-port', 'etcd-servers', 'etcd-cafile', 'etcd-certfile', 'etcd-keyfile', 'service-cluster-ip-range'],
  'kube-controller-manager': ['cluster-name', 'service-cluster-ip-range'],
  'kube-scheduler': [],
};

/** Directories and files that kubeadm mounts by itself. */
const OWN_MOUNTS: { [component in Component]: string[] } = {
  'kube-apiserver': [HOST_PATHS.pki, ...Object.values(AUTHORITY_FOLDERS)],
  'kube-controller-manager': [HOST_PATHS.pki, ...Object.values(AUTHORITY_FOLDERS), '/etc/kubernetes/controller-manager.conf'],
  'kube-scheduler': ['/etc/kubernetes/scheduler.conf'],
};

/**
 * The cluster as kubeadm wants it described, from the static pods that run it.
 *
 * @param installsCoreDns whether CoreDNS is kubeadm's, patched, and not ours
 */
export function clusterConfiguration(cluster: ClusterFacts, pods: StaticPod[], certificates: CertificateRequest[], installsCoreDns = false): object {
  const version = cluster.release.version;
  const apiServer = pods.filter(pod => pod.props.component === 'kube-apiserver');
  const flag = (name: string) => flagValue(apiServer[0], name);
  return {
    apiVersion: kubeadmApiVersion(version),
    kind: 'ClusterConfiguration',
    clusterName: cluster.name,
    kubernetesVersion: cluster.release.tag,
    controlPlaneEndpoint: `${urlHost(cluster.apiHost)}:${cluster.apiPort}`,
    certificatesDir: HOST_PATHS.pki,
    imageRepository: cluster.imageRegistry.image(UPSTREAM_IMAGES.kubeApiserver, '').replace(/\/kube-apiserver:$/, ''),
    networking: { serviceSubnet: cluster.network.serviceCidrs.join(','), podSubnet: cluster.network.podCidrs.join(','), dnsDomain: cluster.network.clusterDomain },
    etcd: {
      external: {
        endpoints: (flag('etcd-servers') ?? '').split(','),
        caFile: flag('etcd-cafile'),
        certFile: flag('etcd-certfile'),
        keyFile: flag('etcd-keyfile'),
      },
    },
    apiServer: { certSANs: certSans(cluster, certificates), ...component('kube-apiserver', pods, version) },
    controllerManager: component('kube-controller-manager', pods, version),
    scheduler: component('kube-scheduler', pods, version),
    // The eBPF data plane replaces kube-proxy, and CoreDNS is ours as a rule: an upgrade by kubeadm must not bring them back.
    ...(kubeadmCan('v1beta4Fields', version) ? { ...(installsCoreDns ? {} : { dns: { disabled: true } }), proxy: { disabled: true } } : {}),
  };
}

/** The first control-plane machine. */
export function initConfiguration(cluster: ClusterFacts, pod: StaticPod, kubelet: KubeletHost | undefined): object {
  const version = cluster.release.version;
  return {
    apiVersion: kubeadmApiVersion(version),
    kind: 'InitConfiguration',
    localAPIEndpoint: localApiEndpoint(pod),
    nodeRegistration: nodeRegistration(cluster, pod.target.name, kubelet),
    ...(kubeadmCan('v1beta4Fields', version) ? {} : { skipPhases: ['addon/kube-proxy', 'addon/coredns'] }),
    patches: { directory: KUBEADM_PATHS.patches },
  };
}

/** Every other machine: of the control plane with `pod`, a worker without. */
export function joinConfiguration(cluster: ClusterFacts, name: string | undefined, kubelet: KubeletHost | undefined, pod: StaticPod | undefined): object {
  return {
    apiVersion: kubeadmApiVersion(cluster.release.version),
    kind: 'JoinConfiguration',
    caCertPath: HOST_PATHS.clusterCa,
    // By file: the file names the token's file, so that no document holds a secret.
    discovery: { file: { kubeConfigPath: KUBEADM_PATHS.discovery } },
    nodeRegistration: nodeRegistration(cluster, name, kubelet),
    ...(pod === undefined ? {} : { controlPlane: { localAPIEndpoint: localApiEndpoint(pod) } }),
    patches: { directory: KUBEADM_PATHS.patches },
  };
}

/**
 * What `kubeadm upgrade` must not forget: the patches, and that etcd is not its own.
 *
 * @param isControlPlane the first machine runs `apply`, every other one `node`
 */
export function upgradeConfiguration(cluster: ClusterFacts, isControlPlane: boolean): object {
  const common = { etcdUpgrade: false, patches: { directory: KUBEADM_PATHS.patches } };
  return {
    apiVersion: kubeadmApiVersion(cluster.release.version),
    kind: 'UpgradeConfiguration',
    ...(isControlPlane ? { apply: { kubernetesVersion: cluster.release.tag, ...common } } : {}),
    node: common,
  };
}

/** How a machine is taken out again. */
export function resetConfiguration(cluster: ClusterFacts): object {
  return {
    apiVersion: kubeadmApiVersion(cluster.release.version),
    kind: 'ResetConfiguration',
    certificatesDir: HOST_PATHS.pki,
    criSocket: HOST_PATHS.containerdSocket,
    cleanupTmpDir: true,
  };
}

function nodeRegistration(cluster: ClusterFacts, name: string | undefined, kubelet: KubeletHost | undefined): object {
  // kubeadm writes the runtime and the taints on the kubelet's command line by itself.
  const extra = kubelet === undefined ? [] : kubeletArguments(kubelet).filter(argument => ['node-ip', 'node-labels'].includes(argument.name));
  return {
    ...(name === undefined ? {} : { name }),
    criSocket: HOST_PATHS.containerdSocket,
    ...(kubelet === undefined ? {} : { taints: kubelet.props.taints }),
    ...(extra.length === 0 ? {} : { kubeletExtraArgs: argumentList(extra, cluster.release.version, 'kubelet') }),
  };
}

function component(name: Component, pods: StaticPod[], version: string): object {
  const own = pods.filter(pod => pod.props.component === name);
  if (own.length === 0) { return {}; }
  const [first, ...others] = own;
  const carried = (pod: StaticPod) => pod.props.flags.filter(flag => !FROM_FIELDS[name].includes(flag.name));
  for (const other of others) {
    if (JSON.stringify(carried(other)) !== JSON.stringify(carried(first))) {
      const names = new Set([...carried(first), ...carried(other)].map(flag => flag.name));
      const differing = [...names].filter(flag => flagValue(first, flag) !== flagValue(other, flag));
      throw new InvalidInput('installer kubeadm', [
        `${name} differs between ${first.target.name} and ${other.target.name} in ${differing.join(', ')}; kubeadm has one value for all machines, use Installer.plain()`,
      ]);
    }
  }
  const volumes = first.props.mounts.filter(mount => !OWN_MOUNTS[name].includes(mount.path)).map(volume);
  return { extraArgs: argumentList(carried(first), version, name), ...(volumes.length === 0 ? {} : { extraVolumes: volumes }) };
}

function argumentList(flags: Array<{ name: string; value: string }>, version: string, owner: string): object {
  if (kubeadmCan('v1beta4Fields', version)) { return flags.map(({ name, value }) => ({ name, value })); }
  const names = flags.map(flag => flag.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new InvalidInput('installer kubeadm', [`${owner}: '${twice}' is given twice; kubeadm takes each flag once before Kubernetes 1.31, use Installer.plain()`]);
  }
  return Object.fromEntries(flags.map(({ name, value }) => [name, value]));
}

function volume(mount: HostMount): object {
  return { name: mount.name, hostPath: mount.path, mountPath: mount.path, readOnly: mount.readOnly ?? true, pathType: mount.type };
}

function localApiEndpoint(pod: StaticPod): object {
  return { advertiseAddress: flagValue(pod, 'advertise-address'), bindPort: Number(flagValue(pod, 'secure-port')) };
}

/** Names and addresses beyond those that kubeadm adds to every API server certificate. */
function certSans(cluster: ClusterFacts, certificates: CertificateRequest[]): string[] {
  const serving = certificates.filter(request => request.certPath === `${HOST_PATHS.pki}/apiserver.crt`);
  const names = [cluster.apiHost, ...serving.flatMap(request => [...request.dnsNames, ...request.ipAddresses])];
  const added = new Set([cluster.network.kubernetesServiceAddress]);
  return [...new Set(names)].filter(name => !added.has(name) && !/^kubernetes(\.|$)/.test(name)).sort();
}

function flagValue(pod: StaticPod, name: string): string | undefined {
  return pod.props.flags.find(flag => flag.name === name)?.value;
}
