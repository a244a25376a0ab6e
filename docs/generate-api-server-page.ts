import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Chart } from 'cdk8s';
import { alertsTable, clusterOfSize, filled, propsTable, sizesTable } from './generate-control-plane';
import { CIS_EXCEPTIONS } from '../conformance/areas/control-plane/cis-exceptions';
import { ClusterFacts, EtcdCluster, HostPage, TunedApiServer } from '../src';
import { StaticPod } from '../src/host/static-pod';

// Fills the tables of docs/constructs/tuned-api-server.md: `npx tsx --tsconfig tsconfig.check.json docs/generate-api-server-page.ts`.
// test/components/api-server/page.test.ts compares the page with this.

function apiServer(cluster: ClusterFacts): TunedApiServer {
  const chart = new Chart(new App(), 'page');
  return new TunedApiServer(chart, 'api-server', { cluster, etcd: new EtcdCluster(chart, 'etcd', { cluster }) });
}

const OPTIONS = 'src/components/api-server/api-server-options.ts';

const SIZES: Array<readonly [label: string, id: string]> = [
  ['requests at a time on one server', 'api-server/total-seats'],
  ['LIST and watch across namespaces, unnamed service accounts', 'api-server/dear-request-seats'],
  ['the same, named controllers', 'api-server/controller-list-seats'],
  ['the same, people', 'api-server/people-list-seats'],
  ['agents on nodes', 'api-server/node-agent-seats'],
  ['memory request', 'api-server/memory'],
  ['`GOMEMLIMIT`', 'api-server/gomemlimit'],
  ['CPU request', 'api-server/cpu'],
  ['events are kept', 'api-server/event-ttl'],
  ['events of all clients', 'api-server/events-per-server'],
  ['events of a namespace', 'api-server/events-per-namespace'],
  ['events of a user', 'api-server/events-per-user'],
  ['audit lines, all servers', 'api-server/audit-rate'],
  ['audit log of a server a day', 'api-server/audit-daily-size'],
  ['disk of the audit log', 'api-server/audit-disk'],
  ['time it holds', 'api-server/audit-hours-on-disk'],
  ['a stopping server answers', 'api-server/shutdown-delay'],
  ['the kubelet waits for it', 'api-server/termination-grace'],
  ['controller manager, client', 'controller-manager/kube-api-qps'],
  ['controller manager, memory', 'controller-manager/memory'],
  ['nodes evicted, healthy zone', 'controller-manager/node-eviction-rate'],
  ['nodes evicted, unhealthy zone', 'controller-manager/secondary-node-eviction-rate'],
  ['workers for HPAs', 'controller-manager/concurrent-horizontal-pod-autoscaler-syncs'],
  ['scheduler, client', 'scheduler/client-qps'],
  ['scheduler, memory', 'scheduler/memory'],
  ['nodes that it scores', 'scheduler/percentage-of-nodes-to-score'],
];

/** Flag by flag: ours from a real description of 1,200 nodes; the others as they stand in kubeadm 1.37 and in the article. */
const COMPARED: Array<readonly [component: string, flag: string, kubeadm: string, article: string]> = [
  ['kube-apiserver', 'max-requests-inflight', '400 (default)', '4000'],
  ['kube-apiserver', 'max-mutating-requests-inflight', '200 (default)', '2000'],
  ['kube-apiserver', 'watch-cache-sizes', 'none', '`secrets=1000,configmaps=1000`: stops the server'],
  ['kube-apiserver', 'target-ram-mb', 'none', '16384: unknown flag from 1.24 on'],
  ['kube-apiserver', 'etcd-servers-overrides', 'none', 'none'],
  ['kube-apiserver', 'event-ttl', '1h (default)', '1h (default)'],
  ['kube-apiserver', 'goaway-chance', '0 (default)', '0 (default)'],
  ['kube-apiserver', 'shutdown-delay-duration', '0s (default)', '0s (default)'],
  ['kube-apiserver', 'enable-admission-plugins', 'NodeRestriction', 'none'],
  ['kube-apiserver', 'authorization-mode', 'Node,RBAC', 'AlwaysAllow (default)'],
  ['kube-apiserver', 'authentication-config', 'none', 'none'],
  ['kube-apiserver', 'encryption-provider-config', 'none', 'none'],
  ['kube-apiserver', 'audit-policy-file', 'none', 'none'],
  ['kube-apiserver', 'profiling', 'true (default)', 'true (default)'],
  ['kube-apiserver', 'delete-collection-workers', '1 (default)', '1 (default)'],
  ['kube-apiserver', 'kubelet-certificate-authority', 'none', 'none'],
  ['kube-apiserver', 'enable-aggregator-routing', 'false (default)', 'true, without the headers it needs'],
  ['kube-controller-manager', 'kube-api-qps', '20 (default)', 'no controller manager'],
  ['kube-controller-manager', 'kube-api-burst', '30 (default)', 'no controller manager'],
  ['kube-controller-manager', 'concurrent-deployment-syncs', '5 (default)', 'no controller manager'],
  ['kube-controller-manager', 'concurrent-replicaset-syncs', '5 (default)', 'no controller manager'],
  ['kube-controller-manager', 'concurrent-gc-syncs', '20 (default)', 'no controller manager'],
  ['kube-controller-manager', 'endpointslice-updates-batch-period', '0s (default)', 'no controller manager'],
  ['kube-controller-manager', 'allocate-node-cidrs', 'true with a pod subnet', 'no controller manager'],
  ['kube-controller-manager', 'node-monitor-grace-period', '50s (default from 1.32)', 'no controller manager'],
  ['kube-controller-manager', 'profiling', 'true (default)', 'no controller manager'],
];

