import { controlPlaneChecks } from './control-plane-checks';
import { documentChecks } from './document-checks';
import { negativeChecks } from './negative-checks';
import { nodeChecks } from './node-checks';
import { objectChecks } from './object-checks';
import { packageChecks } from './package-checks';
import { Area } from '../../check';

/**
 * The whole path once: etcd and the control plane start from the synthesised arguments, take every object, carry 1,200 fake nodes; every
 * other file is read by the component it is for. Checks share one control plane and run in this order.
 */
export const foundation: Area = {
  name: 'foundation',
  checks: [...controlPlaneChecks, ...objectChecks, ...nodeChecks, ...documentChecks, ...negativeChecks, ...packageChecks],
};
