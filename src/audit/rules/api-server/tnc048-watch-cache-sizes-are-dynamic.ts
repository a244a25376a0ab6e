import { AuditSeverity } from '../../audit-severity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** A flag that stops the server or does nothing. */
export const watchCacheSizesAreDynamic: Rule = {
  id: 'TNC048',
  severity: AuditSeverity.WARNING,
  title: 'Watch cache sizes are not set',
  why: 'The caches size themselves; a positive size is dropped with a log line, and any separator but # stops the server at start.',
  remedy: 'Leave --watch-cache-sizes and --default-watch-cache-size out',
  source: 'seed API-01, API-02; AS@22 pkg/server/options/etcd.go',
  check: tree => {
    const servers = tree.component('kube-apiserver');
    if (servers.length === 0) { return NOT_APPLICABLE; }
    return servers.flatMap(at => ['watch-cache-sizes', 'default-watch-cache-size']
      // `resource#0` switches the cache of a resource off, which is a meaning of its own.
      .filter(flag => (at.flags[flag] ?? '').split(',').some(entry => entry !== '' && !/#0$/.test(entry)))
      .map(flag => ({ at, detail: `--${flag}=${at.flags[flag]}` })));
  },
};
