import { synthesisedCorefile } from './answers-checks';
import { CoreDns, externalResolver, freshAddress } from './core-dns';
import { ask } from './dns-client';
import { DnsCluster } from './dns-cluster';
import { DNS_PORT } from './local-corefile';
import { dnsMemory } from '../../../src/capacity/dns-memory-capacity';
import { Check, failed, Outcome, passed } from '../../check';
import { Figure } from '../../results';
import { Scene } from '../../scene';
import { inParallel } from '../../waiting';
import { residentBytes } from '../control-plane/memory-guard';

const TOLERANCE = 0.25;

/** Fill the cache for names outside: as many answers as it holds, and as many denials. */
async function fillCache(dns: CoreDns): Promise<void> {
  await inParallel(Array.from({ length: 20_000 }, (_, i) => i), 32, async i => { await ask(dns.at, i % 2 === 0 ? `host-${i}.example.com` : `host-${i}.example.net`); });
}

/** Memory with the Services and addresses there are, caches full, after everything was listed once and answered for a while. */
async function measure(scene: Scene, cluster: DnsCluster, name: string, corefile: string, kubeconfig: string, upstream: string): Promise<number> {
  const container = scene.object('Deployment', /^coredns$/).spec.template.spec.containers[0];
  const env = Object.fromEntries(container.env.map((item: { name: string; value: string }) => [item.name, item.value]));
  const dns = CoreDns.start(scene, { name, corefile, env }, { address: await freshAddress(scene), kubeconfig, upstream });
  await dns.ready(300);
  await fillCache(dns);
  for (const service of cluster.withAddress.slice(0, 2000)) { await ask(dns.at, cluster.name(service)); }
  const bytes = residentBytes(dns.server.pid);
  await dns.kill();
  return bytes;
}

/** What the formula says against what the process takes, with and without a watch on pods. */
async function predictedAgainstMeasured(scene: Scene): Promise<Outcome> {
  const sizes = scene.extent.full ? [3000, 12_000, 36_000] : [3000, 6000, 12_000];
  return DnsCluster.with(scene, { services: 5000, addresses: sizes[0] }, cluster => atSizes(scene, cluster, sizes));
}

async function atSizes(scene: Scene, cluster: DnsCluster, sizes: number[]): Promise<Outcome> {
  const resolver = await externalResolver(scene, 'resolver-memory');
  const upstream = `${resolver.address}:${DNS_PORT}`;
  const figures: { [name: string]: Figure } = {};
  const wrong: string[] = [];
  for (const pods of sizes) {
    await cluster.haveAddresses(pods);
    const { services } = cluster.content;
    const measured = await measure(scene, cluster, `memory-${pods}`, synthesisedCorefile(scene), await cluster.coreDnsKubeconfig(), upstream);
    const predicted = dnsMemory(pods, services).value * 1e6;
    const error = measured / predicted - 1;
    figures[`measured_${pods}`] = { value: Math.round(measured / 1e6), unit: 'MB', goal: `${Math.round(predicted / 1e6)} within ${TOLERANCE * 100} %`, met: Math.abs(error) <= TOLERANCE };
    if (Math.abs(error) > TOLERANCE) { wrong.push(`${pods} pods and ${services} Services: ${Math.round(measured / 1e6)} MB measured, ${Math.round(predicted / 1e6)} predicted`); }
  }
  await resolver.kill();
  return wrong.length === 0 ? passed(`three sizes within ${TOLERANCE * 100} % of the formula`, figures) : failed(wrong.join('; '), figures);
}

export const memoryChecks: Check[] = [
  { id: 'memory-as-predicted', drill: '5', judge: 'component', component: 'coredns', run: predictedAgainstMeasured },
];
