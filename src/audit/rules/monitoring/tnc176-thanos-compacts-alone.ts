import { AuditSeverity } from '../../audit-severity';
import { flagsOf } from '../../autoscaler-view';
import { containersOf } from '../../pod-spec';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Two compactors of one block. */
export const thanosCompactsAlone: Rule = {
  id: 'TNC176',
  severity: AuditSeverity.ERROR,
  title: 'Prometheus beside a Thanos sidecar does not compact its blocks',
  why: 'Blocks that Prometheus compacted overlap those that were uploaded: the Thanos compactor halts, and the bucket grows without end.',
  remedy: 'Set --storage.tsdb.min-block-duration and --storage.tsdb.max-block-duration to 2h',
  source: 'seed MON-08; TH:components/sidecar.md',
  check: tree => {
    const uploading = tree.pods.filter(pods => containersOf(pods.spec).some(c => (c.args ?? [])[0] === 'sidecar' && (c.args ?? []).some(arg => arg.startsWith('--objstore.config'))));
    if (uploading.length === 0) { return NOT_APPLICABLE; }
    return uploading.flatMap(at => containersOf(at.spec).filter(c => (c.args ?? []).some(arg => arg.startsWith('--storage.tsdb.path'))).flatMap(c => {
      const flags = flagsOf(c.args ?? []);
      const [min, max] = [flags['storage.tsdb.min-block-duration'] ?? '2h', flags['storage.tsdb.max-block-duration'] ?? 'a tenth of the retention'];
      return min === max ? [] : [{ at, detail: `min-block-duration is ${min}, max-block-duration is ${max}` }];
    }));
  },
};
