import { stringify } from 'yaml';

const stage = (name: string, kind: string, matchExpressions: object[], next: object) => ({
  apiVersion: 'kwok.x-k8s.io/v1alpha1', kind: 'Stage', metadata: { name }, spec: { resourceRef: { apiGroup: 'v1', kind }, selector: { matchExpressions }, next },
});

const READY = '.status.conditions.[] | select( .type == "Ready" ) | .status';

// kwok knows nothing of a node or pod but what its stages say. These three are the least that a scheduler and the controllers need: a node
// that is ready, a pod that runs with an address, a pod that goes when it is deleted.
const NODE_STATUS = `
{{ $now := Now }}
conditions:
{{ range NodeConditions }}
- type: {{ .type | Quote }}
  status: {{ .status | Quote }}
  reason: {{ .reason | Quote }}
  message: {{ .message | Quote }}
  lastHeartbeatTime: {{ $now | Quote }}
  lastTransitionTime: {{ $now | Quote }}
{{ end }}
addresses:
- type: InternalIP
  address: {{ NodeIP | Quote }}
- type: Hostname
  address: {{ .metadata.name | Quote }}
phase: Running
`;

const POD_STATUS = `
{{ $now := Now }}
phase: Running
startTime: {{ $now | Quote }}
conditions:
${['Initialized', 'ContainersReady', 'Ready'].map(type => `- {type: ${type}, status: "True", lastTransitionTime: {{ $now | Quote }}}`).join('\n')}
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  ready: true
  restartCount: 0
  state:
    running:
      startedAt: {{ $now | Quote }}
{{ end }}
{{ with PodIPsWith .spec.nodeName ( or .spec.hostNetwork false ) ( or .metadata.uid "" ) ( or .metadata.name "" ) ( or .metadata.namespace "" ) }}
podIP: {{ index . 0 | Quote }}
podIPs:
- ip: {{ index . 0 | Quote }}
{{ end }}
`;

/** What kwok does with nodes and pods, as its configuration file. */
export const KWOK_STAGES = [
  // Four workers, the default, renew 1,200 leases too late while the machine is busy.
  { apiVersion: 'config.kwok.x-k8s.io/v1alpha1', kind: 'KwokConfiguration', metadata: { name: 'kwok' }, options: { nodeLeaseParallelism: 16, nodePlayStageParallelism: 16, podPlayStageParallelism: 16 } },
  stage('node-ready', 'Node', [{ key: READY, operator: 'NotIn', values: ['True'] }], { statusTemplate: NODE_STATUS }),
  stage('pod-running', 'Pod', [
    { key: '.metadata.deletionTimestamp', operator: 'DoesNotExist' },
    { key: '.status.phase', operator: 'In', values: ['Pending'] },
    { key: READY, operator: 'NotIn', values: ['True'] },
  ], { statusTemplate: POD_STATUS }),
  stage('pod-gone', 'Pod', [{ key: '.metadata.deletionTimestamp', operator: 'Exists' }], { finalizers: { empty: true }, delete: true }),
].map(document => stringify(document)).join('---\n');
