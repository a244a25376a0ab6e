import * as fs from 'node:fs';
import * as path from 'node:path';
import { synthesisedCorefile } from './answers-checks';
import { CoreDns, externalResolver, freshAddress } from './core-dns';
import { ask } from './dns-client';
import { DnsCluster } from './dns-cluster';
import { DNS_PORT, placedCorefile } from './local-corefile';
import { queryMix } from './query-mix';
import { ServiceAddress } from './service-address';
import { HOST_PORTS } from '../../../src/cluster/ports';
import { Check, failed, Outcome, passed } from '../../check';
import { Figure } from '../../results';
import { Scene } from '../../scene';
import { inParallel } from '../../waiting';
import { residentBytes } from '../control-plane/memory-guard';

const REPLICAS = 3;

/** The program itself where somebody gives it; there is no module that it could be built from. */
function nodeCacheBinary(): string | undefined {
  const folder = process.env.CONFORMANCE_BIN;
  const file = folder && path.join(folder, 'node-cache');
  return file && fs.existsSync(file) ? file : undefined;
}

/** The Corefile of the caches in the output, whose way to CoreDNS leads to the Service of this drill. */
function cacheCorefile(scene: Scene, service: string): string {
  const corefile: string = scene.object('ConfigMap', /^node-local-dns-/).data.Corefile;
  const { clusterIP } = scene.object('Service', /^kube-dns-upstream$/).spec;
  return corefile.replaceAll(`forward . ${clusterIP} {`, `forward . ${service}:${DNS_PORT} {`);
}

/** Ask everything of a file once, as a node's pods do: some at a time. */
async function play(cache: CoreDns, queries: string[], failures: string[]): Promise<void> {
  await inParallel(queries, 16, async query => {
    const [name, type] = query.split(' ');
    const answer = await ask(cache.at, name, type as 'A');
    if (!['NOERROR', 'NXDOMAIN'].includes(answer.rcode)) { failures.push(`${answer.rcode} ${name}`); }
  });
}

/** A cache in front of three CoreDNS, one of which is replaced while pods ask. */
async function nodeCache(scene: Scene): Promise<Outcome> {
  const given = nodeCacheBinary();
  const cluster = await DnsCluster.of(scene);
  const kubeconfig = await cluster.coreDnsKubeconfig();
  const resolver = await externalResolver(scene, 'resolver-cache');
  const upstream = `${resolver.address}:${DNS_PORT}`;
  const service = await ServiceAddress.listen(await freshAddress(scene));
  const replicas: CoreDns[] = [];
  const start = async (name: string) => {
    const dns = CoreDns.start(scene, { name: `behind-cache-${name}`, corefile: synthesisedCorefile(scene) }, { address: await freshAddress(scene), kubeconfig, upstream });
    await dns.ready();
    service.add(dns);
    return dns;
  };
  for (let i = 0; i < REPLICAS; i++) { replicas.push(await start(String(i))); }
  const [container] = scene.object('DaemonSet', /^node-local-dns$/).spec.template.spec.containers;
  const env = Object.fromEntries(container.env.map((item: { name: string; value: string }) => [item.name, item.value]));
  const place = { address: await freshAddress(scene), upstream };
  const corefile = cacheCorefile(scene, service.address);
  // As in the DaemonSet, but without interface and rules of the firewall, which a drill must not touch.
  const ofTheProgram = [
    '-localip', place.address, '-basecorefile', scene.file('dns/node-cache/Corefile.base', placedCorefile(corefile, place)),
    '-setupinterface=false', '-setupiptables=false', '-skipteardown',
    '-metrics-listen-address', `${place.address}:${HOST_PORTS.nodeCacheSetupMetrics}`,
  ];
  const cache = CoreDns.start(scene, { name: 'node-cache', corefile, env, binary: given, arguments: given ? ofTheProgram : [] }, place);
  await cache.answers('kubernetes.default.svc.cluster.local');
  const startBytes = residentBytes(cache.server.pid);

  const queries = queryMix(cluster, scene.extent.full ? 6000 : 2000).trim().split('\n').map(line => line.replace('. ', ' '));
  const failures: string[] = [];
  await play(cache, queries, failures);
  const [old] = replicas;
  const replacing = (async () => {
    const fresh = await start('fresh');
    replicas.push(fresh);
    service.remove(old);
    old.terminate();
    await old.ended(60);
  })();
  let rounds = 0;
  let gone = false;
  void replacing.finally(() => { gone = true; });
  while (!gone) {
    await play(cache, queries, failures);
    rounds++;
  }
  await replacing;
  const metric = (name: string) => cache.metric(name, [], HOST_PORTS.nodeCacheMetrics);
  const [hits, requests] = [await metric('coredns_cache_hits_total'), await metric('coredns_cache_requests_total')];
  const bytes = residentBytes(cache.server.pid);
  const { tcp, udp } = service.handed;
  await Promise.all([cache, ...replicas, resolver].map(server => server.kill()));
  await service.close();

  const hitShare = Math.round(hits / requests * 1000) / 10;
  const limit = parseInt(container.resources.limits.memory, 10) * 1024 ** 2;
  const figures: { [name: string]: Figure } = {
    program: { value: given ? 'node-cache from CONFORMANCE_BIN' : `CoreDNS ${scene.binaries.coredns.version} with the same plugins, not node-cache`, unit: '' },
    asked: { value: requests, unit: `queries in ${rounds + 1} rounds` },
    failed: { value: failures.length, unit: 'queries', goal: '0', met: failures.length === 0 },
    hit_share: { value: hitShare, unit: '%', goal: '80 planned', met: hitShare >= 80 },
    tcp_connections: { value: tcp, unit: 'connections to CoreDNS' },
    udp_packets: { value: udp, unit: 'packets to CoreDNS', goal: '0', met: udp === 0 },
    memory_at_start: { value: Math.round(startBytes / 1024 ** 2), unit: 'MiB resident' },
    memory: { value: Math.round(bytes / 1024 ** 2), unit: 'MiB resident', goal: `< ${Math.round(limit / 1024 ** 2)}, the limit`, met: bytes < limit },
  };
  if (udp > 0) { return failed(`${udp} queries went to CoreDNS over UDP`, figures); }
  return failures.length === 0 && bytes < limit
    ? passed(`${given ? 'node-cache' : 'CoreDNS in its place'}: ${requests} queries, ${hitShare} % from the cache, ${tcp} connections of TCP, none failed while a replica was replaced`, figures)
    : failed(`${failures.length} failed: ${[...new Set(failures)].slice(0, 5).join('; ')}`, figures);
}

export const nodeCacheChecks: Check[] = [
  { id: 'node-cache-bridges-a-replaced-replica', drill: '4', judge: 'component', component: 'coredns', run: nodeCache },
];
