import { upstreamFixture, upstreamVersions } from './upstream-fixture';
import { CLUSTER_AUTOSCALER_FLAGS } from '../../src/catalogue/cluster-autoscaler-flags';
import { ETCD_FLAGS } from '../../src/catalogue/etcd-flags';
import { flagPolicy, flagProblem, flagRow, flagsOf, FlagTable } from '../../src/catalogue/flag-table';
import { KUBE_APISERVER_FLAGS } from '../../src/catalogue/kube-apiserver-flags';
import { KUBE_CONTROLLER_MANAGER_FLAGS } from '../../src/catalogue/kube-controller-manager-flags';
import { KUBE_PROXY_FLAGS } from '../../src/catalogue/kube-proxy-flags';
import { KUBE_SCHEDULER_FLAGS } from '../../src/catalogue/kube-scheduler-flags';
import { KUBELET_CONFIGURATION_FIELDS } from '../../src/catalogue/kubelet-configuration-field-table';
import { KUBELET_FLAGS } from '../../src/catalogue/kubelet-flags';
import { compareVersions } from '../../src/catalogue/version-range';

const TABLES: { [component: string]: FlagTable } = {
  'kube-apiserver': KUBE_APISERVER_FLAGS,
  'kube-controller-manager': KUBE_CONTROLLER_MANAGER_FLAGS,
  'kube-scheduler': KUBE_SCHEDULER_FLAGS,
  'kubelet': KUBELET_FLAGS,
  'kube-proxy': KUBE_PROXY_FLAGS,
  'cluster-autoscaler': CLUSTER_AUTOSCALER_FLAGS,
  'etcd': ETCD_FLAGS,
};

/** Components with fixtures of their own. */
const OWN_VERSIONS: { [component: string]: string } = { 'etcd': 'etcd', 'cluster-autoscaler': 'cluster-autoscaler' };

const SUBJECTS = Object.keys(TABLES).flatMap((component) =>
  upstreamVersions(OWN_VERSIONS[component]).map((version): [string, string] => [component, version]));

test('every Kubernetes minor from 1.22 to 1.37 and the etcd versions we install have a fixture', () => {
  expect(upstreamVersions().sort()).toEqual(Array.from({ length: 16 }, (_, each) => `1.${22 + each}`));
  expect(upstreamVersions('etcd').sort()).toEqual(['3.5.24', '3.5.33', '3.5.6', '3.6.14', '3.6.8', '3.7.0', '3.7.1']);
});

// Oracle: declarations in the sources of that version.
test.each(SUBJECTS)('%s %s has the flags of the table and no others', (component, version) => {
  const fixture = upstreamFixture(version, OWN_VERSIONS[component]);
  expect(flagsOf(TABLES[component], version)).toEqual(fixture[`flags.${component}`]);
});

test.each(Object.entries(TABLES))('ranges, kinds and successors of %s are well-formed', (component, table) => {
  for (const [flag, row] of Object.entries(table)) {
    expect(flag).toMatch(/^[a-z0-9][a-z0-9-]*$/);
    if (row.added !== undefined && row.removed !== undefined) {
      expect(compareVersions(row.added, row.removed)).toBeLessThan(0);
    }
    if (row.deprecatedIn !== undefined && row.removed !== undefined) {
      expect(compareVersions(row.deprecatedIn, row.removed)).toBeLessThan(0);
    }
    if (row.policy === 'additive') {
      expect(['list', 'map', 'string']).toContain(row.kind);
    }
    if (row.replacedBy !== undefined) {
      const [name, field] = row.replacedBy.split(/\.(.*)/);
      if (name === 'KubeletConfiguration') {
        expect(Object.keys(KUBELET_CONFIGURATION_FIELDS)).toContain(field);
      } else {
        expect(Object.keys(table)).toContain(name.split('=')[0]);
      }
    }
  }
  expect(component).not.toBe('');
});

