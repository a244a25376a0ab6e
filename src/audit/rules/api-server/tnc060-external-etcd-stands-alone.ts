import { isIpAddress } from '../../../cluster/ip-range';
import { AuditSeverity } from '../../audit-severity';
import { insideCluster } from '../../network-view';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** An etcd that somebody else runs. */
export const externalEtcdStandsAlone: Rule = {
  id: 'TNC060',
  severity: AuditSeverity.WARNING,
  title: 'An external etcd has an odd number of members, whose names resolve without the cluster',
  why: 'API servers are on the host network and start before cluster DNS: a short or cluster name is unknown to them. An even member can fail and saves nothing.',
  remedy: 'Name every member by address or by a full DNS name outside the cluster; use one, three or five',
  source: 'seed API-05; ETCDW@v3.6 faq',
  check: tree => {
    const servers = tree.component('kube-apiserver');
    if (servers.length === 0 || tree.component('etcd').length > 0) { return NOT_APPLICABLE; }
    return servers.flatMap(at => {
      const urls = (at.flags['etcd-servers'] ?? '').split(',').filter(url => url !== '');
      const hosts = urls.map(url => url.replace(/^https?:\/\//, '').replace(/:\d+\/?$/, '').replace(/^\[(.*)\]$/, '$1'));
      const unknown = hosts.filter(host => !isIpAddress(host) && (!host.includes('.') || insideCluster(tree, host)));
      return [
        ...(unknown.length === 0 ? [] : [{ at, detail: `${unknown.join(', ')} cannot be resolved on the host network` }]),
        ...(urls.length % 2 === 1 ? [] : [{ at, detail: `--etcd-servers names ${urls.length} members` }]),
      ];
    });
  },
};
