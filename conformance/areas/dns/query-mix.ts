import { DnsCluster, DOMAIN } from './dns-cluster';

/** Search list of a pod in a namespace, with one domain of its node. */
function searchList(namespace: string): string[] {
  return [`${namespace}.svc.${DOMAIN}`, `svc.${DOMAIN}`, DOMAIN, 'node.example.internal'];
}

/**
 * Queries as pods with ndots 5 send them, in the form of dnsperf's data file: a name is tried with each domain of the search list until one answers, A and AAAA
 * at a time. Three of five look-ups are for names outside the cluster, which is what makes the list so long. The same content gives the same file.
 */
export function queryMix(cluster: DnsCluster, lookUps: number): string {
  const random = generator(20_260_401);
  const services = cluster.content.services;
  const lines: string[] = [];
  for (let i = 0; i < lookUps; i++) {
    const namespace = `team-${Math.floor(random() * 50)}`;
    const external = random() < 0.6;
    // A few names are asked for all the time, most now and then.
    const pick = (count: number) => Math.floor(count * random() ** 2);
    const service = pick(services);
    const [name, tried] = external
      ? [`host-${pick(20_000)}.example.com`, searchList(namespace).length + 1]
      : random() < 0.5
        // In another namespace: found at the second domain of the list.
        ? [`${cluster.serviceName(service)}.${cluster.namespace(service)}`, 2]
        : [cluster.serviceName(service), 1];
    const list = searchList(external ? namespace : cluster.namespace(service)).map(domain => `${name}.${domain}`);
    for (const query of [...list, name].slice(0, tried)) { lines.push(`${query}. A`, `${query}. AAAA`); }
  }
  return `${lines.join('\n')}\n`;
}

/** Numbers between 0 and 1, the same every time (minimal standard generator of Park and Miller). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = state * 48_271 % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
