import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { isEbpf } from '../../network-view';
import { containersOf } from '../../pod-spec';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** The cache on a node against eBPF's translation in front of it. */
export const dnsServiceIsLeftToTheCache: Rule = {
  id: 'TNC011',
  severity: AuditSeverity.ERROR,
  title: 'With eBPF, the DNS Service that the node cache answers is excluded from translation',
  why: 'eBPF translates at the socket, before the packet meets the cache: every query of every pod goes to CoreDNS, and the cache idles.',
  remedy: 'Annotate the Service with projectcalico.org/natExcludeService: "true"',
  source: 'seed DNS; CAL@v3.32.0 natExcludeService',
  check: tree => {
    const cache = tree.pods.find(pods => containersOf(pods.spec).some(c => /k8s-dns-node-cache/.test(c.image ?? '')));
    if (!isEbpf(tree) || !cache) { return NOT_APPLICABLE; }
    const addresses = containersOf(cache.spec).flatMap(c => (c.args ?? []).flatMap((arg, i, all) => (/^-?-localip$/.test(arg) ? (all[i + 1] ?? '').split(',') : [])));
    return tree.ofKind('Service').filter(service => addresses.includes(field<string>(service.manifest, 'spec', 'clusterIP') ?? ''))
      .filter(service => field(service.manifest, 'metadata', 'annotations', 'projectcalico.org/natExcludeService') !== 'true')
      .map(at => ({ at, detail: `${cache.name} binds its address ${field(at.manifest, 'spec', 'clusterIP')}` }));
  },
};
