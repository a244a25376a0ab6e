import { AuditSeverity } from '../../audit-severity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Events apart from everything else. */
export const eventsHaveARing: Rule = {
  id: 'TNC042',
  severity: AuditSeverity.WARNING,
  title: 'Above 500 nodes, events go to an etcd ring of their own',
  why: 'A storm of events shares disk syncs and quota with leases and pods; upstream\'s service levels presuppose the split.',
  remedy: 'Leave the events ring of EtcdCluster on, or pass eventsUrls of the external etcd',
  source: 'seed ETCD-07, API-08; SIGSC:slos/slos.md',
  check: tree => {
    const servers = tree.component('kube-apiserver');
    if (servers.length === 0 || tree.facts.nodes <= 500) { return NOT_APPLICABLE; }
    return servers.filter(server => !/(^|,)\/events#/.test(server.flags['etcd-servers-overrides'] ?? '')).map(at => ({ at, detail: `${tree.facts.nodes} nodes, --etcd-servers-overrides has no /events#` }));
  },
};
