import { synthesisedCorefile } from './answers-checks';
import { CoreDns, externalResolver, freshAddress } from './core-dns';
import { ask } from './dns-client';
import { DnsCluster } from './dns-cluster';
import { DNS_PORT, placedCorefile } from './local-corefile';
import { corefileProblem } from '../../../src/catalogue/coredns-plugins';
import { renderCorefile } from '../../../src/formats/corefile';
import { Check, failed, Outcome, passed } from '../../check';
import { Finished } from '../../processes';
import { Scene } from '../../scene';
import { until } from '../../waiting';

/** Run CoreDNS to its end: a Corefile that it refuses ends it at once. */
async function refusedBy(scene: Scene, name: string, text: string): Promise<Finished> {
  const file = scene.file(`dns/negative-${name}/Corefile`, text);
  return scene.processes.run(scene.binaries.coredns.path, ['-conf', file], { timeoutMs: 20_000 });
}

/** An option of the next version, in the Corefile of the output: a crash loop, which is why names are checked by version. */
async function unknownOption(scene: Scene): Promise<Outcome> {
  const corefile = synthesisedCorefile(scene);
  const cluster = await DnsCluster.of(scene);
  const place = { address: await freshAddress(scene), kubeconfig: await cluster.coreDnsKubeconfig(), upstream: '127.0.0.1:9' };
  const version = scene.binaries.coredns.version.slice(1);
  const options = [['kubernetes', 'zonal'], ['cache', 'serve_stale_policy prefer_positive'], ['forward', 'nexxt SERVFAIL']];
  const problems: string[] = [];
  const said: string[] = [];
  for (const [plugin, option] of options) {
    const word = option.split(' ')[0];
    const text = placedCorefile(corefile, place).replace(new RegExp(`^(\\s*)(${plugin} [^\\n]*\\{\\n)`, 'm'), `$1$2$1    ${option}\n`);
    const done = await refusedBy(scene, `option-${word}`, text);
    const reason = new RegExp(`plugin/${plugin}: .*(unknown property|unknown|Wrong argument).*`, 'i').exec(done.stdout + done.stderr)?.[0];
    if (done.code === 0 || done.code === null || reason === undefined) { problems.push(`${word}: exit ${done.code}: ${(done.stdout + done.stderr).slice(-200)}`); }
    // What the catalogue says of the same word, so that both are known to agree.
    if (corefileProblem(version, plugin, word) === undefined) { problems.push(`the catalogue takes ${word} for an option of ${version}`); }
    said.push(reason?.slice(0, 120) ?? '');
  }
  return problems.length === 0 ? passed(said.join('; ')) : failed(problems.join('; '));
}

/** Two servers that forward to each other: plugin loop ends ours. Without the plugin it goes on, which is what the article's file does. */
async function loopStopped(scene: Scene): Promise<Outcome> {
  const cluster = await DnsCluster.of(scene);
  const kubeconfig = await cluster.coreDnsKubeconfig();
  const run = async (name: string, corefile: string) => {
    const [ours, stub] = [await freshAddress(scene), await freshAddress(scene)];
    // A stub resolver of a node, as systemd-resolved is one, that asks cluster DNS.
    const other = CoreDns.start(scene, { name: `${name}-stub`, corefile: `.:53 {\n    forward . ${ours}:${DNS_PORT}\n    ready\n}\n` }, { address: stub, upstream: '' });
    await other.ready();
    const dns = CoreDns.start(scene, { name, corefile }, { address: ours, kubeconfig, upstream: `${stub}:${DNS_PORT}` });
    return { dns, other };
  };
  const guarded = await run('loop', synthesisedCorefile(scene));
  const seconds = await guarded.dns.ended(45);
  const reason = /Loop \(.*\) detected for zone ".", see [^ ]*/.exec(guarded.dns.log())?.[0];
  const code = guarded.dns.server.exitCode();
  await guarded.other.kill();

  const bare = await run('loop-unguarded', synthesisedCorefile(scene).replace(/^\s*loop\n/m, ''));
  await bare.dns.ready();
  const answer = await ask(bare.dns.at, 'api.example.com', 'A', { timeoutMs: 3000 });
  // Each pass of the one query round the circle is a request of its own.
  await until('the query goes round', 10, async () => await bare.dns.metric('coredns_dns_requests_total', ['zone="."']) > 20).catch(() => 0);
  const rounds = await bare.dns.metric('coredns_dns_requests_total', ['zone="."']);
  const runs = bare.dns.server.exitCode() === undefined;
  await bare.dns.kill();
  await bare.other.kill();
  const figures = { stopped_after: { value: Math.round(seconds * 10) / 10, unit: 's' }, rounds_without_plugin: { value: rounds, unit: 'requests of one query', goal: '> 20', met: rounds > 20 } };
  if (code === 0 || reason === undefined) { return failed(`exit ${code} without a word of a loop: ${guarded.dns.log().slice(-300)}`, figures); }
  return runs && rounds > 20
    ? passed(`${reason}; without the plugin it runs, and one query (${answer.rcode}) becomes ${rounds} requests`, figures)
    : failed(`without the plugin: running ${runs}, ${rounds} requests`, figures);
}

