import { AuditSeverity } from '../../audit-severity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Versions of the static pods against the release. */
export const controlPlaneIsOneRelease: Rule = {
  id: 'TNC056',
  severity: AuditSeverity.ERROR,
  title: 'API server, controller manager and scheduler are of the release of the description',
  why: 'Flags, gates and API versions were chosen for that release; a controller manager newer than its API server is not supported.',
  remedy: 'Use the image of the release',
  source: 'WEB:releases/version-skew-policy',
  check: tree => {
    const pods = tree.staticPods.filter(pod => pod.component.startsWith('kube-'));
    if (pods.length === 0) { return NOT_APPLICABLE; }
    const { version } = tree.facts.release;
    return pods.filter(pod => !pod.image.includes(`:v${version}.`) && !pod.image.includes('@sha256:')).map(at => ({ at, detail: `image ${at.image}, release ${version}` }));
  },
};
