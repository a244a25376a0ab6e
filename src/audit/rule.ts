import { AuditSeverity } from './audit-severity';
import { AuditTree, TreeItem } from './audit-tree';

/** What a rule answers when the tree holds nothing that it is about: no DaemonSet, no etcd of ours, no target that is known. */
export const NOT_APPLICABLE = 'not applicable';

/** One place that breaks a rule. */
export interface Breach {
  readonly at: TreeItem;
  /** What was found and what would be right, with the numbers of this cluster. */
  readonly detail: string;
}

/** One rule. It reads the finished tree and changes nothing. */
export interface Rule {
  /** `TNC001`; never given to another rule, also not after this one is gone. */
  readonly id: string;
  readonly severity: AuditSeverity;
  /** What has to hold, as a sentence. */
  readonly title: string;
  /** What happens at scale when it does not. */
  readonly why: string;
  /** What to do. */
  readonly remedy: string;
  /** Source key of the fact. */
  readonly source: string;
  check(tree: AuditTree): Breach[] | typeof NOT_APPLICABLE;
}
