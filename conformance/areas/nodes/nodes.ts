import { hostFileChecks } from './host-file-checks';
import { installerFormChecks } from './installer-forms';
import { kubeadmChecks } from './kubeadm-checks';
import { kubeletManagersChecks } from './kubelet-managers-checks';
import { kubeletProcessChecks } from './kubelet-process-checks';
import { nodeDrills } from './node-drills';
import { Area, withShortForm } from '../../check';

/** Drills with a short form; all others take longer than continuous integration has, or need tools that it does not build. */
const SHORT_FORM = ['1', '2', '4', 'N1', 'N2', 'N4'];

const checks = [...kubeletManagersChecks, ...kubeadmChecks, ...kubeletProcessChecks, ...hostFileChecks, ...installerFormChecks, ...nodeDrills];

/** What lies on nodes, in the form each installer takes, judged by the code that reads it there. */
export const nodes: Area = {
  name: 'nodes',
  tools: ['butane-check', 'kops-document-check', 'talos-config-check', 'containerd', 'containerd-shim-runc-v2', 'containerd-check', 'kube-bench'],
  checks: withShortForm(checks, ({ drill }) => SHORT_FORM.includes(drill)),
};
