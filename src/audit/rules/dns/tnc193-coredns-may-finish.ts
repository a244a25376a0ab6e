import { AuditSeverity } from '../../audit-severity';
import { AuditObject, AuditPods } from '../../audit-tree';
import { corefileServers } from '../../dns-view';
import { seconds } from '../../quantity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Time to leave. */
export const corednsMayFinish: Rule = {
  id: 'TNC193',
  severity: AuditSeverity.WARNING,
  title: 'CoreDNS answers for at least ten seconds after it was told to stop, and may',
  why: 'Nodes of a large cluster learn of a removed endpoint up to ten seconds late: a replica that is gone before, or killed in its lame time, drops their queries at every rollout.',
  remedy: 'Use health { lameduck 30s } with terminationGracePeriodSeconds 40',
  source: 'seed DNS-06; EKSBP:scalability/cluster-services',
  check: tree => {
    const deployments = tree.pods.filter(pods => (pods.spec.containers ?? []).some(c => /(^|\/)coredns[:@]/.test(c.image ?? '')));
    const mounts = (pods: AuditPods, map: AuditObject) => map.namespace === pods.namespace
      && (pods.spec.volumes ?? []).some(volume => volume.configMap?.name === map.objectName);
    const found = deployments.flatMap(at => corefileServers(tree).filter(server => mounts(at, server.at) && /^\s*health\b/m.test(server.text)).map(({ text }) => ({
      at, lame: seconds(/^\s*lameduck\s+(\S+)/m.exec(text)?.[1]) ?? 0, grace: at.spec.terminationGracePeriodSeconds ?? 30,
    })));
    if (found.length === 0) { return NOT_APPLICABLE; }
    return found.filter(({ lame, grace }) => lame < 10 || lame >= grace).map(({ at, lame, grace }) => ({ at, detail: `lameduck is ${lame} s, the pod has ${grace} s to stop` }));
  },
};
