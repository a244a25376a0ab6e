import { claimsChecks } from './claims-checks';
import { classesChecks } from './classes-checks';
import { documentChecks } from './document-checks';
import { guardedDisksChecks } from './guarded-disks-checks';
import { hostChecks } from './host-checks';
import { loopChecks } from './loop-checks';
import { lostNodeChecks } from './lost-node-checks';
import { provisionerChecks } from './provisioner-checks';
import { toolChecks } from './tool-checks';
import { Area, withShortForm } from '../../check';

/** Checks of the short form: one drill on a cluster and what costs seconds; machines with a kernel of their own take minutes on a busy machine. */
const SHORT_FORM = ['local-claims-follow-their-volumes', 'local-volume-without-affinity-refused', 'mkfs-on-a-signature', 'device-paths-and-duplicates-refused', 'disk-scripts-shellcheck', 'disk-units-verified', 'disk-alerts-fire'];

const checks = [
  ...documentChecks, ...toolChecks, ...claimsChecks, ...lostNodeChecks, ...provisionerChecks,
  ...classesChecks, ...guardedDisksChecks, ...hostChecks, ...loopChecks,
];

/** From raw disk to bound pod and back: the scripts on real block devices, claims and lost nodes on real controllers. */
export const storage: Area = {
  name: 'storage',
  alone: true,
  checks: withShortForm(checks, ({ id }) => SHORT_FORM.includes(id)),
};
