import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { Labels, selects } from '../../pod-spec';
import { NOT_APPLICABLE, Rule } from '../../rule';
import { mostReplicas, servers } from '../../workload-view';

/** Services with very many pods behind them. */
export const largeServicesAreReadBySlices: Rule = {
  id: 'TNC141',
  severity: AuditSeverity.NOTE,
  title: 'Readers of a Service with more than 1,000 replicas read EndpointSlices',
  why: 'Its Endpoints object is cut at 1,000 addresses without a word: meshes, gateways and monitors that still read it send all load to those, and miss the others.',
  remedy: 'Check that nobody reads its Endpoints object and suppress, or split the workload',
  source: 'KEP-0752; prometheus-operator/prometheus-operator#3862',
  check: tree => {
    const services = tree.ofKind('Service', '').filter(service => field(service.manifest, 'spec', 'selector') !== undefined);
    if (services.length === 0) { return NOT_APPLICABLE; }
    return services.flatMap(at => {
      const behind = servers(tree).filter(pods => pods.namespace === (at.namespace ?? 'default') && selects({ matchLabels: field<Labels>(at.manifest, 'spec', 'selector') }, pods.labels));
      const most = behind.reduce((sum, pods) => sum + (mostReplicas(tree, pods) ?? 0), 0);
      return most <= 1000 ? [] : [{ at, detail: `${behind.map(pods => pods.name).join(', ')}: up to ${most} replicas` }];
    });
  },
};
