import { isIpAddress } from '../../../cluster/ip-range';
import { AuditSeverity } from '../../audit-severity';
import { insideCluster } from '../../network-view';
import { Rule } from '../../rule';

/** The address that everything starts from. */
export const apiEndpointNeedsNoCluster: Rule = {
  id: 'TNC018',
  severity: AuditSeverity.ERROR,
  title: 'The API endpoint needs nothing that runs in the cluster',
  why: 'Kubelets and the network start from it: behind a Service or a name of the cluster, nothing comes back after all nodes were down at once.',
  remedy: 'Use the address or DNS name of a load balancer outside the cluster as controlPlane.endpoint',
  source: 'seed API-05; CALDOC:operations/ebpf/enabling-ebpf',
  check: tree => {
    const { apiHost, network } = tree.facts;
    return insideCluster(tree, apiHost)
      ? [{ at: tree.cluster, detail: `${apiHost} is ${isIpAddress(apiHost) ? `an address of ${network.serviceCidr} or ${network.podCidr}` : `a name of ${network.clusterDomain}`}` }] : [];
  },
};
