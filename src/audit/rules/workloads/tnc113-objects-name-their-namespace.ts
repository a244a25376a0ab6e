import { AuditSeverity } from '../../audit-severity';
import { groupOf } from '../../audit-tree';
import { Rule } from '../../rule';

/** Objects that land wherever the caller is. */
export const objectsNameTheirNamespace: Rule = {
  id: 'TNC113',
  severity: AuditSeverity.WARNING,
  title: 'Namespaced objects name their namespace',
  why: 'Without one the object lands in the namespace of whoever applies it: twice in two places, or beside the pods that need it.',
  remedy: 'Set metadata.namespace',
  source: 'WEB:docs/concepts/overview/working-with-objects/namespaces',
  check: tree => tree.objects.filter(object => NAMESPACED.has(`${groupOf(object)}/${object.kind}`) && object.namespace === undefined)
    .map(at => ({ at, detail: 'metadata.namespace is missing' })),
};

const NAMESPACED = new Set([
  '/ConfigMap', '/Endpoints', '/LimitRange', '/PersistentVolumeClaim', '/Pod', '/ResourceQuota', '/Secret', '/Service', '/ServiceAccount', 'apps/DaemonSet', 'apps/Deployment',
  'apps/ReplicaSet', 'apps/StatefulSet', 'autoscaling/HorizontalPodAutoscaler', 'batch/CronJob', 'batch/Job', 'networking.k8s.io/Ingress', 'networking.k8s.io/NetworkPolicy',
  'policy/PodDisruptionBudget', 'rbac.authorization.k8s.io/Role', 'rbac.authorization.k8s.io/RoleBinding', 'coordination.k8s.io/Lease',
]);
