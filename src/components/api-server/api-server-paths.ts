import { HOST_PATHS } from '../../cluster/host-paths';

const pair = (name: string) => ({ cert: `${HOST_PATHS.pki}/${name}.crt`, key: `${HOST_PATHS.pki}/${name}.key` });

/** Certificates of the control plane; the names are kubeadm's, so that both installers meet at the same files. */
export const CERTIFICATES = {
  apiServer: pair('apiserver'),
  kubeletClient: pair('apiserver-kubelet-client'),
  frontProxyClient: pair('front-proxy-client'),
  etcdClient: { cert: HOST_PATHS.apiServerEtcdClientCert, key: HOST_PATHS.apiServerEtcdClientKey },
  controllerManager: pair('controller-manager'),
  scheduler: pair('scheduler'),
  admin: pair('super-admin'),
} as const;

/** Files that only kube-apiserver reads. */
export const API_SERVER_FILES = {
  auditPolicy: `${HOST_PATHS.apiServerConfig}/audit-policy.yaml`,
  auditLog: `${HOST_PATHS.auditLogs}/audit.log`,
  admission: `${HOST_PATHS.apiServerConfig}/admission.yaml`,
  authentication: `${HOST_PATHS.apiServerConfig}/authentication.yaml`,
  // Holds a key, so it is made on the host by encryptionScript and never written by the library.
  encryption: `${HOST_PATHS.pki}/encryption.yaml`,
  encryptionScript: '/usr/local/sbin/thousand-node-encryption-config',
} as const;

/** Files of controller manager, scheduler and the administrator. */
export const CONTROL_PLANE_FILES = {
  controllerManagerKubeconfig: '/etc/kubernetes/controller-manager.conf',
  schedulerKubeconfig: '/etc/kubernetes/scheduler.conf',
  adminKubeconfig: '/etc/kubernetes/super-admin.conf',
  schedulerConfig: `${HOST_PATHS.controlPlaneConfig}/scheduler.yaml`,
} as const;

/** haproxy's file. */
export const BALANCER_CONFIG = `${HOST_PATHS.controlPlaneConfig}-balancer/haproxy.cfg`;
