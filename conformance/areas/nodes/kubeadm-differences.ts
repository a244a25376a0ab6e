/** An item of a static pod that kubeadm writes otherwise than the plain form, and why that may stay. */
export interface KubeadmDifference {
  readonly components: readonly string[];
  readonly item: string;
  /** What kubeadm writes; undefined when it does not write the item. */
  readonly kubeadm?: string;
  /** What the plain form writes; undefined when it does not. */
  readonly ours?: string;
  /** Whether our value follows from the description of the cluster and is another for another one. */
  readonly derived?: true;
  /** Release in which the difference is there, of those that are compared; undefined for all. */
  readonly release?: string;
  /** A folder that kubeadm looks for on the machine: without it the difference is not there. */
  readonly whereMachineHas?: string;
  /** A folder that kubeadm looks for, and that we mount anyhow: with it the difference is not there. */
  readonly whereMachineLacks?: string;
  readonly reason: string;
}

const CONTROL_PLANE = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];

const authorities = (folder: string): KubeadmDifference => ({
  components: ['kube-apiserver', 'kube-controller-manager'],
  item: `mount ${folder}`,
  kubeadm: `${folder} DirectoryOrCreate read-only`,
  whereMachineHas: folder,
  reason: 'kubeadm mounts every folder of public authorities that the machine has, since files in /etc/ssl/certs, which both mount, are links into them on some distributions; on Debian the bundle there is a file',
});

const delay = (probe: string, components: readonly string[]): KubeadmDifference => ({
  components,
  item: `${probe}.initialDelaySeconds`,
  kubeadm: '10',
  reason: 'a patch leaves what it does not name: the first question comes ten seconds later',
});

/** Control plane as kubeadm writes it from our documents and patches. A flag that is not here has to be equal. */
export const CONTROL_PLANE_DIFFERENCES: KubeadmDifference[] = [
  {
    components: ['kube-controller-manager'],
    item: '--cluster-cidr',
    kubeadm: '10.0.0.0/11',
    reason: 'kubeadm adds it for a podSubnet and no field takes it away; with --allocate-node-cidrs=false, which both have, nothing reads it',
  },
  {
    components: ['kube-scheduler'],
    item: '--kubeconfig',
    kubeadm: '/etc/kubernetes/scheduler.conf',
    reason: 'the configuration file names the same kubeconfig; next to --config the flag counts for nothing',
  },
  {
    components: ['kube-scheduler'],
    item: '--leader-elect',
    kubeadm: 'true',
    reason: 'the configuration file says the same',
  },
  {
    components: ['kube-apiserver'],
    item: 'metadata.annotations.kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint',
    kubeadm: 'ADDRESS:6443',
    reason: 'kubeadm finds the address of a server by it when it joins the next one',
  },
  delay('livenessProbe', CONTROL_PLANE),
  delay('startupProbe', CONTROL_PLANE),
  ...[['kube-apiserver', '6443'], ['kube-controller-manager', '10257'], ['kube-scheduler', '10259']].map(([component, port]) => ({
    components: [component],
    item: 'port probe-port',
    kubeadm: port,
    release: '1.37',
    reason: 'a name for the port of the probes; the pods share the network of the machine, so it opens nothing',
  })),
  ...['failureThreshold 3', 'httpGet.path /readyz', 'httpGet.port 10259', 'httpGet.scheme HTTPS', 'periodSeconds 1', 'timeoutSeconds 15'].map(text => text.split(' ')).map(([field, value]) => ({
    components: ['kube-scheduler'],
    item: `readinessProbe.${field}`,
    kubeadm: value,
    release: '1.37',
    reason: 'no Service selects the scheduler: nothing asks whether it is ready',
  })),
  {
    components: ['kube-controller-manager'],
    item: 'mount /usr/libexec/kubernetes/kubelet-plugins/volume/exec',
    kubeadm: '/usr/libexec/kubernetes/kubelet-plugins/volume/exec DirectoryOrCreate',
    release: '1.30',
    reason: 'plugins of FlexVolume, which nothing here uses',
  },
  ...['/etc/ca-certificates', '/etc/pki/tls/certs', '/usr/local/share/ca-certificates', '/usr/share/ca-certificates'].map(authorities),
  {
    components: ['kube-apiserver', 'kube-controller-manager'],
    item: 'mount /etc/pki/ca-trust',
    ours: '/etc/pki/ca-trust DirectoryOrCreate read-only',
    whereMachineLacks: '/etc/pki/ca-trust',
    reason: 'our files are written for any distribution: on those of Red Hat the bundle in /etc/ssl/certs is a link into it, elsewhere it is an empty folder',
  },
];

const certificate = (flag: string, kubeadm: string, ours: string): KubeadmDifference => ({
  components: ['etcd'],
  item: flag,
  kubeadm: `/etc/kubernetes/pki/etcd/${kubeadm}`,
  ours: `/etc/kubernetes/pki/etcd/${ours}`,
  reason: 'a certificate for each ring: both run on the same machines',
});

