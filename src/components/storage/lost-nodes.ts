import { Duration } from 'cdk8s';

/**
 * What becomes of claims and volumes of a node that was deleted. A node that is down but still there never counts: whoever deletes it says that
 * its disks are gone.
 *
 * Owner references (`setPVOwnerRef` of the provisioner) are no choice here. A bound volume keeps its finalizer, so the claim stays bound to it and
 * the pod stays pending; and when a node is only registered anew, its volumes are gone while their data are not, and come back to another pod.
 */
export class LostNodes {
  /**
   * A controller deletes the claims of the local classes on such a node after a while, and their volumes: a StatefulSet gets new claims and starts
   * elsewhere with an empty disk. For workloads that replicate above the disk.
   *
   * @param delay time that a deleted node gets to come back; derived, see `storage/lost-node-delay`
   */
  public static cleanUp(delay?: Duration): LostNodes {
    return new LostNodes('clean-up', delay);
  }

  /** Nobody: pods wait until somebody follows the runbook `storage-node-lost`. For data of which each copy counts. */
  public static byHand(): LostNodes {
    return new LostNodes('by-hand', undefined);
  }

  private constructor(
    /** `clean-up` or `by-hand`. */
    public readonly kind: string,
    /** Undefined: derived. */
    public readonly delay?: Duration,
  ) {}
}
