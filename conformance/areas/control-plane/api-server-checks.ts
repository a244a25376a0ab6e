import { bindingThroughput } from './binding-drill';
import { nodesSchedulable, podsRecreated } from './controllers-drill';
import { schedulerConfigurationChecks } from './scheduler-configuration-checks';
import { storm } from './storm-drill';
import { Check } from '../../check';

/** What the API server and its controllers carry, with kubeadm's flags beside ours in the same run. */
export const apiServerChecks: Check[] = [
  { id: 'fleet-schedulable', drill: '8', judge: 'component', component: 'kube-controller-manager', run: nodesSchedulable },
  {
    id: 'pods-recreated',
    drill: '9',
    judge: 'component',
    component: 'kube-controller-manager',
    skip: scene => (scene.extent.ci ? 'takes minutes; not in the short form' : undefined),
    run: podsRecreated,
  },
  { id: 'list-storm', drill: '10', judge: 'component', component: 'kube-apiserver', run: storm },
  {
    id: 'binding-throughput',
    drill: '16',
    judge: 'component',
    component: 'kube-scheduler',
    skip: scene => (scene.extent.ci ? 'takes minutes; not in the short form' : undefined),
    run: bindingThroughput,
  },
  ...schedulerConfigurationChecks,
];
