import { Construct } from 'constructs';
import {
  kubeStateMetrics, kubeStateMetricsRules, nodeExporter, POD_METRICS_RULES, podMetrics, unscheduledPodMetrics,
} from './exporters-document';
import { EXPORTERS, PROMETHEUS, shardName, THANOS, THANOS_PORTS } from './monitoring-names';
import { MonitoringSettings } from './monitoring-settings';
import { insideOnly, queriesFromEverywhere } from './network-policies';
import { prometheusConfigText } from './prometheus-config';
import { prometheusRights, prometheusShard } from './prometheus-document';
import { contributedRules, ownRules, ruleFile } from './prometheus-rules';
import { podService } from './stateful-workload';
import { queryEndpoints, thanosCompactor, thanosQuery, thanosRuler, thanosStore } from './thanos-document';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { LABELS } from '../../cluster/labels';
import { NAMESPACES } from '../../cluster/namespaces';
import { configMap, hashedConfigMap } from '../../in-cluster/config-map';
import { disruptionBudget } from '../../in-cluster/disruption-budget';
import { inClusterObject, ObjectOwner, selectorLabels } from '../../in-cluster/in-cluster-object';
import { serviceAccount } from '../../in-cluster/rbac';
import { WAVE } from '../../in-cluster/wave';

/** Prometheus: one StatefulSet per shard, rules and configurations. */
export function addPrometheus(scope: Construct, settings: MonitoringSettings): void {
  const { cluster } = settings;
  const at = new Construct(scope, 'Prometheus');
  const owner = monitoringOwner(cluster, PROMETHEUS.component, PROMETHEUS.component);
  serviceAccount(at, 'Access', owner, prometheusRights(settings));
  // Two policies for the whole namespace: Prometheus can be stopped over the endpoint that reloads it.
  if (settings.namespacePolicies) { inClusterObject(at, 'InsideOnly', owner, insideOnly()); }
  inClusterObject(at, 'Service', owner, podService({
    name: PROMETHEUS.component,
    namespace: NAMESPACES.monitoring,
    headless: true,
    selector: { [LABELS.component]: PROMETHEUS.component, [LABELS.partOf]: cluster.name },
    ports: [{ name: 'http', port: PROMETHEUS.port }, { name: 'grpc', port: THANOS_PORTS.grpc }],
  }));
  const contributed = contributedRules(settings.alertGroups, settings.recordingRules);
  // Not hashed, and so are the configurations: Prometheus reloads. A new name would restart all of them and replay their logs.
  configMap(at, 'Rules', owner, {
    name: PROMETHEUS.rules,
    namespace: NAMESPACES.monitoring,
    data: { 'monitoring.yaml': ruleFile(ownRules(settings)), ...(settings.rulers === 0 && contributed.length > 0 ? { 'contributed.yaml': ruleFile(contributed) } : {}) },
  });
  for (let shard = 0; shard < settings.shards.value; shard++) {
    const name = shardName(shard);
    const shardOwner = monitoringOwner(cluster, name, PROMETHEUS.component);
    const inside = new Construct(at, `Shard${shard}`);
    configMap(inside, 'Config', shardOwner, { name, namespace: NAMESPACES.monitoring, data: { 'prometheus.yaml': prometheusConfigText(settings, shard) } });
    inClusterObject(inside, 'StatefulSet', shardOwner, prometheusShard(shardOwner, settings, shard));
    addBudget(inside, cluster, shardOwner, name);
  }
}

