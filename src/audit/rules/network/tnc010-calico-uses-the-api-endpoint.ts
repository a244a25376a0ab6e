import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** One endpoint, written twice. */
export const calicoUsesTheApiEndpoint: Rule = {
  id: 'TNC010',
  severity: AuditSeverity.ERROR,
  title: 'Calico reaches the API server at the endpoint of the description',
  why: 'Nodes whose network agent asks another address lose their pods\' network when that address goes, while kubelets stay healthy.',
  remedy: 'Use the host and port of controlPlane.endpoint',
  source: 'CAL@v3.32.0 operations/ebpf/install',
  check: tree => {
    const at = tree.find('ConfigMap', 'tigera-operator', 'kubernetes-services-endpoint');
    if (!at) { return NOT_APPLICABLE; }
    const host = field<string>(at.manifest, 'data', 'KUBERNETES_SERVICE_HOST');
    const port = field<string>(at.manifest, 'data', 'KUBERNETES_SERVICE_PORT');
    const right = host === tree.facts.apiHost && port === String(tree.facts.apiPort);
    return right ? [] : [{ at, detail: `it names ${host}:${port}, the description ${tree.facts.apiHost}:${tree.facts.apiPort}` }];
  },
};
