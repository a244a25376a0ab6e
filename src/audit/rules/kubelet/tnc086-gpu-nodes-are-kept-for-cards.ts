import { AuditSeverity } from '../../audit-severity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Who lands on the dearest nodes. */
export const gpuNodesAreKeptForCards: Rule = {
  id: 'TNC086',
  severity: AuditSeverity.WARNING,
  title: 'Nodes with accelerators keep pods away that ask for none',
  why: 'Pods without cards fill the cores and the memory of GPU nodes: pods that need a card wait beside free ones, and the autoscaler adds the dearest machines there are.',
  remedy: 'Leave gpuTaint of the pool on, or add a taint with effect NoSchedule; suppress where every node has cards',
  source: 'kubelet.md section 4',
  check: tree => {
    const pools = tree.facts.gpuPools.filter(pool => tree.kubelets.some(kubelet => kubelet.pool === pool.name));
    if (pools.length === 0) { return NOT_APPLICABLE; }
    return pools.flatMap(pool => {
      const at = tree.kubelets.find(kubelet => kubelet.pool === pool.name)!;
      return at.taints.some(taint => taint.effect !== 'PreferNoSchedule') ? [] : [{ at, detail: `${pool.nodes} nodes with ${pool.gpu!.count} ${pool.gpu!.model} each take any pod` }];
    });
  },
};
