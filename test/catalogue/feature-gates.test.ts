import { upstreamFixture, upstreamVersions } from './upstream-fixture';
import { GateTable } from '../../src/catalogue/feature-gate-row';
import { FEATURE_GATES } from '../../src/catalogue/feature-gate-table';
import { gateProblem, gateState } from '../../src/catalogue/feature-gates';
import { compareVersions, inRange } from '../../src/catalogue/version-range';

const GATES: GateTable = FEATURE_GATES;

// Oracle: specifications in the sources of that release.
test.each(upstreamVersions())('Kubernetes %s has the gates of the table, with their default, stage and lock', (release) => {
  const ours = Object.keys(GATES).filter((gate) => inRange(release, GATES[gate])).map((gate) => {
    const { enabled, stage, locked } = gateState(gate, release)!;
    return `${gate} ${enabled} ${stage}${locked ? ' locked' : ''}`;
  });
  expect(ours.sort()).toEqual([...upstreamFixture(release).featureGates].sort());
});

test('histories start with the gate, are in order, and change something at each step', () => {
  for (const row of Object.values(GATES)) {
    expect(row.history[0][0]).toBe(row.added ?? '1.22');
    for (let i = 1; i < row.history.length; i++) {
      expect(compareVersions(row.history[i - 1][0], row.history[i][0])).toBeLessThan(0);
      expect(row.history[i].slice(1)).not.toEqual(row.history[i - 1].slice(1));
    }
    expect(row.lockedIn === undefined).toBe(row.lockedValue === undefined);
  }
});

describe('the life of single gates (facts/api-server.md section 2)', () => {
  test.each([
    ['ConsistentListFromCache', '1.28', 'alpha', false],
    ['ConsistentListFromCache', '1.31', 'beta', true],
    ['ConsistentListFromCache', '1.34', 'ga', true],
    ['WatchList', '1.32', 'beta', true],
    ['WatchList', '1.33', 'beta', false],
    ['WatchList', '1.34', 'beta', true],
    ['BtreeWatchCache', '1.33', 'ga', true],
    ['SizeBasedListCostEstimate', '1.34', 'beta', true],
    ['ListFromCacheSnapshot', '1.33', 'alpha', false],
    ['WatchCacheInitializationPostStartHook', '1.36', 'beta', true],
    ['CBORServingAndStorage', '1.32', 'alpha', false],
    ['ShardedListAndWatch', '1.36', 'alpha', false],
    ['EtcdRangeStream', '1.37', 'beta', true],
    ['KMSv1', '1.29', 'deprecated', false],
    ['HPAConfigurableTolerance', '1.35', 'beta', true],
  ])('%s is in %s %s, default %s', (gate, release, stage, enabled) => {
    expect(gateState(gate, release)).toMatchObject({ stage, enabled });
  });

  test.each([
    ['ConsistentListFromCache', '1.37'], ['BtreeWatchCache', '1.37'], ['StreamingCollectionEncodingToJSON', '1.37'], ['EfficientWatchResumption', '1.33'],
    ['APIListChunking', '1.33'], ['APIPriorityAndFairness', '1.31'],
  ])('%s is gone in %s and was there one release before', (gate, release) => {
    expect(gateState(gate, release)).toBeUndefined();
    expect(gateState(gate, `1.${Number(release.split('.')[1]) - 1}`)).toBeDefined();
  });
});

describe('what a user reads', () => {
  test.each([
    ['ConsistentListFromCache', '1.37.2', true,
      "feature gate 'ConsistentListFromCache' was removed in Kubernetes 1.37, the feature is always on, the cluster runs 1.37.2; leave it out"],
    ['ConsistentListFromCache', '1.35', false,
      "feature gate 'ConsistentListFromCache' is locked to true since Kubernetes 1.34, got false; leave it out"],
    ['EtcdRangeStream', '1.36', true,
      "feature gate 'EtcdRangeStream' was added in Kubernetes 1.37, the cluster runs 1.36; leave it out or use a newer release"],
    ['WatchLst', '1.37', true, "feature gate 'WatchLst' is unknown to Kubernetes 1.37; did you mean 'WatchList'"],
    ['__proto__', '1.37', true, "feature gate '__proto__' is unknown to Kubernetes 1.37"],
    ['constructor', '1.37', true, "feature gate 'constructor' is unknown to Kubernetes 1.37"],
  ])('%s in %s as %s', (gate, release, value, message) => {
    expect(gateProblem(gate, release, value)).toBe(message);
  });

  test('accepted: a gate in its range, with any value while it is not locked', () => {
    expect(gateProblem('WatchList', '1.37', false)).toBeUndefined();
    expect(gateProblem('ConsistentListFromCache', '1.35', true)).toBeUndefined();
    expect(gateProblem('ConsistentListFromCache', '1.33', false)).toBeUndefined();
  });

  test('a gate that only some components know is refused on the others', () => {
    expect(gateProblem('ControllerManagerReleaseLeaderElectionLockOnExit', '1.37', true, 'kube-scheduler'))
      .toBe("feature gate 'ControllerManagerReleaseLeaderElectionLockOnExit' is unknown to kube-scheduler 1.37; "
        + 'set it on kube-apiserver, kube-controller-manager only');
    expect(gateProblem('ControllerManagerReleaseLeaderElectionLockOnExit', '1.37', true, 'kube-controller-manager')).toBeUndefined();
  });
});
