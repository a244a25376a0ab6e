import { upstreamFixture, upstreamVersions } from './upstream-fixture';
import { API_KINDS } from '../../src/catalogue/api-group-table';
import { apiVersionOf, optInApiVersionOf } from '../../src/catalogue/api-groups';
import { ApiKindTable } from '../../src/catalogue/api-version-row';
import { inRange } from '../../src/catalogue/version-range';

const KINDS: ApiKindTable = API_KINDS;

// Oracle: OpenAPI document and sources of that release.
test.each(upstreamVersions())('Kubernetes %s has the API versions of the table and no others', (release) => {
  const ours = Object.entries(KINDS).flatMap(([kind, rows]) => rows.filter((row) => inRange(release, row))
    .map((row) => `${kind} ${row.apiVersion}${row.optIn !== undefined && inRange(release, row.optIn) ? ' (opt-in)' : ''}`));
  expect(ours.sort()).toEqual([...upstreamFixture(release).apiVersions].sort());
});

const FLOW = 'flowcontrol.apiserver.k8s.io';

test.each([
  // kind, release, apiVersion, oracle
  ['FlowSchema', '1.22', `${FLOW}/v1beta1`, 'facts/versions.md section 1'],
  ['FlowSchema', '1.23', `${FLOW}/v1beta2`, 'facts/versions.md section 1'],
  ['FlowSchema', '1.25', `${FLOW}/v1beta2`, 'facts/versions.md section 1'],
  ['PriorityLevelConfiguration', '1.26', `${FLOW}/v1beta3`, 'facts/versions.md section 1'],
  ['PriorityLevelConfiguration', '1.28', `${FLOW}/v1beta3`, 'facts/versions.md section 1'],
  ['PriorityLevelConfiguration', '1.29', `${FLOW}/v1`, 'facts/versions.md section 1'],
  ['PriorityLevelConfiguration', '1.37', `${FLOW}/v1`, 'facts/versions.md section 1'],
  ['HorizontalPodAutoscaler', '1.22', 'autoscaling/v2beta2', 'facts/versions.md section 1'],
  ['HorizontalPodAutoscaler', '1.23', 'autoscaling/v2', 'facts/versions.md section 1'],
  ['KubeSchedulerConfiguration', '1.22', 'kubescheduler.config.k8s.io/v1beta2', 'facts/versions.md section 1'],
  ['KubeSchedulerConfiguration', '1.24', 'kubescheduler.config.k8s.io/v1beta3', 'facts/versions.md section 1'],
  ['KubeSchedulerConfiguration', '1.25', 'kubescheduler.config.k8s.io/v1', 'facts/versions.md section 1'],
  ['CSIStorageCapacity', '1.23', 'storage.k8s.io/v1beta1', 'facts/versions.md section 2'],
  ['CSIStorageCapacity', '1.24', 'storage.k8s.io/v1', 'facts/versions.md section 2'],
  ['ValidatingAdmissionPolicy', '1.30', 'admissionregistration.k8s.io/v1', 'facts/versions.md section 2'],
  ['VolumeAttributesClass', '1.34', 'storage.k8s.io/v1', 'facts/versions.md section 2'],
  ['ServiceCIDR', '1.33', 'networking.k8s.io/v1', 'facts/versions.md section 2'],
  ['MutatingAdmissionPolicy', '1.36', 'admissionregistration.k8s.io/v1', 'facts/versions.md section 2'],
  ['PodDisruptionBudget', '1.22', 'policy/v1', 'upstream OpenAPI'],
  ['CronJob', '1.22', 'batch/v1', 'upstream OpenAPI'],
  ['ConfigMap', '1.22', 'v1', 'upstream OpenAPI'],
  ['Event', '1.37', 'v1', 'upstream OpenAPI'],
  ['ClusterConfiguration', '1.22', 'kubeadm.k8s.io/v1beta3', 'kubeadm sources'],
  ['ClusterConfiguration', '1.30', 'kubeadm.k8s.io/v1beta3', 'kubeadm sources: v1beta4 experimental'],
  ['ClusterConfiguration', '1.31', 'kubeadm.k8s.io/v1beta4', 'kubeadm sources'],
  ['ClusterConfiguration', '1.37.2', 'kubeadm.k8s.io/v1beta4', 'kubeadm sources: v1 experimental'],
  ['AuditPolicy', '1.22', 'audit.k8s.io/v1', 'API server sources'],
  ['EncryptionConfiguration', '1.22', 'apiserver.config.k8s.io/v1', 'API server sources'],
  ['AuthenticationConfiguration', '1.30', 'apiserver.config.k8s.io/v1beta1', 'API server sources'],
  ['AuthenticationConfiguration', '1.34', 'apiserver.config.k8s.io/v1', 'API server sources'],
  ['KubeletConfiguration', '1.37', 'kubelet.config.k8s.io/v1beta1', 'facts/kubelet.md section 1'],
])('%s on %s is written as %s (%s)', (kind, release, apiVersion) => {
  expect(apiVersionOf(kind, release)).toBe(apiVersion);
});

test.each([
  ['VolumeAttributesClass', '1.31', 'storage.k8s.io/v1beta1'],
  ['ValidatingAdmissionPolicy', '1.28', 'admissionregistration.k8s.io/v1beta1'],
  ['AuthenticationConfiguration', '1.29', 'apiserver.config.k8s.io/v1alpha1'],
  ['ClusterConfiguration', '1.37', 'kubeadm.k8s.io/v1'],
])('%s on %s is there, but off: %s', (kind, release, apiVersion) => {
  expect(optInApiVersionOf(kind, release)).toBe(apiVersion);
  if (kind !== 'ClusterConfiguration') {
    expect(apiVersionOf(kind, release)).toBeUndefined();
  }
});

test.each([['VolumeAttributesClass', '1.28'], ['PodSecurityPolicy', '1.25'], ['Nonsense', '1.37'], ['__proto__', '1.37'], ['constructor', '1.37']])(
  '%s is unknown on %s', (kind, release) => {
    expect(apiVersionOf(kind, release)).toBeUndefined();
    expect(optInApiVersionOf(kind, release)).toBeUndefined();
  });
