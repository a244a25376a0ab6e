import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Who signs what kubelets serve with. */
export const servingCertificatesAreApproved: Rule = {
  id: 'TNC084',
  severity: AuditSeverity.NOTE,
  title: 'Somebody approves the serving certificates of kubelets',
  why: 'With serverTLSBootstrap a kubelet asks for a certificate that no controller of Kubernetes approves: logs, exec and metrics of every new node fail until somebody does.',
  remedy: 'Run an approver for signer kubernetes.io/kubelet-serving that compares the request with the node, or suppress with who approves',
  source: 'seed KUBELET-11; WEB:docs/reference/access-authn-authz/kubelet-tls-bootstrapping',
  check: tree => {
    const waiting = tree.kubelets.filter(kubelet => field(kubelet.configuration, 'serverTLSBootstrap') === true);
    // A service that runs the control plane signs for the nodes it lets in.
    if (waiting.length === 0 || tree.facts.controlPlaneManagedBy !== undefined) { return NOT_APPLICABLE; }
    const approves = (rule: object) => (field<string[]>(rule, 'verbs') ?? []).some(verb => ['approve', '*'].includes(verb)) && (field<string[]>(rule, 'resources') ?? []).some(name => ['signers', '*'].includes(name))
      && ['kubernetes.io/kubelet-serving', 'kubernetes.io/*', undefined].some(name => (name === undefined ? field(rule, 'resourceNames') === undefined : (field<string[]>(rule, 'resourceNames') ?? []).includes(name)));
    const somebody = tree.ofKind('ClusterRole').some(role => (field<object[]>(role.manifest, 'rules') ?? []).some(approves));
    return somebody ? [] : [{ at: tree.cluster, detail: `${tree.machines} machines ask, no role of this app may approve` }];
  },
};
