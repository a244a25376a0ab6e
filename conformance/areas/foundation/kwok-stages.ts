import { stringify } from 'yaml';

const stage = (name: string, kind: string, matchExpressions: object[], next: object, more: object = {}) => ({
  apiVersion: 'kwok.x-k8s.io/v1alpha1', kind: 'Stage', metadata: { name }, spec: { resourceRef: { apiGroup: 'v1', kind }, selector: { matchExpressions }, next, ...more },
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

// Four workers, the default, renew 1,200 leases too late while the machine is busy.
const configuration = (workers: number) => ({
  apiVersion: 'config.kwok.x-k8s.io/v1alpha1', kind: 'KwokConfiguration', metadata: { name: 'kwok' }, options: { nodeLeaseParallelism: workers, nodePlayStageParallelism: 16, podPlayStageParallelism: 16 },
});

const STAGES = [
  stage('node-ready', 'Node', [{ key: READY, operator: 'NotIn', values: ['True'] }], { statusTemplate: NODE_STATUS }),
  stage('pod-running', 'Pod', [
    { key: '.metadata.deletionTimestamp', operator: 'DoesNotExist' },
    { key: '.status.phase', operator: 'In', values: ['Pending'] },
    { key: READY, operator: 'NotIn', values: ['True'] },
  ], { statusTemplate: POD_STATUS }),
  stage('pod-gone', 'Pod', [{ key: '.metadata.deletionTimestamp', operator: 'Exists' }], { finalizers: { empty: true }, delete: true }),
];

const text = (documents: object[]) => documents.map(document => stringify(document)).join('---\n');

/** What kwok does with nodes and pods, as its configuration file. */
export const KWOK_STAGES = text([configuration(16), ...STAGES]);

/** Nodes that are ready and renew their leases; their pods stay as they were created. */
export const KWOK_NODES_ALONE = text([configuration(64), STAGES[0]]);

/** The same with a kubelet's report of an unchanged status, every so many seconds (`nodeStatusReportFrequency`), and enough workers for leases in time. */
export function kwokStagesWithHeartbeat(seconds: number): string {
  const beat = stage('node-heartbeat', 'Node', [{ key: READY, operator: 'In', values: ['True'] }], { statusTemplate: NODE_STATUS }, { delay: { durationMilliseconds: seconds * 1000 }, immediateNextStage: true });
  return text([configuration(64), ...STAGES, beat]);
}
