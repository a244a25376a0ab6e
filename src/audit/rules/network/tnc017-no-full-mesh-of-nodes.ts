import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { installation } from '../../network-view';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** BGP between all nodes. */
export const noFullMeshOfNodes: Rule = {
  id: 'TNC017',
  severity: AuditSeverity.WARNING,
  title: 'Above 100 nodes, BGP does not connect every node with every other',
  why: 'Sessions grow with the square of the nodes: 1,200 nodes hold 719,400 of them, and every node that restarts talks to all others.',
  remedy: 'Turn BGP off with VXLAN, or use route reflectors and then set nodeToNodeMeshEnabled: false',
  source: 'seed CALICO-10; CALDOC:networking/configuring/bgp',
  check: tree => {
    const at = installation(tree);
    if (!at) { return NOT_APPLICABLE; }
    // The operator turns BGP on with Calico's own CNI plugin unless it is told otherwise, and the mesh is on unless it is turned off.
    if (field(at.manifest, 'spec', 'calicoNetwork', 'bgp') === 'Disabled') { return []; }
    if (tree.ofKind('BGPConfiguration').some(object => field(object.manifest, 'spec', 'nodeToNodeMeshEnabled') === false)) { return []; }
    const nodes = tree.machines;
    return nodes <= 100 ? [] : [{ at, detail: `${nodes} nodes are ${nodes * (nodes - 1) / 2} sessions` }];
  },
};
