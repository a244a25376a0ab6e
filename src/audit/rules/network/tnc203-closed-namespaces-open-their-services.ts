import { AuditSeverity } from '../../audit-severity';
import { AuditObject, AuditTree } from '../../audit-tree';
import { field } from '../../field';
import { containersOf, Labels } from '../../pod-spec';
import { NOT_APPLICABLE, Rule } from '../../rule';

interface PolicySpec {
  readonly podSelector?: { readonly matchLabels?: Labels; readonly matchExpressions?: object[] };
  readonly policyTypes?: string[];
  readonly ingress?: Array<{ readonly ports?: Array<{ readonly port?: number | string; readonly endPort?: number }> }>;
}

interface ServicePort {
  readonly port: number;
  readonly targetPort?: number | string;
}

/** Services against the policies that stand in front of their pods. One open port is enough: others may be there for nobody. */
export const closedNamespacesOpenTheirServices: Rule = {
  id: 'TNC203',
  severity: AuditSeverity.WARNING,
  title: 'In a closed namespace, every Service is open to somebody',
  why: 'A policy that closes a namespace was written before the Service was, or its flow was forgotten: clients wait for a connection until they give up.',
  remedy: 'Name the flow in networkFlows of the component, or in networkPolicies.flows of the cluster',
  source: 'WEB:docs/concepts/services-networking/network-policies',
  check: tree => {
    const closed = new Set(policies(tree).filter(({ spec }) => selectsAll(spec) && spec.policyTypes?.includes('Ingress') && (spec.ingress ?? []).length === 0).map(({ at }) => at.namespace));
    const services = tree.ofKind('Service').filter(service => closed.has(service.namespace) && field<Labels>(service.manifest, 'spec', 'selector') !== undefined);
    if (services.length === 0) { return NOT_APPLICABLE; }
    return services.flatMap(at => {
      const selector = field<Labels>(at.manifest, 'spec', 'selector')!;
      const pods = tree.pods.filter(one => one.namespace === at.namespace && matches(one.labels, selector));
      const ports = (field<ServicePort[]>(at.manifest, 'spec', 'ports') ?? []).flatMap(({ port, targetPort = port }) => (typeof targetPort === 'number' ? [targetPort]
        : pods.flatMap(one => containersOf(one.spec).flatMap(c => (c.ports ?? []).filter(p => p.name === targetPort).map(p => p.containerPort)))));
      const open = ports.some(port => pods.some(one => isOpen(tree, one.namespace, one.labels, port)));
      return open || ports.length === 0 || pods.length === 0 ? [] : [{ at, detail: `no policy opens port ${[...new Set(ports)].join(', ')} of its pods` }];
    });
  },
};

function policies(tree: AuditTree): Array<{ readonly at: AuditObject; readonly spec: PolicySpec }> {
  return tree.ofKind('NetworkPolicy', 'networking.k8s.io').map(at => ({ at, spec: field<PolicySpec>(at.manifest, 'spec') ?? {} }));
}

function selectsAll({ podSelector }: PolicySpec): boolean {
  return Object.keys(podSelector?.matchLabels ?? {}).length === 0 && (podSelector?.matchExpressions ?? []).length === 0;
}

function matches(labels: Labels, selector: Labels): boolean {
  return Object.entries(selector).every(([label, value]) => labels[label] === value);
}

/** Ports by name, and selectors that are more than labels, count as open: nobody is warned of what cannot be read. */
function isOpen(tree: AuditTree, namespace: string, labels: Labels, port: number): boolean {
  return policies(tree).some(({ at, spec }) => at.namespace === namespace && (
    (spec.podSelector?.matchExpressions ?? []).length > 0 || matches(labels, spec.podSelector?.matchLabels ?? {})
  )
    && (spec.ingress ?? []).some(rule => rule.ports === undefined || rule.ports.some(open => typeof open.port !== 'number' || (open.port <= port && port <= (open.endPort ?? open.port)))));
}