/** What the printer refuses, forced into a file: each does to the real parser what the printer says. */
async function printerIsRight(scene: Scene): Promise<Outcome> {
  const address = await freshAddress(scene);
  const head = `.:${DNS_PORT} {\n    bind ${address}\n`;
  const refusals: Array<{ word: string; text: string; effect: RegExp }> = [
    // Quoted or not, the word closes the block; what follows is taken for another server.
    { word: '}', text: `${head}    whoami\n    erratic "}"\n}\n`, effect: /Unexpected '\}'|unexpected|Unknown directive|not a directive/i },
    { word: 'a\n    nonsense', text: `${head}    template IN A a\n    nonsense\n}\n`, effect: /Unknown directive 'nonsense'/ },
    // The quote that should end the word is escaped, and everything up to the next one is part of it.
    { word: 'back\\', text: `${head}    errors\n    whoami "back\\" x\n    nonsense\n}\n`, effect: /Wrong argument count|unexpected|EOF|expecting/i },
  ];
  const problems: string[] = [];
  for (const [i, { word, text, effect }] of refusals.entries()) {
    let printed = true;
    try { renderCorefile([{ zones: ['.:53'], plugins: [{ name: 'whoami', args: [word] }, { name: 'whoami', body: [{ name: 'x', args: [`${word} "`] }] }] }]); } catch { printed = false; }
    if (printed) { problems.push(`the printer takes ${JSON.stringify(word)}`); }
    const done = await refusedBy(scene, `word-${i}`, text);
    if (done.code === 0 || done.code === null || !effect.test(done.stdout + done.stderr)) { problems.push(`${JSON.stringify(word)}: exit ${done.code}: ${(done.stdout + done.stderr).slice(-200)}`); }
  }
  const smuggled = await environmentReachesZone(scene);
  if (smuggled !== undefined) { problems.push(smuggled); }
  // The other way round: what the printer does let through with braces in it, the parser reads as one word.
  const template = renderCorefile([{
    zones: ['.:53'],
    plugins: [{ name: 'template', args: ['IN', 'A'], body: [{ name: 'answer', args: ['{{ .Name }} 60 IN A 192.0.2.9'] }] }, { name: 'ready' }],
  }]);
  const dns = CoreDns.start(scene, { name: 'braces', corefile: template }, { address: await freshAddress(scene), upstream: '' });
  await dns.ready();
  const answer = await ask(dns.at, 'any.example.com');
  await dns.kill();
  if (answer.records.join() !== '192.0.2.9') { problems.push(`braces inside a word: ${answer.rcode} ${answer.records.join()}`); }
  return problems.length === 0 ? passed(`${refusals.length + 1} refused words break or bend the parser; a word with braces inside is read as it was meant`) : failed(problems.join('; '));
}

/** Inside quotes as well, the environment of the process stands in for a variable: CoreDNS answers for a zone that stands in no file. */
async function environmentReachesZone(scene: Scene): Promise<string | undefined> {
  const corefile = '.:53 {\n    ready\n    template IN A "{$SMUGGLED}" {\n        answer "{{ .Name }} 60 IN A 192.0.2.8"\n    }\n}\n';
  const dns = CoreDns.start(scene, { name: 'environment', corefile, env: { SMUGGLED: 'example.net' } }, { address: await freshAddress(scene), upstream: '' });
  await dns.ready();
  const answer = await ask(dns.at, 'a.example.net');
  await dns.kill();
  return answer.records.join() === '192.0.2.8' ? undefined : `a variable in quotes was not replaced: ${answer.rcode} ${answer.records.join()}`;
}

/** Names of pods verified by hand, with the rights of the output: the API server forbids the watch, and CoreDNS never becomes ready. */
async function podsForbidden(scene: Scene): Promise<Outcome> {
  const cluster = await DnsCluster.of(scene);
  const resolver = await externalResolver(scene, 'resolver-forbidden');
  const corefile = synthesisedCorefile(scene).replace('pods insecure', 'pods verified');
  const dns = CoreDns.start(scene, { name: 'forbidden', corefile }, { address: await freshAddress(scene), kubeconfig: await cluster.coreDnsKubeconfig(), upstream: `${resolver.address}:${DNS_PORT}` });
  await until('CoreDNS is told that pods are not for it', 30, async () => /pods is forbidden/.test(dns.log()), [dns.server]);
  const ready = await dns.isReady();
  await dns.kill();
  await resolver.kill();
  const reason = /pods is forbidden: User \\?"[^"]*\\?" cannot list resource \\?"pods\\?"/.exec(dns.log())?.[0];
  return !ready && reason !== undefined ? passed(reason) : failed(`ready ${ready}: ${dns.log().slice(-300)}`);
}

const negative = (id: string, drill: string, run: Check['run']): Check => ({ id, drill, judge: 'component', component: 'coredns', run });

/** What CoreDNS and the API server refuse, each for its own reason. */
export const negativeChecks: Check[] = [
  negative('unknown-option-refused', 'N1', unknownOption),
  negative('forwarding-loop-stopped', 'N2', loopStopped),
  negative('printer-refuses-what-breaks', 'N3', printerIsRight),
  negative('pods-forbidden', 'N4', podsForbidden),
];
