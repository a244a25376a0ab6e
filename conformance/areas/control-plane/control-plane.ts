import { cisChecks } from './cis-checks';
import { etcdFaultChecks } from './etcd-fault-checks';
import { etcdOperationsChecks } from './etcd-operations-checks';
import { etcdOperationsDocuments, etcdOperationsNegatives } from './etcd-operations-negatives';
import { loaderChecks } from './loader-checks';
import { Area } from '../../check';

/** What the control plane survives: drills on real etcd members, with the scripts that operators get. */
export const controlPlane: Area = {
  name: 'control-plane',
  checks: [...etcdFaultChecks, ...etcdOperationsDocuments, ...etcdOperationsChecks, ...etcdOperationsNegatives, ...loaderChecks, ...cisChecks],
};
