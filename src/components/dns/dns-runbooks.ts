import { COREDNS, DNS_LABELS } from './core-dns-deployment';
import { coreDnsPodLabels, DNS_SERVICE } from './core-dns-objects';
import { DnsSettings, NodeCacheSettings } from './dns-settings';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { NAMESPACES } from '../../cluster/namespaces';
import { HostPageProps } from '../../host/host-page';
import { KUBEADM_PATHS } from '../../host/installers/kubeadm-paths';
import { WAVE } from '../../in-cluster/wave';

/** Pages that alerts name. */
export const DNS_PAGES = { failing: 'runbooks/dns-failing.md', nodeCache: 'runbooks/dns-node-cache.md', upgrade: 'runbooks/dns-upgrade.md' } as const;

const KUBECTL = `kubectl -n ${NAMESPACES.kubeSystem}`;

/** Runbooks with the names and addresses of this cluster. */
export function dnsRunbooks(cluster: ClusterFacts, settings: DnsSettings): HostPageProps[] {
  const page = (file: string, title: string, text: string): HostPageProps => ({ name: /([^/]+)\.md$/.exec(file)![1], content: `# ${cluster.name}: ${title}\n\n${text.trim()}\n` });
  return [
    page(DNS_PAGES.failing, 'names are not answered, or slowly', failing(cluster, settings)),
    ...(settings.nodeCache ? [page(DNS_PAGES.nodeCache, 'the DNS cache of the nodes: bring it in, change it, take it out', nodeCache(cluster, settings, settings.nodeCache))] : []),
    page(DNS_PAGES.upgrade, 'CoreDNS after an upgrade', upgrade(cluster, settings)),
  ];
}

function selector(labels: { [key: string]: string }): string {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`).join(',');
}

/** The way of a name, from the pod outwards: the first step that fails is the place to look at. */
function failing(cluster: ClusterFacts, settings: DnsSettings): string {
  const { clusterDomain, dnsServiceAddress } = cluster.network;
  const name = `kubernetes.default.svc.${clusterDomain}`;
  const pods = selector(coreDnsPodLabels(cluster, settings));
  const { nodeCache: cache } = settings;
  const [first] = settings.clusterDnsAddresses;
  return `
Pods ask \`${first}\`${cache ? `, which the cache of their own node answers; it asks CoreDNS through \`${cache.upstreamServiceAddress}\` over TCP` : ', the Service of CoreDNS'}. Ask along that way, from a node:

1. \`dig +time=2 +tries=1 @${first} ${name}\`${cache ? ': the cache of this node. No answer: \`' + KUBECTL + ' get pods -l k8s-app=node-local-dns -o wide\`, and its log' : ''}.
2. \`dig +tcp +time=2 +tries=1 @${cache?.upstreamServiceAddress ?? dnsServiceAddress} ${name}\`: CoreDNS through its Service. No answer while step 3 has one: the data plane of this node.
3. \`dig +time=2 +tries=1 @ADDRESS ${name}\` for each address of \`${KUBECTL} get pods -l ${pods} -o wide\`: CoreDNS itself.
4. \`dig +time=2 +tries=1 @RESOLVER example.com\` for ${settings.upstreamServers[0].startsWith('/') ? 'each nameserver of the node\'s resolv.conf' : settings.upstreamServers.map(server => `\`${server}\``).join(', ')}: names outside the cluster.

What the answer says:

- \`SERVFAIL\` for names of the cluster: a CoreDNS that started while the API server was away has no Services yet. Do **not** restart CoreDNS during an outage of the API servers: those that run
  answer from memory for as long as it takes${settings.serveStale.value > 0 ? `, and answers from outside stand in for their source for ${settings.serveStale.value} s` : ''}.
- \`SERVFAIL\` for other names: the resolvers. CoreDNS counts them in \`coredns_forward_healthcheck_broken_total\`.
- \`Loop ... detected\` in the log and restarts: a resolver sends queries back. With systemd-resolved the kubelet's \`resolvConf\` has to name \`/run/systemd/resolve/resolv.conf\`.
- Killed for memory: ${settings.owner._kind === 'other' ? `the limit is ${settings.owner._other?.name ?? 'somebody else'}'s` : `the limit is ${settings.memoryLimit.value} MiB, ${settings.memory.value} MB are predicted for ${cluster.pods} pods and ${cluster.services} Services; raise \`memoryLimit\``}.`;
}

