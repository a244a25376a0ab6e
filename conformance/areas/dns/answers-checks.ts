import { Chart, Duration, Testing } from 'cdk8s';
import { CoreDns, externalResolver, freshAddress } from './core-dns';
import { ask, DnsAnswer, RecordType } from './dns-client';
import { DnsCluster, DOMAIN } from './dns-cluster';
import { DNS_PORT } from './local-corefile';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { CachedCoreDns } from '../../../src/components/dns/cached-core-dns';
import { DnsServerBlock } from '../../../src/components/dns/dns-server-block';
import { HostFiles } from '../../../src/host/host-files';
import { Check, failed, Outcome, passed } from '../../check';
import { Scene } from '../../scene';
import { binaries } from '../../toolchain/binaries';
import { drillCluster } from '../control-plane/drill-cluster';

/** Services of each kind that are asked for; the first and the last are among them. */
const ASKED = 25;

/** The Corefile of the output. */
export function synthesisedCorefile(scene: Scene): string {
  return scene.object('ConfigMap', /^coredns$/).data.Corefile;
}

/** The Corefile of a release. */
function corefileOf(release: KubernetesRelease): string {
  const chart: Chart = Testing.chart();
  HostFiles.of(new CachedCoreDns(chart, 'dns', { cluster: drillCluster(release) })).leaveOut();
  return Testing.synth(chart).find(object => object.kind === 'ConfigMap' && object.metadata.name === 'coredns').data.Corefile;
}

/** What has to be answered, and what with. */
interface Question {
  readonly name: string;
  readonly type?: RecordType;
  readonly rcode?: string;
  readonly records: string[];
  readonly ttl?: number;
  readonly tcp?: boolean;
}

/** Some of a list, first and last included. */
function some<T>(list: T[], count: number): T[] {
  const length = Math.min(count, list.length);
  return Array.from({ length }, (_, i) => list[Math.round(i * (list.length - 1) / Math.max(1, length - 1))]);
}

/** Every kind of name that pods ask for, with what the API server or arithmetic say about it. */
export async function questions(cluster: DnsCluster): Promise<Question[]> {
  const reversed = (address: string) => `${address.split('.').reverse().join('.')}.in-addr.arpa`;
  const services = await Promise.all(some(cluster.withAddress, ASKED).map(async service => ({ service, address: await cluster.clusterIp(service) })));
  return [
    ...services.flatMap(({ service, address }, i): Question[] => [
      { name: cluster.name(service), records: [address], ttl: 30, tcp: i % 2 === 1 },
      { name: cluster.name(service), type: 'AAAA', records: [] },
      { name: `_http._tcp.${cluster.name(service)}`, type: 'SRV', records: [`80 ${cluster.name(service)}`] },
      { name: reversed(address), type: 'PTR', records: [cluster.name(service)] },
    ]),
    ...some(cluster.headless, ASKED).flatMap((service): Question[] => {
      const addresses = cluster.addressesOf(service);
      const pods = addresses.map((address, k) => ({ address, name: `${cluster.serviceName(service)}-${k}.${cluster.name(service)}` }));
      return [
        { name: cluster.name(service), records: [...addresses].sort(), ttl: 30 },
        ...pods.flatMap((pod): Question[] => [{ name: pod.name, records: [pod.address] }, { name: reversed(pod.address), type: 'PTR', records: [pod.name] }]),
        { name: `_metrics._tcp.${cluster.name(service)}`, type: 'SRV', records: pods.map(pod => `9090 ${pod.name}`).sort() },
      ];
    }),
    { name: `10-1-0-1.team-0.pod.${DOMAIN}`, records: ['10.1.0.1'] },
    { name: `nobody.team-0.svc.${DOMAIN}`, rcode: 'NXDOMAIN', records: [] },
    { name: `service-1.nowhere.svc.${DOMAIN}`, rcode: 'NXDOMAIN', records: [] },
    { name: 'api.example.com', records: ['192.0.2.80'] },
    { name: 'api.example.com', type: 'AAAA', records: ['2001:db8:0:0:0:0:0:80'], tcp: true },
    { name: 'api.example.net', rcode: 'NXDOMAIN', records: [] },
    // No pod and no Service: asked for outside, where nobody has it either.
    { name: reversed('203.0.113.7'), type: 'PTR', rcode: 'NXDOMAIN', records: [] },
  ];
}

/** Ask all of them and say which answers are wrong. */
export async function wrongAnswers(dns: CoreDns, asked: Question[]): Promise<string[]> {
  const problems: string[] = [];
  for (const question of asked) {
    const answer = await ask(dns.at, question.name, question.type, { tcp: question.tcp });
    const expected = question.rcode ?? 'NOERROR';
    if (answer.rcode !== expected || answer.records.join() !== question.records.join() || (question.ttl !== undefined && answer.ttl !== question.ttl)) {
      problems.push(`${question.type ?? 'A'} ${question.name}: ${said(answer)}, expected ${expected} ${question.records.join()} ${question.ttl ?? ''}`.trim());
    }
  }
  return problems;
}

function said({ rcode, records, ttl }: DnsAnswer): string { return `${rcode} ${records.join()} ${ttl ?? ''}`.trim(); }

