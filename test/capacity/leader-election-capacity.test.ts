import { leaderElection } from '../../src/capacity/leader-election-capacity';

test('a leader outlives a restore of etcd, and two never lead', () => {
  const { leaseDuration, renewDeadline, retryPeriod } = leaderElection();
  // 2 x 30 s; 60 x 4/3 = 80 s; 60 / 10 = 6 s.
  expect([leaseDuration.value, renewDeadline.value, retryPeriod.value]).toEqual([80, 60, 6]);
  // What client-go refuses: a lease not longer than the deadline, a deadline not longer than 1.2 retry periods.
  expect(leaseDuration.value).toBeGreaterThan(renewDeadline.value);
  expect(renewDeadline.value).toBeGreaterThan(1.2 * retryPeriod.value);
});
