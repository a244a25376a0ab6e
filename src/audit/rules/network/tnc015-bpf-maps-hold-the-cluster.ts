import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { isEbpf } from '../../network-view';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Sizes of Felix' eBPF maps. */
export const bpfMapsHoldTheCluster: Rule = {
  id: 'TNC015',
  severity: AuditSeverity.WARNING,
  title: 'The eBPF maps have room for the planned pods and Services',
  why: 'A full map is a pod without a route or a Service without back ends on some nodes; only a line in Felix\' log says so, and some sizes cannot change without dropping connections.',
  remedy: 'Leave the sizes to CalicoEbpf, or set twice what is needed',
  source: 'CAL@v3.32.0 felix/config/config_params.go; CALDOC FelixConfiguration',
  check: tree => {
    const felix = tree.ofKind('FelixConfiguration').find(object => object.objectName === 'default');
    if (!isEbpf(tree) || !felix) { return NOT_APPLICABLE; }
    const { nodes, pods, services } = tree.facts;
    // A route for each pod and a few for each node; a front end for the cluster address of three ports and for their node ports; a back end behind each.
    const needs = [
      { name: 'bpfMapSizeRoute', byDefault: 262_144, need: pods + 4 * nodes },
      { name: 'bpfMapSizeNATFrontend', byDefault: 65_536, need: 6 * services },
      { name: 'bpfMapSizeNATBackend', byDefault: 262_144, need: 2 * pods + 6 * services },
    ];
    return needs.flatMap(({ name, byDefault, need }) => {
      const size = field<number>(felix.manifest, 'spec', name) ?? byDefault;
      return size >= need ? [] : [{ at: felix, detail: `${name} is ${size}, ${pods} pods and ${services} Services take about ${need}; use ${2 ** Math.ceil(Math.log2(2 * need))}` }];
    });
  },
};
