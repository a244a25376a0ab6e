import { Size } from 'cdk8s';
import { Fleet, fleetOf } from '../../src/cluster/fleet';
import { LoadProfile, LoadProfileProps } from '../../src/cluster/load-profile';
import { MachineShape } from '../../src/cluster/machine-shape';
import { NodePool } from '../../src/cluster/node-pool';

/** A fleet of one pool of 16 cores and 64 GiB with three control-plane machines of 32 cores and 128 GiB. */
export function fleetOfNodes(nodes: number, load: LoadProfileProps = {}): Fleet {
  return fleetOf({
    pools: [NodePool.of('general', { nodes, machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) }) })],
    controlPlaneMachines: 3,
    controlPlaneMachine: MachineShape.of({ cpu: 32, memory: Size.gibibytes(128) }),
    load: LoadProfile.of(load),
  });
}
