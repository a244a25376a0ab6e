import { AuditSeverity } from '../../audit-severity';
import { AuditPods, AuditStaticPod, AuditTree } from '../../audit-tree';
import { containersOf } from '../../pod-spec';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Tags that move. */
export const imagesHaveAVersion: Rule = {
  id: 'TNC111',
  severity: AuditSeverity.WARNING,
  title: 'Every image has a version',
  why: 'latest is another program on the node that joined yesterday: a fleet runs versions that nobody chose, and cannot be rolled back.',
  remedy: 'Use a version tag or a digest',
  source: 'WEB:docs/concepts/containers/images',
  check: tree => {
    const images = imagesOf(tree);
    if (images.length === 0) { return NOT_APPLICABLE; }
    return images.filter(({ image }) => !image.includes('@sha256:') && !/:(?!latest$)[^/:]+$/.test(image)).map(({ at, image }) => ({ at, detail: `image ${image}` }));
  },
};

function imagesOf(tree: AuditTree): Array<{ at: AuditPods | AuditStaticPod; image: string }> {
  const inCluster = tree.pods.flatMap(at => containersOf(at.spec).flatMap(c => (c.image ? [{ at, image: c.image }] : [])));
  return [...inCluster, ...tree.staticPods.map(at => ({ at, image: at.image }))];
}