async function answersRight(scene: Scene, label: string, corefile: string, binary?: string): Promise<Outcome> {
  const cluster = await DnsCluster.of(scene);
  const resolver = await externalResolver(scene, `resolver-${label}`);
  const dns = CoreDns.start(scene, { name: label, corefile, binary }, {
    address: await freshAddress(scene), kubeconfig: await cluster.coreDnsKubeconfig(), upstream: `${resolver.address}:${DNS_PORT}`,
  });
  const seconds = await dns.ready();
  const asked = await questions(cluster);
  const wrong = await wrongAnswers(dns, asked);
  await dns.kill();
  await resolver.kill();
  const { services, addresses } = cluster.content;
  return wrong.length === 0
    ? passed(`${asked.length} questions of every kind answered as the API server has it, ${services} Services and ${addresses} addresses behind them`, {
      questions: { value: asked.length, unit: 'questions' },
      services: { value: services, unit: 'Services' },
      addresses: { value: addresses, unit: 'addresses' },
      ready_after: { value: Math.round(seconds * 10) / 10, unit: 's' },
      filled_in: { value: Math.round(cluster.fillSeconds), unit: 's' },
    })
    : failed(`${wrong.length} of ${asked.length} wrong: ${wrong.slice(0, 5).join('; ')}`);
}

const earlier = (tool: 'coredns-1.12' | 'coredns-1.11', release: KubernetesRelease): Check => ({
  id: `names-answered-1.${release.minor}`,
  drill: '1b',
  judge: 'component',
  component: 'coredns',
  run: async scene => {
    const built = await binaries([tool], console.log);
    const outcome = await answersRight(scene, `answers-1.${release.minor}`, corefileOf(release), built[tool].path);
    return { ...outcome, message: `CoreDNS ${built[tool].version} with the Corefile of Kubernetes 1.${release.minor}: ${outcome.message}` };
  },
});

/** Blocks of a user beside the cluster's zones: a stub domain over TCP, listed hosts, a template; and what they must not answer. */
async function blocksAnswered(scene: Scene): Promise<Outcome> {
  const cluster = await DnsCluster.of(scene);
  const resolver = await externalResolver(scene, 'resolver-blocks');
  const server = `${resolver.address}:${DNS_PORT}`;
  const chart: Chart = Testing.chart();
  const described = new CachedCoreDns(chart, 'dns', {
    cluster: drillCluster(),
    upstreamServers: [server],
    serverBlocks: [
      DnsServerBlock.forward({ zones: ['example.org'], servers: [server], forceTcp: true, cacheTtl: Duration.seconds(60) }),
      DnsServerBlock.hosts({ zones: ['registry.example.com'], records: { 'registry.example.com': ['192.0.2.70', '2001:db8::70'], '*.registry.example.com': ['192.0.2.71'] } }),
      DnsServerBlock.of({ zones: ['dev.example.com'], plugins: [{ name: 'template', args: ['IN', 'A'], options: [{ name: 'answer', args: ['{{ .Name }} 60 IN A 192.0.2.73'] }] }] }),
    ],
  });
  HostFiles.of(described).leaveOut();
  const corefile = Testing.synth(chart).find(object => object.kind === 'ConfigMap' && object.metadata.name === 'coredns').data.Corefile;
  const dns = CoreDns.start(scene, { name: 'blocks', corefile }, { address: await freshAddress(scene), kubeconfig: await cluster.coreDnsKubeconfig(), upstream: server });
  await dns.ready();
  const asked: Question[] = [
    { name: 'www.example.org', records: ['192.0.2.80'] },
    { name: 'registry.example.com', records: ['192.0.2.70'], ttl: 30 },
    { name: 'registry.example.com', type: 'AAAA', records: ['2001:db8:0:0:0:0:0:70'] },
    { name: 'eu.registry.example.com', records: ['192.0.2.71'] },
    // Two labels deep: not listed, so asked for outside.
    { name: 'a.eu.registry.example.com', records: ['192.0.2.80'] },
    { name: 'anything.dev.example.com', records: ['192.0.2.73'] },
    { name: 'www.example.com', records: ['192.0.2.80'] },
    { name: cluster.name(1), records: [await cluster.clusterIp(1)] },
    // The file of the machine is nobody's list of hosts.
    { name: 'localhost.registry.example.com', records: ['192.0.2.71'] },
  ];
  const wrong = await wrongAnswers(dns, asked);
  const overTcp = await resolver.metric('coredns_dns_requests_total', ['proto="tcp"']);
  const counted = await dns.metric('coredns_dns_requests_total', ['zone="dev.example.com."']);
  await Promise.all([dns, resolver].map(each => each.kill()));
  if (overTcp === 0) { wrong.push('the stub domain was not asked over TCP'); }
  if (counted === 0) { wrong.push('no metrics of the block of plugins'); }
  return wrong.length === 0 ? passed(`${asked.length} questions answered by the block that they belong to`, { questions: { value: asked.length, unit: 'questions' } }) : failed(wrong.join('; '));
}

/** Every kind of name, answered by the CoreDNS that the release goes with, with the rights that the output gives it. */
export const answersChecks: Check[] = [
  {
    id: 'names-answered',
    drill: '1',
    judge: 'component',
    component: 'coredns',
    run: scene => answersRight(scene, 'answers', synthesisedCorefile(scene)),
  },
  { id: 'server-blocks-answered', drill: '1', judge: 'component', component: 'coredns', run: blocksAnswered },
  earlier('coredns-1.12', KubernetesRelease.V1_34),
  earlier('coredns-1.11', KubernetesRelease.V1_29),
];
