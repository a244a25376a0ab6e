import { EXPORTERS, PROMETHEUS, THANOS, THANOS_PORTS } from './monitoring-names';
import type { MonitoringSettings } from './monitoring-settings';
import { Job } from './scrape-jobs';
import { LABELS } from '../../cluster/labels';
import { NAMESPACES } from '../../cluster/namespaces';
import { HOST_PORTS } from '../../cluster/ports';
import { ScrapeDiscovery } from '../../contracts/contributions';
import { FlowPeer, NetworkFlow } from '../../contracts/network-flows';

const PROMETHEUS_PODS = FlowPeer.pods(NAMESPACES.monitoring, { [LABELS.component]: PROMETHEUS.component });

function thanos(name: string): FlowPeer {
  return FlowPeer.pods(NAMESPACES.monitoring, { [LABELS.name]: name });
}

/** Every scrape, the queries between the parts of Thanos, and the way to the bucket, whose address only its Secret knows. */
export function monitoringFlows(settings: MonitoringSettings): NetworkFlow[] {
  const rulers = settings.rulers > 0 ? [THANOS.ruler] : [];
  const stores = [PROMETHEUS_PODS, thanos(THANOS.store), ...rulers.map(thanos)];
  const grpc = [{ port: THANOS_PORTS.grpc }];
  const http = [{ port: THANOS_PORTS.http }];
  const alertSenders = [PROMETHEUS_PODS, ...rulers.map(thanos)];
  return [
    ...settings.jobs.map(job => ({ name: `scrape of ${job.job}`, from: PROMETHEUS_PODS, to: targetOf(job), ports: [{ port: job.port }] })),
    ...(settings.scrapeAnnotatedPods ? [{ name: 'scrape of annotated pods', from: PROMETHEUS_PODS, to: FlowPeer.everyPod(), ports: [] }] : []),
    ...stores.map(to => ({ name: 'queries of Thanos', from: thanos(THANOS.query), to, ports: grpc })),
    ...rulers.map(ruler => ({ name: 'queries of rules', from: thanos(ruler), to: thanos(THANOS.query), ports: http })),
    { name: 'queries of dashboards and autoscalers', from: FlowPeer.everyPod(), to: thanos(THANOS.query), ports: http },
    ...[PROMETHEUS_PODS, thanos(THANOS.store), thanos(THANOS.compactor), ...rulers.map(thanos)].map(from => ({ name: 'object storage', from, to: FlowPeer.anywhere(), ports: [] })),
    ...settings.alertmanagers.flatMap(address => alertSenders.map(from => ({ name: `alerts to ${address}`, from, to: FlowPeer.anywhere(), ports: [{ port: Number(address.split(':').at(-1)) }] }))),
    // It has the account of the exporter on the nodes, and labels of its own.
    { name: 'API requests for pods without a node', from: thanos(EXPORTERS.unscheduledPodMetrics), to: FlowPeer.controlPlane(), ports: [{ port: HOST_PORTS.apiServer }] },
  ];
}

/** Where a job's targets are. */
function targetOf(job: Job): FlowPeer {
  switch (job.discovery) {
    case ScrapeDiscovery.NODES: return FlowPeer.machines();
    case ScrapeDiscovery.CONTROL_PLANE: return FlowPeer.controlPlane();
    case ScrapeDiscovery.STATIC: return FlowPeer.networks((job.addresses ?? []).map(address => `${address}/${address.includes(':') ? 128 : 32}`));
    case ScrapeDiscovery.PODS: return job.hostNetwork ? FlowPeer.machines() : FlowPeer.pods(job.namespace!, job.podLabels ?? {});
    // Which pods stand behind a Service is its owner's business.
    case ScrapeDiscovery.SERVICE: return FlowPeer.pods(job.namespace!, {});
  }
}
