import { k8s } from 'cdk8s-plus-24';
import { Construct } from 'constructs';
import { COREDNS, coreDnsDeployment, DNS_LABELS } from './core-dns-deployment';
import { coreDnsCorefile, METRICS_PORT } from './corefile-document';
import { DnsSettings } from './dns-settings';
import { watchesPods } from './pod-names';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { NAMESPACES } from '../../cluster/namespaces';
import { renderCorefile } from '../../formats/corefile';
import { configMap } from '../../in-cluster/config-map';
import { inClusterObject, Manifest, ObjectOwner, selectorLabels } from '../../in-cluster/in-cluster-object';
import { serviceAccount } from '../../in-cluster/rbac';
import { WAVE } from '../../in-cluster/wave';

/** Name of the DNS Service: tools and Calico look for it. */
export const DNS_SERVICE = 'kube-dns';

/** Owner of everything of CoreDNS. */
export function coreDnsOwner(cluster: ClusterFacts): ObjectOwner {
  return { name: COREDNS, component: 'dns', cluster: cluster.name, wave: WAVE.dns };
}

/** Labels of CoreDNS' pods, whoever makes them. */
export function coreDnsPodLabels(cluster: ClusterFacts, { owner }: DnsSettings): { [key: string]: string } {
  return owner._kind === 'construct' ? selectorLabels(coreDnsOwner(cluster)) : owner._other?.podLabels ?? DNS_LABELS;
}

/** CoreDNS itself: account, Corefile, Deployment, budget, Service. kubeadm has account and Deployment itself. */
export function coreDnsObjects(scope: Construct, cluster: ClusterFacts, settings: DnsSettings): void {
  const at = new Construct(scope, 'CoreDns');
  const owner = coreDnsOwner(cluster);
  const namespace = NAMESPACES.kubeSystem;
  const podLabels = coreDnsPodLabels(cluster, settings);
  const whole = settings.owner._kind === 'construct';
  if (whole) {
    serviceAccount(at, 'Rights', owner, {
      name: COREDNS,
      namespace,
      // No pods unless they are verified: without the right nobody can switch on a watch of all pods by accident.
      clusterRules: [
        { apiGroups: [''], resources: ['services', 'namespaces', ...(watchesPods(settings.podNames) ? ['pods'] : [])], verbs: ['list', 'watch'] },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
      ],
    });
  }
  // Not hashed: CoreDNS reloads its Corefile and keeps the old one when the new one is wrong. A new name would restart every resolver.
  configMap(at, 'Corefile', owner, { name: COREDNS, namespace, data: { Corefile: renderCorefile(coreDnsCorefile(cluster, settings)) } });
  if (whole) { inClusterObject(at, 'Deployment', owner, coreDnsDeployment(owner, cluster, settings)); }
  inClusterObject(at, 'DisruptionBudget', owner, k8s.KubePodDisruptionBudget.manifest({
    metadata: { name: COREDNS, namespace },
    spec: { maxUnavailable: k8s.IntOrString.fromString(`${settings.maxUnavailable.value}%`), selector: { matchLabels: podLabels } },
  }));
  inClusterObject(at, 'Service', owner, inZone(settings, k8s.KubeService.manifest({
    metadata: {
      name: DNS_SERVICE,
      namespace,
      labels: DNS_LABELS,
      annotations: settings.excludeFromNat ? { 'projectcalico.org/natExcludeService': 'true' } : undefined,
    },
    spec: {
      ...serviceFamilies(cluster, settings),
      selector: podLabels,
      ports: [...dnsPorts(settings), { name: 'metrics', port: METRICS_PORT, protocol: 'TCP' }],
    },
  })));
}

/** In a dual-stack cluster said outright: which families a Service gets otherwise depends on the API server's flags. */
function serviceFamilies(cluster: ClusterFacts, settings: DnsSettings): Partial<k8s.ServiceSpec> {
  const [clusterIp, ...others] = settings.serviceAddresses;
  if (!cluster.network.dualStack) { return { clusterIp }; }
  return {
    clusterIp,
    clusterIPs: settings.serviceAddresses,
    ipFamilyPolicy: others.length > 0 ? 'RequireDualStack' : 'SingleStack',
    ipFamilies: settings.serviceAddresses.map(address => (address.includes(':') ? 'IPv6' : 'IPv4')),
  };
}

/** Ports of a Service that stands for CoreDNS. */
export function dnsPorts({ owner }: DnsSettings): k8s.ServicePort[] {
  const port = owner._other?.port;
  const target = port === undefined || port === 53 ? {} : { targetPort: k8s.IntOrString.fromNumber(port) };
  return [{ name: 'dns', port: 53, protocol: 'UDP', ...target }, { name: 'dns-tcp', port: 53, protocol: 'TCP', ...target }];
}

/** Traffic of the Service stays in its zone where it can. The generated class is older than the field and would drop it. */
export function inZone({ trafficDistribution }: DnsSettings, service: Manifest): Manifest {
  return trafficDistribution === undefined ? service : { ...service, spec: { ...service.spec as object, trafficDistribution } };
}
