import { cloudInitChecks } from './cloud-init-checks';
import { cloudFormationChecks } from './cloudformation-checks';
import { clusterApiChecks } from './cluster-api-checks';
import { eksChecks } from './eks-checks';
import { formChecks } from './form-checks';
import { ignitionChecks } from './ignition-checks';
import { karpenterChecks } from './karpenter-checks';
import { kopsChecks } from './kops-checks';
import { kubesprayChecks } from './kubespray-checks';
import { talosChecks } from './talos-checks';
import { Check } from '../../check';

/** The forms in which installers take what belongs on nodes, each judged by its own code. */
export const installerFormChecks: Check[] = [
  ...formChecks, ...cloudInitChecks, ...ignitionChecks, ...clusterApiChecks, ...eksChecks, ...cloudFormationChecks, ...karpenterChecks, ...kubesprayChecks,
  ...kopsChecks, ...talosChecks,
];
