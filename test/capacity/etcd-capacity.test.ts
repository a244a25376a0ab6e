import {
  etcdElection, etcdEventsQuota, etcdHeartbeat, etcdMainQuota, etcdMainSize, etcdMemberCpu, etcdMemberMemory, toleratedFailures,
} from '../../src/capacity/etcd-capacity';

test.each([
  // rtt ms, heartbeat, election; etcd tuning guide: heartbeat about the RTT, election at least 10 RTT, at most 50 s
  [1, 100, 1000], [10, 100, 1000], [100, 100, 1000], [150, 150, 1500], [4000, 4000, 40_000], [6000, 6000, 50_000],
])('a round trip of %i ms gives heartbeat %i and election %i', (rtt, heartbeat, election) => {
  const interval = etcdHeartbeat(rtt);
  expect(interval.value).toBe(heartbeat);
  expect(etcdElection(rtt, interval).value).toBe(election);
});

test.each([
  // nodes, pods, bytes by hand, quota GiB: the quota is raised once the data pass 60 % of it
  [1200, 36_000, 786_000_000, 8], // 36,000 x 20 kB + 1,200 x 55 kB; 0.73 GiB
  [5000, 150_000, 3_275_000_000, 8], // 3.05 GiB of 8 = 38 %
  [5000, 240_000, 5_075_000_000, 8], // 4.73 GiB of 8 = 59 %
  [5000, 260_000, 5_475_000_000, 12], // 5.10 GiB would be 64 % of 8
])('%i nodes with %i pods hold %i bytes and get %i GiB', (nodes, pods, bytes, quota) => {
  const size = etcdMainSize(nodes, pods);
  expect(size.value).toBe(bytes);
  expect(etcdMainQuota(size).value).toBe(quota * 1024 ** 3);
});

test.each([[250, 4], [251, 8], [1000, 8], [1001, 16], [3000, 16]])('%i nodes need the machine class of %i cores (etcd hardware guide)', (nodes, cores) => {
  expect(etcdMemberCpu(nodes).value).toBe(cores);
});

test('the events ring holds a million events of 2 kB twice: 4,000,000,000 bytes are 3.7 GiB', () => {
  expect(etcdEventsQuota().value).toBe(4 * 1024 ** 3);
});

test.each([[0.5, 2], [1, 2], [4, 5], [8, 9]])('a quota of %f GiB asks for %i GiB of memory: the mapped file and 1 GiB, at least 2 GiB', (quota, memory) => {
  expect(etcdMemberMemory(quota * 1024 ** 3, 'test/memory').value).toBe(memory * 1024 ** 3);
});

test.each([[1, 0], [3, 1], [5, 2], [7, 3]])('%i members survive the loss of %i (quorum n/2+1)', (members, losses) => {
  expect(toleratedFailures(members)).toBe(losses);
});
