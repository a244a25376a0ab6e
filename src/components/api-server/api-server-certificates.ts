import { CERTIFICATES } from './api-server-paths';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { ControlPlaneMember } from '../../cluster/control-plane-member';
import { isIpAddress } from '../../cluster/ip-range';
import { CertificateAuthority, CertificateRequestProps } from '../../host/certificate-request';
import { HostTarget } from '../../host/host-target';

const KUBEADM = ['kubeadm'];

/** Certificates of one control-plane machine. kubeadm makes all of them but the client of the external etcd. */
export function controlPlaneCertificates(cluster: ClusterFacts, member: ControlPlaneMember, extraSans: string[]): CertificateRequestProps[] {
  const target = HostTarget.machine(member.name);
  const sans = [cluster.apiHost, ...extraSans];
  const domain = cluster.network.clusterDomain;
  const client = (files: { cert: string; key: string }, commonName: string, organizations: string[], authority = CertificateAuthority.KUBERNETES) =>
    ({ target, authority, commonName, organizations, client: true, certPath: files.cert, keyPath: files.key, providedBy: KUBEADM });
  return [
    {
      target,
      authority: CertificateAuthority.KUBERNETES,
      commonName: 'kube-apiserver',
      server: true,
      dnsNames: ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc', `kubernetes.default.svc.${domain}`, member.name, ...sans.filter(name => !isIpAddress(name))],
      ipAddresses: [member.address.includes(':') ? '::1' : '127.0.0.1', member.address, ...(member.secondaryAddress ? [member.secondaryAddress] : []), cluster.network.kubernetesServiceAddress, ...sans.filter(isIpAddress)],
      certPath: CERTIFICATES.apiServer.cert,
      keyPath: CERTIFICATES.apiServer.key,
      providedBy: KUBEADM,
    },
    client(CERTIFICATES.kubeletClient, 'kube-apiserver-kubelet-client', ['system:masters']),
    client(CERTIFICATES.frontProxyClient, 'front-proxy-client', [], CertificateAuthority.FRONT_PROXY),
    client(CERTIFICATES.controllerManager, 'system:kube-controller-manager', []),
    client(CERTIFICATES.scheduler, 'system:kube-scheduler', []),
    client(CERTIFICATES.admin, 'kubernetes-super-admin', ['system:masters']),
    { ...client(CERTIFICATES.etcdClient, 'kube-apiserver-etcd-client', [], CertificateAuthority.ETCD), providedBy: [] },
  ];
}