function nodeCache(cluster: ClusterFacts, settings: DnsSettings, cache: NodeCacheSettings): string {
  const { dnsServiceAddress, clusterDomain } = cluster.network;
  const takesOver = cache.listenAddresses.includes(dnsServiceAddress);
  const atOnce = Math.max(1, Math.ceil(cluster.nodes * cache.maxUnavailable.value / 100));
  const annotation = `${KUBECTL} annotate service ${DNS_SERVICE} projectcalico.org/natExcludeService`;
  const order = settings.excludeFromNat ? `
1. Apply everything of wave \`${WAVE.dns}\` but the Service \`${DNS_SERVICE}\`, whose annotation takes its address away from nodes without a cache:
   \`kubectl apply --server-side -f dist -l thousand-node.io/wave=${WAVE.dns}\` and, right after it, \`${annotation}-\`.
2. \`${KUBECTL} rollout status daemonset/node-local-dns\`. On one node: \`dig @${cache.address} kubernetes.default.svc.${clusterDomain}\`.
3. \`${annotation}=true\`. From now on each node answers \`${dnsServiceAddress}\` itself, for pods that were started long ago as well.
4. Kubelets give \`${cache.address}\` to new pods once their configuration names it: node by node, with the rollout of the kubelets.` : takesOver ? `
1. Apply wave \`${WAVE.dns}\`. On each node the cache takes \`${dnsServiceAddress}\` over as soon as it runs, for all pods; nodes without it go on as before.
2. \`${KUBECTL} rollout status daemonset/node-local-dns\`.` : `
1. Apply wave \`${WAVE.dns}\`. Nothing changes for pods yet: the cache has only its own address \`${cache.address}\`.
2. \`${KUBECTL} rollout status daemonset/node-local-dns\`. On one node: \`dig @${cache.address} kubernetes.default.svc.${clusterDomain}\`.
3. Kubelets give \`${cache.address}\` to new pods once their configuration names it: node by node, with the rollout of the kubelets. Running pods ask CoreDNS until they are replaced.`;
  return `
## Bring it in
${order}

## Change it

A change of its Corefile has a new name, so it goes out as a rollout, ${atOnce} of ${cluster.nodes} nodes at a time. A node has no other DNS while its cache is replaced${takesOver && !settings.excludeFromNat ? ', but for CoreDNS at the address of the Service, which the cache hands back when it stops' : ''}:
some seconds, which the resolvers of pods bridge by asking again. \`${KUBECTL} rollout pause daemonset\` does not exist; to stop, put the old template back with \`${KUBECTL} rollout undo daemonset/node-local-dns\`.

A cache that does not start keeps the others from being replaced, since its health is part of the rollout.

## Take it out
${settings.excludeFromNat ? `
1. Kubelets first: \`clusterDNS\` back to \`${dnsServiceAddress}\`, and every pod replaced that has \`${cache.address}\`.
2. \`${annotation}-\`. Nodes send queries to CoreDNS again; ${settings.minReplicas.value} to ${settings.maxReplicas.value} replicas are sized for caches in front of them, so raise the ceiling before (\`nodeCache: false\`).
3. Delete the DaemonSet.` : `
1. ${takesOver ? '' : `Kubelets first: \`clusterDNS\` back to \`${dnsServiceAddress}\`, and every pod replaced that has \`${cache.address}\`. `}Raise the ceiling of replicas (\`nodeCache: false\`): they are sized for caches in front of them.
2. Delete the DaemonSet.`}`;
}

/** Who installs CoreDNS, and how to see that an upgrade left it as it was. */
function upgrade(cluster: ClusterFacts, settings: DnsSettings): string {
  const limit = `${settings.memoryLimit.value}Mi`;
  const look = (what: string, path: string, wanted: string) => `| \`${KUBECTL} get ${what} -o jsonpath='${path}'\` | \`${wanted}\` |`;
  const container = '{.spec.template.spec.containers[0].resources.limits.memory}';
  const excluded = settings.excludeFromNat
    ? [look(`service ${DNS_SERVICE}`, '{.metadata.annotations.projectcalico\\.org/natExcludeService}', 'true')] : [];
  const zone = settings.trafficDistribution === undefined ? [] : [look(`service ${DNS_SERVICE}`, '{.spec.trafficDistribution}', settings.trafficDistribution)];
  const table = (rows: string[]) => ['| ask | has to say |', '| --- | --- |', ...rows].join('\n');
  if (settings.owner._kind === 'other') {
    return `
CoreDNS belongs to ${settings.owner._other?.name ?? 'somebody else'}. What the caches need of it:

${table([look('service kube-dns-upstream', '{.spec.clusterIP}', settings.nodeCache!.upstreamServiceAddress)])}

\`${KUBECTL} get endpointslices -l kubernetes.io/service-name=kube-dns-upstream\` has to list addresses: when its pods lose the labels \`${selector(coreDnsPodLabels(cluster, settings))}\`, no cache reaches it any more.`;
  }
  if (settings.owner._kind === 'kubeadm') {
    return `
kubeadm owns the Deployment, the account and the Service of CoreDNS. Its upgrade

- writes the Deployment anew and lays \`${KUBEADM_PATHS.coreDnsPatch}\` over it, when it is told \`--patches ${KUBEADM_PATHS.patches}\` or finds the directory in its configuration. Without it the memory
  limit is 170 MiB again, and all replicas are killed together;
- keeps the number of replicas, and the Corefile when it differs from its own. Options that the new version no longer has it takes out, and leaves the old text as \`Corefile-backup\`;
- writes the Service anew: annotations${settings.trafficDistribution === undefined ? '' : ' and `trafficDistribution`'} are gone until the manifests are applied again.

After \`kubeadm upgrade apply\`: \`kubectl apply --server-side --force-conflicts -f dist -l thousand-node.io/wave=${WAVE.dns}\`, then

${table([look(`deployment ${COREDNS}`, container, limit), look(`deployment ${COREDNS}`, '{.spec.template.spec.terminationGracePeriodSeconds}', String(settings.terminationGrace.value)), ...excluded, ...zone])}

\`${KUBECTL} get configmap ${COREDNS} -o jsonpath='{.data.Corefile-backup}'\` has to be empty.`;
  }
  return `
CoreDNS comes from the manifests alone. An upgrade of the control plane changes nothing here, as long as kubeadm's own is switched off: \`dns.disabled: true\` in its configuration, or before Kubernetes
1.31 \`--skip-phases=addon/coredns\` for each \`init\` and \`upgrade apply\`. Its selector cannot be changed, so a kubeadm that tries ends with an error.

After an upgrade:

${table([look(`deployment ${COREDNS}`, container, limit), look(`deployment -l ${selector(DNS_LABELS)}`, '{.items[*].metadata.name}', COREDNS), ...excluded, ...zone])}

A new CoreDNS comes with the release in the description: apply wave \`${WAVE.dns}\` after the control plane has it. Replicas are replaced ${settings.maxUnavailable.value} % at a time and go on answering for ${settings.lameduck.value} s.`;
}
