import { upstreamFixture, upstreamVersions } from './upstream-fixture';
import { ConfigurationFieldTable } from '../../src/catalogue/configuration-field-row';
import { KUBELET_CONFIGURATION_FIELDS } from '../../src/catalogue/kubelet-configuration-field-table';
import { kubeletFieldKind, kubeletFieldProblem } from '../../src/catalogue/kubelet-configuration-fields';
import { inRange } from '../../src/catalogue/version-range';

const FIELDS: ConfigurationFieldTable = KUBELET_CONFIGURATION_FIELDS;

// Oracle: types.go of that release.
test.each(upstreamVersions())('KubeletConfiguration of %s has the fields of the table and no others', (release) => {
  expect(Object.keys(FIELDS).filter((path) => inRange(release, FIELDS[path])).sort()).toEqual(upstreamFixture(release)['fields.KubeletConfiguration']);
});

// Oracle: facts/kubelet.md section 1, whose list ends with 1.37.0-beta.0; defaultPodSysctls came after it.
test.each([
  ['1.23', ['registerNode', 'registerWithTaints', 'shutdownGracePeriodByPodPriority']],
  ['1.25', ['localStorageCapacityIsolation', 'tracing']],
  ['1.26', ['topologyManagerPolicyOptions']],
  ['1.27', ['containerRuntimeEndpoint', 'enableSystemLogQuery', 'imageServiceEndpoint', 'maxParallelImagePulls']],
  ['1.29', ['imageMaximumGCAge']],
  ['1.30', ['containerLogMaxWorkers', 'containerLogMonitorInterval', 'podLogsDir']],
  ['1.31', ['failCgroupV1']],
  ['1.32', ['crashLoopBackOff', 'singleProcessOOMKill']],
  ['1.33', ['imagePullCredentialsVerificationPolicy', 'mergeDefaultEvictionSettings', 'preloadedImagesVerificationAllowlist', 'userNamespaces']],
  ['1.36', ['memoryReservationPolicy', 'tlsCurvePreferences']],
  ['1.37', ['defaultPodSysctls']],
])('%s added %j at the top', (release, fields) => {
  expect(Object.keys(FIELDS).filter((path) => FIELDS[path].added === release && !path.includes('.')).sort()).toEqual(fields);
});

test('no field was removed at the top (facts/kubelet.md section 1)', () => {
  expect(Object.keys(FIELDS).filter((path) => FIELDS[path].removed !== undefined && !path.includes('.'))).toEqual([]);
});

test.each([
  ['maxPods', '1.22', 'integer'],
  ['authentication.anonymous.enabled', '1.22', 'boolean'],
  ['authentication.webhook.cacheTTL', '1.37', 'duration'],
  ['evictionHard', '1.37', 'map'],
  ['clusterDNS', '1.22', 'list'],
  ['reservedMemory[0].numaNode', '1.37', 'integer'],
  ['reservedMemory.0.limits', '1.37', 'map'],
  ['containerLogMaxSize', '1.22', 'string'],
  ['nodeStatusUpdateFrequency', '1.22', 'duration'],
])('%s of %s holds a %s', (path, release, kind) => {
  expect(kubeletFieldKind(path, release)).toBe(kind);
});

test.each([
  ['maxPod', '1.37', "'maxPod' is unknown to KubeletConfiguration of Kubernetes 1.37; did you mean 'maxPods'"],
  ['maxParallelImagePulls', '1.26',
    "'maxParallelImagePulls' was added to KubeletConfiguration in Kubernetes 1.27, the kubelets run 1.26; leave it out or use a newer release"],
  ['logging.sanitization', '1.24', "'logging.sanitization' was removed from KubeletConfiguration in Kubernetes 1.24, the kubelets run 1.24; leave it out"],
  ['authentication.anonymous.enabeld', '1.37',
    "'authentication.anonymous.enabeld' is unknown to KubeletConfiguration of Kubernetes 1.37; did you mean 'authentication.anonymous.enabled'"],
  ['maxPods.value', '1.37', "'maxPods.value' is unknown to KubeletConfiguration of Kubernetes 1.37"],
  ['__proto__', '1.37', "'__proto__' is unknown to KubeletConfiguration of Kubernetes 1.37"],
  ['evictionHard.memory.available', '1.22', undefined],
  ['featureGates.constructor', '1.22', undefined],
  ['maxParallelImagePulls', '1.27.3', undefined],
])('%s on %s', (path, release, message) => {
  expect(kubeletFieldProblem(path, release)).toBe(message);
});
