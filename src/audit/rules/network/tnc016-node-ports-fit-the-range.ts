import { AuditSeverity } from '../../audit-severity';
import { AuditObject } from '../../audit-tree';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';

interface ServicePort {
  readonly nodePort?: number;
}

/** Node ports of Services against the API server's range. */
export const nodePortsFitTheRange: Rule = {
  id: 'TNC016',
  severity: AuditSeverity.ERROR,
  title: 'Node ports lie in the range of the API server, which has enough of them',
  why: 'Every port of a LoadBalancer Service takes one of the 2,768 ports unless it is told not to; the API server refuses the Service that finds none, and one that names a port outside.',
  remedy: 'Set allocateLoadBalancerNodePorts: false where the load balancer reaches pods, leave nodePort out, or widen --service-node-port-range',
  source: 'API@24 allocateLoadBalancerNodePorts; capacity.md section 4',
  check: tree => {
    const services = tree.ofKind('Service', '').filter(service => takesNodePorts(service));
    if (services.length === 0) { return NOT_APPLICABLE; }
    const range = tree.component('kube-apiserver')[0]?.flags['service-node-port-range'] ?? '30000-32767';
    const [first, last] = range.includes('+') ? [Number(range.split('+')[0]), Number(range.split('+')[0]) + Number(range.split('+')[1])] : range.split('-').map(Number);
    const ports = services.flatMap(at => (field<ServicePort[]>(at.manifest, 'spec', 'ports') ?? []).map(port => ({ at, nodePort: port.nodePort ?? 0 })));
    return [
      ...ports.filter(({ nodePort }) => nodePort !== 0 && (nodePort < first || nodePort > last)).map(({ at, nodePort }) => ({ at, detail: `nodePort ${nodePort} lies outside ${range}` })),
      ...(ports.length <= last - first + 1 ? [] : [{ at: tree.cluster, detail: `Services take ${ports.length} node ports, ${range} has ${last - first + 1}` }]),
    ];
  },
};

function takesNodePorts(service: AuditObject): boolean {
  const type = field<string>(service.manifest, 'spec', 'type');
  return type === 'NodePort' || (type === 'LoadBalancer' && field(service.manifest, 'spec', 'allocateLoadBalancerNodePorts') !== false);
}
