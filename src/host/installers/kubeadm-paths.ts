/** Where kubeadm's own documents lie on a machine. */
export const KUBEADM_PATHS = {
  init: '/etc/kubernetes/kubeadm-init.yaml',
  join: '/etc/kubernetes/kubeadm-join.yaml',
  upgrade: '/etc/kubernetes/kubeadm-upgrade.yaml',
  reset: '/etc/kubernetes/kubeadm-reset.yaml',
  patches: '/etc/kubernetes/patches',
  // Where it lies, CoreDNS is kubeadm's.
  coreDnsPatch: '/etc/kubernetes/patches/corednsdeployment0+strategic.yaml',
  discovery: '/etc/kubernetes/discovery.conf',
  // Not /etc/kubernetes/pki/ca.crt: a joining worker refuses to start when that file is there already.
  discoveryCa: '/etc/kubernetes/discovery-ca.crt',
  // Releases whose kubeadm cannot patch the kubelet's configuration read it from here.
  kubeletConfig: '/etc/kubernetes/kubelet-config.yaml',
  kubeletDropIn: '/etc/systemd/system/kubelet.service.d/20-thousand-node.conf',
  etcdKubeletConfig: '/etc/kubernetes/etcd-kubelet.yaml',
  etcdKubeletUnit: 'etcd-kubelet.service',
} as const;
