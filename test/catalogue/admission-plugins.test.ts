import { upstreamFixture, upstreamVersions } from './upstream-fixture';
import { AdmissionPluginTable } from '../../src/catalogue/admission-plugin-row';
import { ADMISSION_PLUGINS } from '../../src/catalogue/admission-plugin-table';
import { admissionPluginOnByDefault, admissionPluginProblem } from '../../src/catalogue/admission-plugins';
import { inRange } from '../../src/catalogue/version-range';

const PLUGINS: AdmissionPluginTable = ADMISSION_PLUGINS;

// Oracle: plugins.go of that release.
test.each(upstreamVersions())('kube-apiserver %s has the plugins of the table and the same ones on by default', (release) => {
  const ours = Object.keys(PLUGINS).filter((plugin) => inRange(release, PLUGINS[plugin]))
    .map((plugin) => `${plugin}${admissionPluginOnByDefault(plugin, release) ? ' on' : ''}`);
  expect(ours.sort()).toEqual([...upstreamFixture(release).admissionPlugins].sort());
});

test('the default set of 1.37 is what its --help lists', () => {
  // Oracle: --help of kube-apiserver 1.37.2.
  expect(Object.keys(PLUGINS).filter((plugin) => admissionPluginOnByDefault(plugin, '1.37'))).toEqual([
    'CertificateApproval', 'CertificateSigning', 'CertificateSubjectRestriction', 'ClusterTrustBundleAttest', 'DefaultIngressClass', 'DefaultStorageClass',
    'DefaultTolerationSeconds', 'LimitRanger', 'MutatingAdmissionPolicy', 'MutatingAdmissionWebhook', 'NamespaceLifecycle', 'NodeDeclaredFeatureValidator',
    'PersistentVolumeClaimResize', 'PodGroupProtection', 'PodResizeValidator', 'PodSecurity', 'PodTopologyLabels', 'Priority', 'ResourceQuota',
    'RuntimeClass', 'ServiceAccount', 'StorageObjectInUseProtection', 'TaintNodesByCondition', 'ValidatingAdmissionPolicy',
    'ValidatingAdmissionWebhook',
  ]);
});

test.each([
  ['PodSecurityPolicy', '1.24', undefined],
  ['PodSecurityPolicy', '1.25', "admission plugin 'PodSecurityPolicy' was removed in Kubernetes 1.25, the cluster runs 1.25; leave it out"],
  ['PodTopologyLabels', '1.32', "admission plugin 'PodTopologyLabels' was added in Kubernetes 1.33, the cluster runs 1.32; leave it out or use a newer release"],
  ['NodeRestrictions', '1.37', "admission plugin 'NodeRestrictions' is unknown to kube-apiserver 1.37; did you mean 'NodeRestriction'"],
  ['toString', '1.37', "admission plugin 'toString' is unknown to kube-apiserver 1.37"],
])('%s on %s', (plugin, release, message) => {
  expect(admissionPluginProblem(plugin, release)).toBe(message);
});
