import { AuditPods, AuditStaticPod, AuditTree } from './audit-tree';
import { containersOf } from './pod-spec';

/** An image and who runs it. */
export interface ImageUse {
  readonly at: AuditPods | AuditStaticPod;
  readonly image: string;
}

/** Images of all pods and static pods, each once per pod. */
export function imageUses(tree: AuditTree): ImageUse[] {
  return [
    ...tree.pods.flatMap(at => [...new Set(containersOf(at.spec).flatMap(c => c.image ?? []))].map(image => ({ at, image }))),
    ...tree.staticPods.map(at => ({ at, image: at.image })),
  ];
}
