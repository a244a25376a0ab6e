import { synthesisedCorefile } from './answers-checks';
import { CoreDns, externalResolver, freshAddress } from './core-dns';
import { ask } from './dns-client';
import { DnsCluster } from './dns-cluster';
import { DNS_PORT } from './local-corefile';
import { Check, failed, Outcome, passed } from '../../check';
import { Figure } from '../../results';
import { Scene } from '../../scene';

/** Until all nodes of a large cluster know that an endpoint is gone. Source: EKSBP:scalability/cluster-services. */
const NODES_LEARN_MS = 10_000;
const REPLICAS = 3;

/**
 * What nodes know of the replicas behind the DNS Service. An endpoint that is taken out goes from the last of them ten seconds later, as updates of a large
 * cluster take that long; one that is added is there at once, which is the harder case for a replica that is not ready.
 */
class LateEndpoints {
  private readonly known = new Map<CoreDns, number>();
  private turn = 0;

  public add(dns: CoreDns): void { this.known.set(dns, Infinity); }

  public remove(dns: CoreDns): void { this.known.set(dns, Date.now() + NODES_LEARN_MS); }

  public next(): CoreDns {
    for (const [dns, until] of this.known) { if (until < Date.now()) { this.known.delete(dns); } }
    const all = [...this.known.keys()];
    return all[this.turn++ % all.length];
  }
}

interface Rolled {
  readonly asked: number;
  readonly failed: string[];
  readonly slowest: number;
  readonly endedAfter: number[];
  readonly killed: number;
}

/**
 * Replace every replica as the Deployment does, one at a time: start the new one, wait until it is ready, take the old one out of the endpoints and end its
 * pod in the same moment, and kill it after its grace period. Clients ask all the while, once each, as nodes send them.
 */
async function roll(scene: Scene, name: string, corefile: string, graceSeconds: number): Promise<Rolled> {
  const cluster = await DnsCluster.of(scene);
  const kubeconfig = await cluster.coreDnsKubeconfig();
  const resolver = await externalResolver(scene, `resolver-${name}`);
  const start = async (replica: string) => {
    const dns = CoreDns.start(scene, { name: `${name}-${replica}`, corefile }, { address: await freshAddress(scene), kubeconfig, upstream: `${resolver.address}:${DNS_PORT}` });
    await dns.ready();
    return dns;
  };
  const endpoints = new LateEndpoints();
  const old: CoreDns[] = [];
  for (let i = 0; i < REPLICAS; i++) {
    old.push(await start(`old-${i}`));
    endpoints.add(old[i]);
  }
  const names = [...cluster.withAddress.slice(0, 100).map(service => cluster.name(service)), 'api.example.com'];
  const bad: string[] = [];
  let [asked, slowest, rolling] = [0, 0, true];
  const client = async (tcp: boolean) => {
    for (; rolling; asked++) {
      const dns = endpoints.next();
      const answer = await ask(dns.at, names[asked % names.length], 'A', { tcp });
      slowest = Math.max(slowest, answer.ms);
      if (answer.rcode !== 'NOERROR') { bad.push(`${tcp ? 'TCP' : 'UDP'} ${answer.rcode} from ${dns.server.name}`); }
      await new Promise(resolve => setTimeout(resolve, 10));
    }
  };
  const clients = [client(false), client(false), client(true)];
  const endedAfter: number[] = [];
  let killed = 0;
  const replacing: CoreDns[] = [];
  for (const [i, dns] of old.entries()) {
    const fresh = await start(`new-${i}`);
    replacing.push(fresh);
    endpoints.add(fresh);
    endpoints.remove(dns);
    dns.terminate();
    endedAfter.push(await dns.ended(graceSeconds).catch(async () => {
      killed++;
      await dns.kill();
      return graceSeconds;
    }));
  }
  await new Promise(resolve => setTimeout(resolve, NODES_LEARN_MS));
  rolling = false;
  await Promise.all(clients);
  await Promise.all([...replacing, resolver].map(server => server.kill()));
  return { asked, failed: bad, slowest, endedAfter, killed };
}

/** The rollout with the times of the output, and beside it with those of the article, whose replicas are gone before nodes know. */
async function rollingUpdate(scene: Scene): Promise<Outcome> {
  const { terminationGracePeriodSeconds: grace } = scene.object('Deployment', /^coredns$/).spec.template.spec;
  const corefile = synthesisedCorefile(scene);
  const ours = await roll(scene, 'rolling', corefile, grace);
  const article = await roll(scene, 'rolling-article', corefile.replace(/lameduck \S+/, 'lameduck 5s'), 30);
  const figures: { [name: string]: Figure } = {
    asked: { value: ours.asked, unit: 'queries' },
    failed: { value: ours.failed.length, unit: 'queries', goal: '0', met: ours.failed.length === 0 },
    slowest: { value: Math.round(ours.slowest), unit: 'ms' },
    ends_after: { value: ours.endedAfter.map(seconds => seconds.toFixed(1)).join(', '), unit: 's' },
    killed: { value: ours.killed, unit: 'replicas', goal: '0', met: ours.killed === 0 },
    article_asked: { value: article.asked, unit: 'queries with lameduck 5s' },
    article_failed: { value: article.failed.length, unit: 'queries with lameduck 5s' },
  };
  if (article.failed.length === 0) { return failed('with a lame duck of five seconds nothing fails either: the rollout was none', figures); }
  return ours.failed.length === 0 && ours.killed === 0
    ? passed(`${REPLICAS} replicas replaced, ${ours.asked} queries, none failed; with a lame duck of 5 s ${article.failed.length} of ${article.asked} failed`, figures)
    : failed(`${ours.failed.length} failed, ${ours.killed} killed: ${[...new Set(ours.failed)].slice(0, 4).join('; ')}`, figures);
}

export const rollingChecks: Check[] = [
  { id: 'replicas-replaced-without-loss', drill: '6', judge: 'component', component: 'coredns', run: rollingUpdate },
];
