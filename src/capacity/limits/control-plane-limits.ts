import { Confidence, derived } from '../../derivation/derivation';
import { LimitChange } from '../limit';
import { bound, LimitContext, LimitRow, need } from './limit-row';

/** Memory and seats of API servers, pace of controllers and scheduler. */
export function controlPlaneLimits(context: LimitContext): LimitRow[] {
  const final = context.stage(context.cluster.nodes);
  return [
    {
      id: 'api-server-memory',
      title: 'API server: memory during a storm of LIST requests',
      capacity: context.find('api-server/total-seats') && derived({
        id: 'limit/api-server-memory/capacity',
        unit: 'bytes',
        words: 'half of a control-plane machine; etcd and page cache take the rest',
        expression: 'floor(mebibytes / 2) * 1048576',
        inputs: { mebibytes: context.cluster.fleet.controlPlaneMemory },
        source: 'proposal',
        confidence: Confidence.ESTIMATE,
      }),
      use: ({ load }) => load.memory.stormHigh,
      consequence: 'the kernel kills an API server; its clients list everything again at the others, which are killed next',
      remedy: wanted => `control-plane machines with at least twice ${need(wanted)} of memory (controlPlane.machine)`,
      change: LimitChange.ROLLOUT,
    },
    ...final.load.use.filter(({ inUse }) => inUse.value > 0).map((level): LimitRow => ({
      id: `seats/${level.name}`,
      title: `API server: seats of level ${level.name}`,
      capacity: level.seats,
      use: ({ load }) => load.use.find(({ name }) => name === level.name)!.inUse,
      consequence: 'requests of the level queue and are then answered 429; for node-high that means lost heartbeats',
      remedy: wanted => `more API servers or cores, or apiServer settings that give the level at least ${need(wanted)}`,
      change: LimitChange.ROLLOUT,
    })),
    {
      id: 'nodes-schedulable',
      title: 'controller manager: time until all nodes take pods again',
      capacity: context.find('controller-manager/kube-api-qps') && bound('nodes-schedulable', 120, 's', 'after a loss of power or network the whole fleet is back within two minutes', 'proposal'),
      use: ({ load }) => load.times.nodesSchedulable,
      consequence: 'nodes that came back stay tainted, and pods wait, for as long as the client of the controller manager needs',
      remedy: wanted => `kube-api-qps of the controller manager in proportion; at one and a half times the nodes it takes ${need(wanted)} as it is`,
      change: LimitChange.ROLLOUT,
    },
    {
      id: 'scheduler-peak',
      title: 'scheduler: time to bind the pods of the peak',
      capacity: context.find('scheduler/client-qps') && bound('scheduler-peak', 600, 's', 'a promotion begins, and ten minutes later all of its pods have a node', 'proposal'),
      use: ({ fleet: { pods, peakFactor } }) => derived({
        id: 'scheduler/peak-seconds',
        unit: 's',
        words: 'pods that the peak adds to an ordinary hour, one binding each',
        expression: 'ceil((pods - pods / peakFactor) / schedulerQps)',
        inputs: { pods, peakFactor, schedulerQps: context.find('scheduler/client-qps')! },
        source: 'MEAS',
        confidence: Confidence.ESTIMATE,
      }),
      consequence: 'pods of the peak stand pending behind the scheduler\'s own client limit',
      remedy: wanted => `start pods before the peak, or raise the scheduler's qps in proportion; at one and a half times the nodes it takes ${need(wanted)} as it is`,
      change: LimitChange.ROLLOUT,
    },
  ];
}
