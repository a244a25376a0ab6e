import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Who reads Felix' metrics. */
export const felixMetricsAreClosed: Rule = {
  id: 'TNC200',
  severity: AuditSeverity.NOTE,
  title: 'A policy says who reaches the metrics of Felix',
  why: 'Felix listens on all addresses of every node: each pod can read from a thousand machines which policies and workloads they have.',
  remedy: 'Add HostEndpoints and a GlobalNetworkPolicy for the port, use TLS from Calico 3.32 on, or suppress with the firewall that does it',
  source: 'seed CALICO-11; CAL@v3.32.0',
  check: tree => {
    const open = tree.ofKind('FelixConfiguration').filter(felix => field(felix.manifest, 'spec', 'prometheusMetricsEnabled') === true && field(felix.manifest, 'spec', 'prometheusMetricsHost') === undefined);
    if (open.length === 0) { return NOT_APPLICABLE; }
    return open.flatMap(at => {
      const port = field<number>(at.manifest, 'spec', 'prometheusMetricsPort') ?? 9091;
      const guarded = tree.ofKind('GlobalNetworkPolicy').some(policy => new RegExp(`\\b${port}\\b`).test(JSON.stringify(field(policy.manifest, 'spec') ?? {})));
      return guarded ? [] : [{ at, detail: `port ${port} of ${tree.machines} machines is open` }];
    });
  },
};
