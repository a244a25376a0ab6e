import { AuditSeverity } from '../../audit-severity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Priority classes that pods name. */
export const priorityClassesExist: Rule = {
  id: 'TNC123',
  severity: AuditSeverity.WARNING,
  title: 'Every PriorityClass that a pod names is part of the output',
  why: 'Admission refuses pods that name an unknown class; a rollout then removes old pods and makes no new ones.',
  remedy: 'Add the PriorityClass, or suppress with who makes it',
  source: 'WEB:docs/concepts/scheduling-eviction/pod-priority-preemption',
  check: tree => {
    const users = tree.pods.filter(pods => pods.spec.priorityClassName !== undefined && !/^system-(node|cluster)-critical$/.test(pods.spec.priorityClassName));
    if (users.length === 0) { return NOT_APPLICABLE; }
    return users.filter(pods => tree.find('PriorityClass', undefined, pods.spec.priorityClassName!) === undefined).map(at => ({ at, detail: `PriorityClass ${at.spec.priorityClassName} is missing` }));
  },
};
