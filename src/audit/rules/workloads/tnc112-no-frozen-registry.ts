import { AuditSeverity } from '../../audit-severity';
import { containersOf } from '../../pod-spec';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** k8s.gcr.io. */
export const noFrozenRegistry: Rule = {
  id: 'TNC112',
  severity: AuditSeverity.WARNING,
  title: 'No image comes from k8s.gcr.io',
  why: 'The registry is frozen since April 2023: later patches are not there, and a node that joins may find it gone.',
  remedy: 'Use registry.k8s.io or a mirror through imageRegistry',
  source: 'seed ETCD-16; WEB:blog 2023-02-06 k8s-gcr-io-freeze-announcement',
  check: tree => {
    const images = [...tree.pods.flatMap(at => containersOf(at.spec).map(c => ({ at, image: c.image ?? '' }))), ...tree.staticPods.map(at => ({ at, image: at.image }))];
    if (images.length === 0) { return NOT_APPLICABLE; }
    return images.filter(({ image }) => image.startsWith('k8s.gcr.io/')).map(({ at, image }) => ({ at, detail: `image ${image}` }));
  },
};