const own = (item: string, ours: string | undefined, reason: string): KubeadmDifference => ({ components: ['etcd'], item, ours, reason, derived: ours === undefined ? true : undefined });

/** The etcd that kubeadm would run, beside a member of our main ring: why the documents say that etcd is external. */
export const ETCD_DIFFERENCES: KubeadmDifference[] = [
  certificate('--cert-file', 'server.crt', 'main-server.crt'),
  certificate('--key-file', 'server.key', 'main-server.key'),
  certificate('--peer-cert-file', 'peer.crt', 'main-peer.crt'),
  certificate('--peer-key-file', 'peer.key', 'main-peer.key'),
  { components: ['etcd'], item: '--feature-gates', kubeadm: 'InitialCorruptCheck=true', ours: 'CompactHashCheck=true,InitialCorruptCheck=true', reason: 'members compare their content at every compaction too' },
  { components: ['etcd'], item: '--initial-cluster', kubeadm: 'MACHINE=https://ADDRESS:2380', derived: true, reason: 'kubeadm starts one member and adds the others one by one; ours start as one ring' },
  own('--initial-cluster-state', 'new', 'written out; the default, which only a member without data reads'),
  own('--initial-cluster-token', undefined, 'members of two rings, or of a restored one, never take each other for their own'),
  own('--heartbeat-interval', undefined, 'written out; follows the round trip between the machines'),
  own('--election-timeout', undefined, 'written out; ten heartbeats'),
  own('--quota-backend-bytes', undefined, 'kubeadm leaves 2 GiB, which a large cluster fills'),
  own('--tls-min-version', 'TLS1.2', 'nothing older is offered'),
  own('env GOMEMLIMIT', undefined, 'garbage is collected before the machine is short of memory'),
  { components: ['etcd'], item: 'resources.requests.cpu', kubeadm: '0.1', derived: true, reason: 'from the load; also the weight that etcd has against its neighbours' },
  { components: ['etcd'], item: 'resources.requests.memory', kubeadm: String(100 * 1024 ** 2), derived: true, reason: 'from quota and load' },
  { components: ['etcd'], item: 'mount /etc/kubernetes/pki/etcd', kubeadm: '/etc/kubernetes/pki/etcd DirectoryOrCreate', ours: '/etc/kubernetes/pki/etcd Directory read-only', reason: 'a member without certificates does not start' },
  { components: ['etcd'], item: 'mount /var/lib/etcd-main', kubeadm: '/var/lib/etcd-main DirectoryOrCreate', ours: '/var/lib/etcd-main Directory', reason: 'a disk that is not mounted stops the member instead of starting it empty' },
  own('securityContext.allowPrivilegeEscalation', 'false', 'etcd needs no privilege'),
  own('securityContext.capabilities.drop', 'ALL', 'etcd needs no privilege'),
  own('pod.terminationGracePeriodSeconds', '30', 'written out; the default'),
  { components: ['etcd'], item: 'startupProbe.httpGet.path', kubeadm: '/readyz', ours: '/livez', reason: 'a new ring is not ready before most members run; a member that is restarted for that never gets there' },
  delay('livenessProbe', ['etcd']),
  delay('startupProbe', ['etcd']),
  { components: ['etcd'], item: 'metadata.name', kubeadm: 'etcd', ours: 'etcd-main', reason: 'two rings on one machine' },
  { components: ['etcd'], item: 'metadata.labels.thousand-node.io/etcd-ring', ours: 'main', reason: 'two rings on one machine' },
  { components: ['etcd'], item: 'metadata.annotations.kubeadm.kubernetes.io/etcd.advertise-client-urls', kubeadm: 'https://ADDRESS:2379', reason: 'kubeadm finds the members of its own ring by it' },
  { components: ['etcd'], item: 'port probe-port', kubeadm: '2381', reason: 'a name for the port of the probes' },
];

/** The kubelet's configuration and command line as kubeadm leaves them on a node. */
export const KUBELET_DIFFERENCES: KubeadmDifference[] = [
  {
    components: ['kubelet'],
    item: '--hostname-override',
    kubeadm: 'MACHINE',
    reason: 'kubeadm writes the name of the document where the host has another one; without an installer the host has to bear the name of its machine',
  },
  { components: ['kubelet'], item: 'healthzBindAddress', kubeadm: '127.0.0.1', reason: 'the default, written out' },
  { components: ['kubelet'], item: 'healthzPort', kubeadm: '10248', reason: 'the default, written out' },
  {
    components: ['kubelet'],
    item: '--container-runtime-endpoint',
    kubeadm: 'unix:///run/containerd/containerd.sock',
    release: '1.30',
    reason: 'the configuration has the same; later ones of kubeadm write it there too',
  },
  {
    components: ['kubelet'],
    item: '--pod-infra-container-image',
    kubeadm: 'registry.k8s.io/pause:3.9',
    release: '1.30',
    reason: 'deprecated and without effect but on image collection; which sandbox image counts is said in the configuration of containerd',
  },
];
