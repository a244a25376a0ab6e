import { CLUSTER_AUTOSCALER_FLAGS } from '../catalogue/cluster-autoscaler-flags';
import { ETCD_FLAGS } from '../catalogue/etcd-flags';
import { FlagTable } from '../catalogue/flag-table';
import { KUBE_APISERVER_FLAGS } from '../catalogue/kube-apiserver-flags';
import { KUBE_CONTROLLER_MANAGER_FLAGS } from '../catalogue/kube-controller-manager-flags';
import { KUBE_SCHEDULER_FLAGS } from '../catalogue/kube-scheduler-flags';

/** Flags by component. */
export const COMPONENT_FLAGS: { readonly [component: string]: FlagTable } = {
  'cluster-autoscaler': CLUSTER_AUTOSCALER_FLAGS,
  'etcd': ETCD_FLAGS,
  'kube-apiserver': KUBE_APISERVER_FLAGS,
  'kube-controller-manager': KUBE_CONTROLLER_MANAGER_FLAGS,
  'kube-scheduler': KUBE_SCHEDULER_FLAGS,
};