describe('the life of single flags', () => {
  test.each([
    // component, version, flag, accepted, oracle
    ['kube-apiserver', '1.23', 'target-ram-mb', true, 'facts/api-server.md section 3'],
    ['kube-apiserver', '1.24', 'target-ram-mb', false, 'facts/api-server.md section 3'],
    ['kube-apiserver', '1.24', 'deserialization-cache-size', false, 'facts/api-server.md section 3'],
    ['kube-apiserver', '1.22', 'insecure-bind-address', true, 'facts/api-server.md section 3'],
    ['kube-apiserver', '1.24', 'insecure-bind-address', false, 'facts/api-server.md section 3'],
    ['kube-apiserver', '1.22', 'shutdown-send-retry-after', false, 'facts/api-server.md section 3'],
    ['kube-apiserver', '1.23', 'shutdown-send-retry-after', true, 'facts/api-server.md section 3'],
    ['kube-apiserver', '1.25', 'etcd-readycheck-timeout', true, 'facts/api-server.md section 3'],
    ['kube-apiserver', '1.25.16', 'encryption-provider-config-automatic-reload', false, 'facts/api-server.md section 3'],
    ['kube-apiserver', '1.26', 'encryption-provider-config-automatic-reload', true, 'facts/api-server.md section 3'],
    ['kube-apiserver', '1.27', 'shutdown-watch-termination-grace-period', true, 'facts/api-server.md section 3'],
    ['kube-apiserver', '1.27', 'master-service-namespace', false, 'facts/api-server.md section 3'],
    ['kube-apiserver', '1.31', 'storage-initialization-timeout', true, 'facts/api-server.md section 3'],
    ['kube-apiserver', '1.31', 'requestheader-uid-headers', false, 'facts/api-server.md section 3'],
    ['kube-apiserver', '1.32', 'requestheader-uid-headers', true, 'facts/api-server.md section 3'],
    ['kube-apiserver', '1.33', 'runtime-config-emulation-forward-compatible', true, 'facts/api-server.md section 3'],
    ['kube-apiserver', '1.35', 'tls-curve-preferences', false, 'facts/api-server.md section 3'],
    ['kube-apiserver', '1.36', 'tls-curve-preferences', true, 'facts/api-server.md section 3'],
    ['kube-controller-manager', '1.26', 'pod-eviction-timeout', true, 'facts/api-server.md section 5'],
    ['kube-controller-manager', '1.27', 'pod-eviction-timeout', false, 'facts/api-server.md section 5'],
    ['kube-controller-manager', '1.27', 'enable-taint-manager', false, 'facts/api-server.md section 5'],
    ['kube-controller-manager', '1.26', 'concurrent-horizontal-pod-autoscaler-syncs', true, 'facts/api-server.md section 5'],
    ['kube-controller-manager', '1.25', 'concurrent-horizontal-pod-autoscaler-syncs', false, 'facts/api-server.md section 5'],
    ['kube-scheduler', '1.24', 'port', false, 'facts/versions.md section 2'],
    ['kubelet', '1.24', 'network-plugin', false, 'facts/versions.md section 2, dockershim'],
    ['kube-proxy', '1.30', 'proxy-port-range', true, 'server.go of that minor'],
    ['kube-proxy', '1.31', 'proxy-port-range', false, 'server.go of that minor'],
    ['kube-proxy', '1.28', 'conntrack-udp-timeout', false, 'server.go of that minor'],
    ['kube-proxy', '1.29', 'conntrack-udp-timeout', true, 'server.go of that minor'],
    ['kube-proxy', '1.37', 'boot-id-file', false, '--help of kube-proxy 1.37.2'],
    ['etcd', '3.6.14', 'experimental-initial-corrupt-check', true, 'facts/etcd.md section 7'],
    ['etcd', '3.7', 'experimental-initial-corrupt-check', false, 'facts/etcd.md section 7'],
    ['etcd', '3.5.4', 'experimental-compact-hash-check-enabled', false, 'facts/etcd.md section 7'],
    ['etcd', '3.5.5', 'experimental-compact-hash-check-enabled', true, 'facts/etcd.md section 7'],
    ['etcd', '3.5.33', 'feature-gates', false, 'facts/etcd.md section 7'],
    ['etcd', '3.6', 'feature-gates', true, 'facts/etcd.md section 7'],
    ['etcd', '3.6', 'enable-v2', false, 'facts/etcd.md section 7'],
    ['etcd', '3.7.1', 'max-snapshots', true, 'facts/etcd.md section 2: removal planned for 3.8'],
    ['cluster-autoscaler', '1.32', 'max-empty-bulk-delete', true, 'facts/cluster-autoscaler.md section 1'],
    ['cluster-autoscaler', '1.33', 'max-empty-bulk-delete', false, 'facts/cluster-autoscaler.md section 1'],
    ['cluster-autoscaler', '1.35', 'predicate-parallelism', true, 'facts/cluster-autoscaler.md section 1'],
    ['cluster-autoscaler', '1.35', 'salvo-scale-up', false, 'facts/cluster-autoscaler.md section 1'],
    ['cluster-autoscaler', '1.36', 'salvo-scale-up', true, 'facts/cluster-autoscaler.md section 1'],
  ])('%s %s with --%s: %s (%s)', (component, version, flag, accepted) => {
    expect(flagProblem(component, TABLES[component], version, flag) === undefined).toBe(accepted);
  });

  test('no flag of etcd 3.7 is experimental', () => {
    expect(flagsOf(ETCD_FLAGS, '3.7.1').filter((flag) => flag.startsWith('experimental-'))).toEqual([]);
    expect(flagsOf(ETCD_FLAGS, '3.5.33').filter((flag) => flag.startsWith('experimental-')).length).toBeGreaterThan(15);
  });
});

