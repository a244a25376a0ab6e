import { AuditSeverity } from '../../audit-severity';
import { containersOf } from '../../pod-spec';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Snapshots of etcd. */
export const somebodySavesEtcd: Rule = {
  id: 'TNC035',
  severity: AuditSeverity.NOTE,
  title: 'Somebody takes snapshots of etcd',
  why: 'A quorum of members that is lost for good, or one deletion too many, is the end of every object; only a snapshot that was restored once brings them back.',
  remedy: 'Leave EtcdCluster.snapshots on, or run etcdctl snapshot save every few minutes to a place outside, rehearse the restore, and suppress with where that is done',
  source: 'seed ETCD-15; ETCDW@v3.6 op-guide/recovery',
  check: tree => {
    if (tree.component('etcd').length === 0) { return NOT_APPLICABLE; }
    const saves = (text: string) => /etcd(ctl|brctl|-backup|-backup-restore)?\b[^\n]*\bsnapshot\b/.test(text);
    const inCluster = tree.pods.some(pods => containersOf(pods.spec).some(c => saves([c.image ?? '', ...(c.command ?? []), ...(c.args ?? [])].join(' '))));
    // A script that could save is no snapshot; the timer that runs ours is.
    const ours = tree.files.some(file => file.path.endsWith('/thousand-node-etcd-snapshot.timer'));
    const theirs = tree.files.some(file => !file.path.includes('/thousand-node-etcd-') && saves(file.content));
    return inCluster || ours || theirs ? [] : [{ at: tree.cluster, detail: 'no workload and no host file of this app saves a snapshot' }];
  },
};
