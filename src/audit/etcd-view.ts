import { AuditStaticPod, AuditTree } from './audit-tree';

/** Members of one ring. */
export interface EtcdRingView {
  readonly name: string;
  readonly members: AuditStaticPod[];
}

/** The rings whose members are static pods of this tree. */
export function etcdRings(tree: AuditTree): EtcdRingView[] {
  const members = tree.component('etcd');
  return [...new Set(members.map(member => member.ring))].sort().map(name => ({ name, members: members.filter(member => member.ring === name) }));
}