describe('what a user reads', () => {
  test.each([
    ['kube-apiserver', '1.36', 'target-ram-mb', "'target-ram-mb' was removed in kube-apiserver 1.24, the cluster runs 1.36; leave it out"],
    ['kube-apiserver', '1.37.2', 'experimental-encryption-provider-config',
      "'experimental-encryption-provider-config' was removed in kube-apiserver 1.24, the cluster runs 1.37.2; use 'encryption-provider-config'"],
    ['kube-apiserver', '1.31', 'requestheader-uid-headers',
      "'requestheader-uid-headers' was added in kube-apiserver 1.32, the cluster runs 1.31; leave it out or use a newer release"],
    ['kube-apiserver', '1.37', 'max-request-inflight', "'max-request-inflight' is unknown to kube-apiserver 1.37; did you mean 'max-requests-inflight'"],
    ['kube-apiserver', '1.37', 'zzz', "'zzz' is unknown to kube-apiserver 1.37"],
    ['etcd', '3.7.1', 'experimental-compact-hash-check-enabled',
      "'experimental-compact-hash-check-enabled' was removed in etcd 3.7, this member runs 3.7.1; use 'feature-gates=CompactHashCheck=true'"],
    ['etcd', '3.7.1', 'experimental-watch-progress-notify-interval',
      "'experimental-watch-progress-notify-interval' was removed in etcd 3.7, this member runs 3.7.1; use 'watch-progress-notify-interval'"],
  ])('%s %s with --%s', (component, version, flag, message) => {
    expect(flagProblem(component, TABLES[component], version, flag)).toBe(message);
  });

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', ''])('%j is an unknown flag, not a property of objects', (name) => {
    expect(flagRow(KUBE_APISERVER_FLAGS, name)).toBeUndefined();
    expect(flagProblem('kube-apiserver', KUBE_APISERVER_FLAGS, '1.37', name)).toContain(`'${name}' is unknown to kube-apiserver 1.37`);
  });
});

describe('merge policy', () => {
  test.each([
    ['kube-apiserver', 'etcd-servers', 'owned'],
    ['kube-apiserver', 'service-account-issuer', 'owned'],
    ['kube-apiserver', 'requestheader-client-ca-file', 'owned'],
    ['kube-apiserver', 'enable-admission-plugins', 'additive'],
    ['kube-apiserver', 'feature-gates', 'additive'],
    ['kube-apiserver', 'max-requests-inflight', 'owned'],
    ['kube-apiserver', 'help', 'denied'],
    ['kube-controller-manager', 'cluster-cidr', 'owned'],
    ['kube-controller-manager', 'leader-elect', 'owned'],
    ['kube-scheduler', 'config', 'owned'],
    ['kubelet', 'max-pods', 'denied'],
    ['kubelet', 'kubeconfig', 'owned'],
    ['etcd', 'data-dir', 'owned'],
    ['etcd', 'force-new-cluster', 'denied'],
    ['etcd', 'cipher-suites', 'owned'],
    ['cluster-autoscaler', 'cloud-provider', 'owned'],
  ])('%s --%s is %s', (component, flag, policy) => {
    expect(flagPolicy(flagRow(TABLES[component], flag)!)).toBe(policy);
  });

  test('a list whose entries may hold commas is given once per entry', () => {
    expect(KUBE_APISERVER_FLAGS['service-account-issuer']).toMatchObject({ kind: 'list', repeated: true });
    expect(KUBE_APISERVER_FLAGS['etcd-servers-overrides']).not.toHaveProperty('repeated');
  });
});
