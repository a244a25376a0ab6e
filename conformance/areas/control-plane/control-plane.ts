import { apiServerChecks } from './api-server-checks';
import { apiServerChoicesChecks } from './api-server-choices-checks';
import { apiServerOperationChecks } from './api-server-operation-checks';
import { cisChecks } from './cis-checks';
import { etcdFaultChecks } from './etcd-fault-checks';
import { etcdOperationsChecks } from './etcd-operations-checks';
import { etcdOperationsDocuments, etcdOperationsNegatives } from './etcd-operations-negatives';
import { etcdUnitsChecks } from './etcd-units-checks';
import { loaderChecks } from './loader-checks';
import { Area, withShortForm } from '../../check';

/** Drills with a short form; all others take longer than continuous integration has. */
const SHORT_FORM = ['1', '2', '4', '8', '10', '12'];

const checks = [
  ...etcdFaultChecks, ...etcdOperationsDocuments, ...etcdOperationsChecks, ...etcdOperationsNegatives, ...etcdUnitsChecks,
  ...apiServerChecks, ...apiServerOperationChecks, ...apiServerChoicesChecks, ...loaderChecks, ...cisChecks,
];

/** What the control plane survives: drills on real components, with the files and scripts that operators get. */
export const controlPlane: Area = {
  name: 'control-plane',
  alone: true,
  tools: ['rolling-client', 'kube-bench'],
  checks: withShortForm(checks, ({ drill }) => SHORT_FORM.includes(drill)),
};