function comparison(): string[] {
  const pods = apiServer(clusterOfSize(1200)).node.findAll().filter((construct): construct is StaticPod => construct instanceof StaticPod);
  const ours = (component: string, flag: string) => pods.find(pod => pod.props.component === component)!.props.flags.find(({ name }) => name === flag)?.value;
  return [
    '| component | flag | here, 1,200 nodes | kubeadm 1.37 | reference article |',
    '| --- | --- | --- | --- | --- |',
    ...COMPARED.map(([component, flag, kubeadm, article]) => `| ${component.replace('kube-', '')} | \`${flag}\` | ${shown(ours(component, flag))} | ${kubeadm} | ${article} |`),
  ];
}

function shown(value: string | undefined): string {
  if (value === undefined) { return 'none'; }
  return value.startsWith('/events#') ? 'events in a ring of their own' : `\`${value}\``;
}

function runbooks(): string[] {
  const pages = apiServer(clusterOfSize(1200)).node.findAll().filter((construct): construct is HostPage => construct instanceof HostPage);
  return ['| page | what it is for |', '| --- | --- |', ...pages.map(page => `| \`${page.file}\` | ${/^# shop: (.*)$/m.exec(page.content)![1]} |`).sort()];
}

const exceptions = () => [
  '| check | what it asks for | why not | instead |',
  '| --- | --- | --- | --- |',
  ...CIS_EXCEPTIONS.map(({ id, title, reason, instead }) => `| ${id} | ${title} | ${reason} | ${instead} |`),
];

export const API_SERVER_PAGE = {
  file: 'docs/constructs/tuned-api-server.md',
  tables: {
    'api-server-props': () => propsTable(OPTIONS, 'ApiServerOptions'),
    'api-server-events': () => propsTable(OPTIONS, 'EventRateLimits'),
    'api-server-eviction': () => propsTable(OPTIONS, 'NodeEvictionDamping'),
    'api-server-haproxy': () => [
      ...propsTable('src/components/api-server/api-balancer.ts', 'ApiBalancerCheck'), ...propsTable('src/components/api-server/api-balancer.ts', 'HaproxyOptions').slice(2),
    ],
    'api-server-kms': () => [
      ...propsTable('src/components/api-server/encryption-at-rest.ts', 'EncryptedResources'), ...propsTable('src/components/api-server/encryption-at-rest.ts', 'KmsEncryption').slice(2),
    ],
    'api-server-issuers': () => propsTable('src/components/api-server/structured-authentication.ts', 'JwtIssuer'),
    'api-server-sizes': () => sizesTable(SIZES, cluster => apiServer(cluster).derivations),
    'api-server-comparison': comparison,
    'api-server-cis': exceptions,
    'api-server-runbooks': runbooks,
    'api-server-alerts': () => alertsTable(apiServer(clusterOfSize(1200)).alertGroups[0].alerts),
  },
};

/** The page as it has to be. */
export function apiServerPage(): string {
  return filled(API_SERVER_PAGE, readFileSync(join(__dirname, '..', API_SERVER_PAGE.file), 'utf8'));
}

if (require.main === module) { writeFileSync(join(__dirname, '..', API_SERVER_PAGE.file), apiServerPage()); }
