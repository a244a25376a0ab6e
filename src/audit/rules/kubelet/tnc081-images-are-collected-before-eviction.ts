import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Image collection against eviction. */
export const imagesAreCollectedBeforeEviction: Rule = {
  id: 'TNC081',
  severity: AuditSeverity.WARNING,
  title: 'Image collection starts before pods are evicted for a full disk',
  why: 'When the eviction threshold is reached first, pods are thrown out while gigabytes of unused images lie beside them.',
  remedy: 'imageGCHighThresholdPercent must be at most 100 minus imagefs.available',
  source: 'seed KUBELET-06; KL@22',
  check: tree => {
    const users = tree.kubelets.filter(kubelet => /^\d+(\.\d+)?%$/.test(field<string>(kubelet.configuration, 'evictionHard', 'imagefs.available') ?? ''));
    if (users.length === 0) { return NOT_APPLICABLE; }
    return users.flatMap(at => {
      const high = field<number>(at.configuration, 'imageGCHighThresholdPercent') ?? 85;
      const free = parseFloat(field<string>(at.configuration, 'evictionHard', 'imagefs.available')!);
      return high <= 100 - free ? [] : [{ at, detail: `collection starts at ${high} % used, eviction at ${100 - free} %` }];
    });
  },
};
