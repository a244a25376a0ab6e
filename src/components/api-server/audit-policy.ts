import { CONTROL_PLANE_NAMESPACE, CONTROLLER_ACCOUNTS } from '../../catalogue/control-plane-accounts';
import { yamlDocuments } from '../../formats/yaml-document';

const READS = ['get', 'list', 'watch'];

/**
 * What is written to the audit log. Heartbeats, events and what the control plane reads for itself are most of the requests of a large cluster and say
 * nothing about who changed what. Secrets are logged whoever looks at them, and never with their content. How much that is: `auditLog` in
 * src/capacity/api-server-audit-capacity.ts.
 */
export function auditPolicy(): string {
  return yamlDocuments([{
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived'],
    rules: [
      { level: 'None', nonResourceURLs: ['/healthz*', '/livez*', '/readyz*', '/version', '/metrics', '/openapi/*'] },
      { level: 'None', resources: [{ group: '', resources: ['events'] }, { group: 'events.k8s.io', resources: ['events'] }] },
      { level: 'None', resources: [{ group: 'coordination.k8s.io', resources: ['leases'] }] },
      // A kubelet watches each Secret of its pods: one line when the watch ends, instead of one at either end.
      { level: 'Metadata', userGroups: ['system:nodes'], verbs: READS, resources: [{ group: '', resources: ['secrets'] }], omitStages: ['ResponseStarted'] },
      { level: 'None', userGroups: ['system:nodes'], verbs: READS },
      { level: 'None', userGroups: ['system:nodes'], verbs: ['patch', 'update'], resources: [{ group: '', resources: ['nodes', 'nodes/status', 'pods/status'] }] },
      // Contents of secrets and tokens never reach a log.
      {
        level: 'Metadata',
        resources: [
          { group: '', resources: ['secrets', 'configmaps', 'serviceaccounts/token'] },
          { group: 'authentication.k8s.io', resources: ['tokenreviews'] },
        ],
      },
      {
        level: 'None',
        users: [
          'system:apiserver', 'system:kube-controller-manager', 'system:kube-scheduler',
          ...CONTROLLER_ACCOUNTS.map(account => `system:serviceaccount:${CONTROL_PLANE_NAMESPACE}:${account}`),
        ],
        verbs: READS,
      },
      { level: 'Metadata', verbs: READS },
      // Who changed rights, admission and priorities is worth the content.
      {
        level: 'Request',
        verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'],
        resources: [
          { group: 'rbac.authorization.k8s.io' }, { group: 'admissionregistration.k8s.io' }, { group: 'flowcontrol.apiserver.k8s.io' }, { group: 'apiregistration.k8s.io' },
        ],
      },
      { level: 'Metadata' },
    ],
  }]);
}
