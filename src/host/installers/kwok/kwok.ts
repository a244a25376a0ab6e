import { kwokNodes, nodeAmounts } from './kwok-nodes';
import { ClusterFacts } from '../../../cluster/cluster-facts';
import { yamlDocuments } from '../../../formats/yaml-document';
import { Problems } from '../../../input/problems';
import { HostArtefacts } from '../../host-artefacts';
import { describedPools } from '../pool-files';
import { RenderedTree } from '../rendered-file';

const NAME = 'kwok';

/** Nodes without machines, for rehearsals of scheduler, control plane and add-ons at the final size. */
export function renderKwok(artefacts: HostArtefacts, cluster: ClusterFacts): RenderedTree {
  const problems = new Problems(`installer ${NAME}`);
  const kubelets = artefacts.kubelets.filter(kubelet => kubelet.target.group === 'pools').map(kubelet => ({ kubelet }));
  problems.require(kubelets.length > 0, 'there is no pool to make nodes of; add a NodePoolKubelet, or use Installer.plain() for machines with names');
  const pools = describedPools(kubelets, cluster, problems).map(({ kubelet, described }) => ({ pool: described, kubelet }));
  problems.throwIfAny();
  const rows = pools.map(({ pool, kubelet }) => {
    const { allocatable } = nodeAmounts(pool, kubelet.props.configuration);
    return `| ${pool.name} | ${pool.nodes} | ${pool.machine.cpu} | ${allocatable.cpu} | ${pool.machine.memoryMebibytes}Mi | ${allocatable.memory} | ${allocatable.pods} |`;
  });
  return {
    files: [],
    documents: pools.map(({ pool, kubelet }) => ({
      path: `pools/${pool.name}/nodes.yaml`,
      content: yamlDocuments([{ apiVersion: 'v1', kind: 'List', items: kwokNodes(pool, kubelet) }]),
      readBy: 'kubectl create of a rehearsal cluster',
    })),
    installGuide: `# ${cluster.name} without machines

Nodes of every pool at its planned size, for kwok 0.8 or newer. For a rehearsal cluster only: **never create them in a cluster with real nodes**, the scheduler would place pods on them.

| pool | nodes | cores | allocatable | memory | allocatable | pods per node |
| --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

1. A control plane: the static pods' arguments of \`host/plain\`, with controller manager and scheduler.
2. kwok with its stages for nodes and pods: \`kwok --kubeconfig=<kubeconfig> --config=<stages> --manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake\`.
   Give it a user that is not in \`system:masters\`: that group is exempt from the API server's queues, and the rehearsal would show nothing.
3. \`kubectl create -f pools/<name>/nodes.yaml\`, one pool after the other.
4. The rehearsal may begin when no node has the taint \`node.kubernetes.io/not-ready\` any more. Ready is earlier and not enough.

## What it shows and what not

Labels, taints and allocatable are those that the pool's kubelets would register: the arithmetic of reservations and the hard eviction threshold of memory is that of the kubelet.
Huge pages and ephemeral storage are left out. There is no kubelet: no admission on the node, no CPU or memory manager, no probes, images, volumes, logs or eviction.
`,
  };
}
