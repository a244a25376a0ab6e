import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { installation, isEbpf } from '../../network-view';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** The way to the API server that does not lead through the Services Calico itself makes. */
export const ebpfKnowsApiAddress: Rule = {
  id: 'TNC009',
  severity: AuditSeverity.ERROR,
  title: 'With eBPF, Calico knows an API address that is no Service',
  why: 'Without kube-proxy nothing answers the Service address of the API server until Calico runs, and Calico cannot start without the API server.',
  remedy: 'Write ConfigMap kubernetes-services-endpoint in tigera-operator with KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT',
  source: 'seed CALICO-04; CAL@v3.32.0 operations/ebpf/install',
  check: tree => {
    const at = installation(tree);
    if (!isEbpf(tree) || !at) { return NOT_APPLICABLE; }
    const bootstrap = field(at.manifest, 'spec', 'calicoNetwork', 'bpfNetworkBootstrap') === 'Enabled';
    const map = tree.find('ConfigMap', 'tigera-operator', 'kubernetes-services-endpoint');
    const complete = ['KUBERNETES_SERVICE_HOST', 'KUBERNETES_SERVICE_PORT'].every(key => field(map?.manifest, 'data', key) !== undefined);
    return bootstrap || complete ? [] : [{ at, detail: `ConfigMap tigera-operator/kubernetes-services-endpoint ${map ? 'lacks host or port' : 'is missing'}` }];
  },
};