/** Thanos above the shards. */
export function addThanos(scope: Construct, settings: MonitoringSettings): void {
  const { cluster } = settings;
  const at = new Construct(scope, 'Thanos');
  const owner = (name: string) => monitoringOwner(cluster, name, 'thanos');
  const ports = [{ name: 'grpc', port: THANOS_PORTS.grpc }, { name: 'http', port: THANOS_PORTS.http }];
  const service = (name: string, headless: boolean) => inClusterObject(at, `Service-${name}`, owner(name), podService({
    name, namespace: NAMESPACES.monitoring, headless, selector: selectorLabels(owner(name)), ports,
  }));
  serviceAccount(at, 'Access', owner('thanos'), { name: 'thanos', namespace: NAMESPACES.monitoring });

  const query = owner(THANOS.query);
  const endpoints = hashedConfigMap(at, 'QueryEndpoints', query, { name: THANOS.query, namespace: NAMESPACES.monitoring, data: { 'endpoints.yaml': queryEndpoints(settings) } });
  inClusterObject(at, 'Query', query, thanosQuery(query, settings, endpoints.name));
  if (settings.namespacePolicies) { inClusterObject(at, 'QueriesFromEverywhere', query, queriesFromEverywhere(selectorLabels(query))); }
  service(THANOS.query, false);
  addBudget(at, cluster, query, THANOS.query);

  const store = owner(THANOS.store);
  inClusterObject(at, 'Store', store, thanosStore(store, settings));
  service(THANOS.store, true);
  addBudget(at, cluster, store, THANOS.store);

  const compactor = owner(THANOS.compactor);
  inClusterObject(at, 'Compactor', compactor, thanosCompactor(compactor, settings));
  service(THANOS.compactor, true);

  if (settings.rulers > 0) {
    const ruler = owner(THANOS.ruler);
    // Hashed, unlike those of Prometheus: the ruler does not watch its files.
    const rules = hashedConfigMap(at, 'RulerRules', ruler, {
      name: THANOS.ruler, namespace: NAMESPACES.monitoring, data: { 'contributed.yaml': ruleFile(contributedRules(settings.alertGroups, settings.recordingRules)) },
    });
    inClusterObject(at, 'Ruler', ruler, thanosRuler(ruler, settings, rules.name));
    service(THANOS.ruler, true);
    addBudget(at, cluster, ruler, THANOS.ruler);
  }
}

/** kube-state-metrics and node-exporter. */
export function addExporters(scope: Construct, settings: MonitoringSettings): void {
  const { cluster } = settings;
  const at = new Construct(scope, 'Exporters');
  const owner = (name: string) => monitoringOwner(cluster, name, 'exporter');
  const { kubeStateMetrics: { name: stateMetrics }, podMetrics: pods, unscheduledPodMetrics: unscheduled, nodeExporter: nodes } = EXPORTERS;
  serviceAccount(at, 'StateMetricsAccess', owner(stateMetrics), { name: stateMetrics, namespace: NAMESPACES.monitoring, clusterRules: kubeStateMetricsRules(settings) });
  serviceAccount(at, 'PodMetricsAccess', owner(pods), { name: pods, namespace: NAMESPACES.monitoring, clusterRules: POD_METRICS_RULES });
  serviceAccount(at, 'NodeExporterAccess', owner(nodes), { name: nodes, namespace: NAMESPACES.nodeMonitoring });
  inClusterObject(at, 'StateMetrics', owner(stateMetrics), kubeStateMetrics(owner(stateMetrics), settings));
  inClusterObject(at, 'PodMetrics', owner(pods), podMetrics(owner(pods), settings));
  inClusterObject(at, 'UnscheduledPodMetrics', owner(unscheduled), unscheduledPodMetrics(owner(unscheduled), settings));
  inClusterObject(at, 'NodeExporter', owner(nodes), nodeExporter(owner(nodes), settings));
}

function addBudget(scope: Construct, cluster: ClusterFacts, owner: ObjectOwner, name: string): void {
  inClusterObject(scope, `DisruptionBudget-${name}`, owner, disruptionBudget(cluster.release, {
    name, namespace: NAMESPACES.monitoring, podLabels: selectorLabels(owner), maxUnavailable: 1,
  }));
}

export function monitoringOwner(cluster: ClusterFacts, name: string, component: string): ObjectOwner {
  return { name, component, cluster: cluster.name, wave: WAVE.monitoring };
}
