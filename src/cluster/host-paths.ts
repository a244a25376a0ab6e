/** Where things lie on a machine. Two components that meet at a file take its path from here. */
export const HOST_PATHS = {
  staticPods: '/etc/kubernetes/manifests',
  kubeletConfig: '/var/lib/kubelet/config.yaml',
  kubeletConfigDropIns: '/etc/kubernetes/kubelet.conf.d',
  kubeletKubeconfig: '/etc/kubernetes/kubelet.conf',
  kubeletBootstrapKubeconfig: '/etc/kubernetes/bootstrap-kubelet.conf',
  // Holds a bootstrap token and nothing else; it is put there by whoever creates the machine, never by us.
  kubeletBootstrapToken: '/etc/kubernetes/bootstrap-token',
  // First client certificate of a control-plane kubelet; the kubelet rotates it below /var/lib/kubelet/pki afterwards.
  kubeletClientCert: '/etc/kubernetes/pki/kubelet-client.crt',
  kubeletClientKey: '/etc/kubernetes/pki/kubelet-client.key',
  pki: '/etc/kubernetes/pki',
  etcdPki: '/etc/kubernetes/pki/etcd',
  clusterCa: '/etc/kubernetes/pki/ca.crt',
  clusterCaKey: '/etc/kubernetes/pki/ca.key',
  etcdCa: '/etc/kubernetes/pki/etcd/ca.crt',
  etcdCaKey: '/etc/kubernetes/pki/etcd/ca.key',
  frontProxyCa: '/etc/kubernetes/pki/front-proxy-ca.crt',
  frontProxyCaKey: '/etc/kubernetes/pki/front-proxy-ca.key',
  serviceAccountKey: '/etc/kubernetes/pki/sa.key',
  serviceAccountPublicKey: '/etc/kubernetes/pki/sa.pub',
  etcdMonitoringCert: '/etc/kubernetes/pki/etcd/monitoring-client.crt',
  etcdMonitoringKey: '/etc/kubernetes/pki/etcd/monitoring-client.key',
  apiServerEtcdClientCert: '/etc/kubernetes/pki/apiserver-etcd-client.crt',
  apiServerEtcdClientKey: '/etc/kubernetes/pki/apiserver-etcd-client.key',
  apiServerConfig: '/etc/kubernetes/apiserver',
  controlPlaneConfig: '/etc/kubernetes/control-plane',
  auditLogs: '/var/log/kubernetes/audit',
  etcdMainData: '/var/lib/etcd-main',
  etcdEventsData: '/var/lib/etcd-events',
  etcdLeasesData: '/var/lib/etcd-leases',
  containerdSocket: 'unix:///run/containerd/containerd.sock',
  // Read by node_exporter's textfile collector.
  textMetrics: '/var/lib/thousand-node/metrics',
  localDisks: '/mnt/local-disks',
  // Volumes that are written by hand lie outside of the folders that are searched for volumes.
  localVolumes: '/mnt/local-volumes',
  scratchDisks: '/mnt/scratch-disks',
  certificateScript: '/usr/local/sbin/thousand-node-certificates',
  // systemd-resolved serves a stub at /etc/resolv.conf that loops back to the node; this is the real one.
  resolvConf: '/run/systemd/resolve/resolv.conf',
} as const;

/** Public authorities as the system keeps them. On distributions of Red Hat the bundle in the first folder is a link into the second. */
export const AUTHORITY_FOLDERS = { 'ca-certificates': '/etc/ssl/certs', 'ca-trust': '/etc/pki/ca-trust' } as const;
