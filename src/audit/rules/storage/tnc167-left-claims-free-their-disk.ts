import { claimTemplates, localClasses } from './tnc166-local-data-have-replicas';
import { CLAIM_RETENTION } from '../../../catalogue/storage-features';
import { inRange } from '../../../catalogue/version-range';
import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Claims that a StatefulSet leaves behind. */
export const leftClaimsFreeTheirDisk: Rule = {
  id: 'TNC167',
  severity: AuditSeverity.NOTE,
  title: 'A StatefulSet on local disks says what becomes of claims that it leaves',
  why: 'By default they stay for ever: after a scale-down each holds a whole disk of a node, and the node from being scaled down, for a copy that other replicas have.',
  remedy: 'Set persistentVolumeClaimRetentionPolicy; whenScaled: Delete where the software copies its data, Retain where it does not',
  source: 'KEP-1847; WEB:docs/concepts/workloads/controllers/statefulset',
  check: tree => {
    const local = localClasses(tree);
    const owners = tree.pods.filter(pods => pods.owner.kind === 'StatefulSet' && claimTemplates(pods.owner).some(claim => local.includes(field<string>(claim, 'spec', 'storageClassName') ?? '')));
    if (owners.length === 0 || !inRange(tree.facts.release.version, CLAIM_RETENTION)) { return NOT_APPLICABLE; }
    return owners.filter(at => field(at.owner.manifest, 'spec', 'persistentVolumeClaimRetentionPolicy', 'whenScaled') === undefined).map(at => ({ at, detail: 'whenScaled is left out: Retain' }));
  },
};
