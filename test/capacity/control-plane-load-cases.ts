import { Size } from 'cdk8s';
import { ControlPlaneChoices } from '../../src/capacity/control-plane-load';
import { ClusterFacts } from '../../src/cluster/cluster-facts';
import { KubernetesRelease } from '../../src/cluster/kubernetes-release';
import { LoadProfile, LoadProfileProps } from '../../src/cluster/load-profile';
import { MachineShape } from '../../src/cluster/machine-shape';
import { NodePool } from '../../src/cluster/node-pool';
import { stated } from '../../src/derivation/derivation';

/** 1,200 nodes with 30 pods each and three control-plane machines, unless a case says otherwise. */
export function clusterOf(nodes = 1200, load: LoadProfileProps = {}, release?: string): ClusterFacts {
  return ClusterFacts.of({
    name: 'test',
    release: release === undefined ? undefined : KubernetesRelease.of(release),
    network: { nodeCidr: '172.16.0.0/16' },
    controlPlane: { endpoint: 'api.example.com:6443', members: [1, 2, 3].map(i => ({ name: `cp-${i}`, address: `172.16.0.${i}` })) },
    pools: [NodePool.of('general', { nodes, machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) }) })],
    load: LoadProfile.of(load),
  });
}

/** Values of constructs as a tree would have them: the measured "tuned" profile. */
export const TUNED: ControlPlaneChoices = {
  derivations: [
    stated('api-server/total-seats', 400, 'requests', 'a test'),
    stated('api-server/dear-request-shares', 4, 'shares', 'a test'),
    stated('api-server/node-agent-shares', 27, 'shares', 'a test'),
    stated('api-server/event-ttl', 1800, 's', 'a test'),
    stated('controller-manager/kube-api-qps', 100, 'requests/s', 'a test'),
    stated('controller-manager/kube-api-burst', 200, 'requests', 'a test'),
    stated('controller-manager/endpoint-batch-period', 500, 'ms', 'a test'),
    stated('scheduler/client-qps', 100, 'requests/s', 'a test'),
  ],
  calico: true,
  serviceProxyOnNodes: true,
  nodeAgents: 5,
  controllers: 10,
  furtherLeaders: 2,
};
