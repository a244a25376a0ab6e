import { maxPodsPerNode } from '../../../capacity/calico-capacity';
import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { addressPools } from '../../network-view';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** maxPods against the blocks that one node may claim. */
export const blocksServeMaxPods: Rule = {
  id: 'TNC003',
  severity: AuditSeverity.ERROR,
  title: 'The address blocks of one node serve its maxPods',
  why: 'Calico gives a node twenty blocks at most; further pods are placed there by the scheduler and never get an address.',
  remedy: 'Use a larger block (a smaller blockSize number) or a smaller maxPods',
  source: 'CAL@v3.32.0 libcalico-go/lib/ipam/ipam.go',
  check: tree => {
    const pools = addressPools(tree).filter(pool => pool.servesPods);
    if (pools.length === 0 || tree.kubelets.length === 0) { return NOT_APPLICABLE; }
    const most = Math.max(...pools.map(pool => maxPodsPerNode(pool.cidr, pool)));
    return tree.kubelets.flatMap(kubelet => {
      const maxPods = field<number>(kubelet.configuration, 'maxPods') ?? 110;
      return maxPods <= most ? [] : [{ at: kubelet, detail: `maxPods ${maxPods}, twenty blocks of /${pools[0].blockSize} serve ${most}` }];
    });
  },
};
