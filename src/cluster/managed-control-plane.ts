import { ClusterFacts } from './cluster-facts';
import { InvalidInput } from '../input/problems';

/** The one service whose way to bring nodes in is known here. */
export const EKS = 'EKS';

/**
 * Stop where something would be written for a control plane that a service runs.
 *
 * @param what construct or installer, as a user knows it
 * @param instead completes the sentence with what to do
 */
export function refuseManagedControlPlane(cluster: ClusterFacts, what: string, instead: string): void {
  const { name, controlPlaneManagedBy: service } = cluster;
  if (service !== undefined) { throw new InvalidInput(what, [`${service} runs the control plane of '${name}' (controlPlane.managedBy) and takes no files or flags for it; ${instead}`]); }
}
