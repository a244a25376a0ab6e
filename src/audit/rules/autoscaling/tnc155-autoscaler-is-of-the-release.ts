import { AuditSeverity } from '../../audit-severity';
import { autoscalers } from '../../autoscaler-view';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Version of the autoscaler. */
export const autoscalerIsOfTheRelease: Rule = {
  id: 'TNC155',
  severity: AuditSeverity.NOTE,
  title: 'The node autoscaler is of the minor of the cluster',
  why: 'It simulates the scheduler it was built with; another minor places pods differently and adds nodes that help nobody.',
  remedy: 'Use the image of the same minor as soon as there is one',
  source: 'seed CA-11; CA HEAD:README.md',
  check: tree => {
    const found = autoscalers(tree);
    if (found.length === 0) { return NOT_APPLICABLE; }
    const { version } = tree.facts.release;
    return found.filter(({ image }) => !image.includes(`:v${version}.`) && !image.includes('@sha256:')).map(({ at, image }) => ({ at, detail: `image ${image}, release ${version}` }));
  },
};
