import { EventRates } from '../../capacity/api-server-event-capacity';
import { apiVersionOf } from '../../catalogue/api-groups';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { yamlDocuments } from '../../formats/yaml-document';

/**
 * Admission configuration. Pod Security defaults for namespaces that name no level: baseline is reported and audited, nothing is refused, so
 * that a label per namespace decides (the library labels its own). Releases before 1.23 have no PodSecurity configuration.
 *
 * Rates of events, so that a crash loop in one namespace loses its own events and not everybody's.
 */
export function admissionConfiguration(cluster: ClusterFacts, events: EventRates | undefined): string | undefined {
  const podSecurity = apiVersionOf('PodSecurityConfiguration', cluster.release.version);
  const plugins = [
    ...(events === undefined ? [] : [{
      name: 'EventRateLimit',
      configuration: { apiVersion: apiVersionOf('EventRateLimitConfiguration', cluster.release.version), kind: 'Configuration', limits: limits(events) },
    }]),
    ...(podSecurity === undefined ? [] : [{
      name: 'PodSecurity',
      configuration: {
        apiVersion: podSecurity,
        kind: 'PodSecurityConfiguration',
        defaults: {
          'enforce': 'privileged', 'enforce-version': 'latest', 'audit': 'baseline', 'audit-version': 'latest', 'warn': 'baseline', 'warn-version': 'latest',
        },
        exemptions: { usernames: [], runtimeClasses: [], namespaces: ['kube-system'] },
      },
    }]),
  ];
  return plugins.length === 0 ? undefined : yamlDocuments([{ apiVersion: 'apiserver.config.k8s.io/v1', kind: 'AdmissionConfiguration', plugins }]);
}

function limits(events: EventRates): object[] {
  const limit = (type: string, qps: number, cacheSize?: number) => ({ type, qps, burst: qps * events.burstSeconds.value, cacheSize });
  return [limit('Server', events.server.value), limit('Namespace', events.namespace.value), limit('User', events.user.value, events.users.value)];
}
