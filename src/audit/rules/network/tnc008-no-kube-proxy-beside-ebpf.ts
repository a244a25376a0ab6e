import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { installation, isEbpf } from '../../network-view';
import { containersOf, selectsNode } from '../../pod-spec';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Two implementations of Services on one node. */
export const noKubeProxyBesideEbpf: Rule = {
  id: 'TNC008',
  severity: AuditSeverity.ERROR,
  title: 'kube-proxy does not run beside Calico\'s eBPF data plane',
  why: 'Both program Services; packets are translated twice or by the one that knows less, and both want port 10256.',
  remedy: 'Leave kube-proxy out, or give its DaemonSet a nodeSelector that matches no node',
  source: 'seed CALICO-04; CAL@v3.32.0 operations/ebpf',
  check: tree => {
    if (!isEbpf(tree)) { return NOT_APPLICABLE; }
    // Where the operator manages kube-proxy itself, it starts out enabled.
    if (field(installation(tree)?.manifest, 'spec', 'calicoNetwork', 'kubeProxyManagement') === 'Enabled') { return []; }
    return tree.pods.filter(pods => pods.owner.kind === 'DaemonSet' && containersOf(pods.spec).some(c => /(^|\/)kube-proxy[:@]/.test(c.image ?? '')) && tree.nodesOf(pods, selectsNode) > 0)
      .map(at => ({ at, detail: `it runs on ${tree.nodesOf(at, selectsNode)} nodes` }));
  },
};
