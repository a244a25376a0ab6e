import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { containersOf } from '../../pod-spec';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Scratch space of pods. */
export const emptyDirsAreBounded: Rule = {
  id: 'TNC168',
  severity: AuditSeverity.NOTE,
  title: 'Scratch space on the node is bounded',
  why: 'An emptyDir without a bound fills the disk under all pods of its node: the kubelet then evicts by its own order, neighbours first when they use more than they asked for.',
  remedy: 'Set sizeLimit of the emptyDir, or an ephemeral-storage limit of the containers',
  source: 'WEB:docs/concepts/configuration/manage-resources-containers',
  check: tree => {
    const users = tree.pods.map(at => ({ at, volumes: (at.spec.volumes ?? []).filter(volume => field(volume, 'emptyDir') !== undefined && field(volume, 'emptyDir', 'medium') !== 'Memory') })).filter(({ volumes }) => volumes.length > 0);
    if (users.length === 0) { return NOT_APPLICABLE; }
    return users.filter(({ at, volumes }) => volumes.some(volume => field(volume, 'emptyDir', 'sizeLimit') === undefined)
      && containersOf(at.spec).some(container => field(container, 'resources', 'limits', 'ephemeral-storage') === undefined))
      .map(({ at, volumes }) => ({ at, detail: `emptyDir ${volumes.filter(volume => field(volume, 'emptyDir', 'sizeLimit') === undefined).map(volume => field<string>(volume, 'name')).join(', ')} has no sizeLimit` }));
  },
};
