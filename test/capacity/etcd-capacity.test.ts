import {
  etcdElection, etcdEventsQuota, etcdHeartbeat, etcdMainQuota, etcdMemberCpu, etcdMemberMemory, toleratedFailures,
} from '../../src/capacity/etcd-capacity';

test.each([
  // rtt ms, heartbeat, election; etcd tuning guide: heartbeat about the RTT, election at least 10 RTT, at most 50 s
  [1, 100, 1000], [10, 100, 1000], [100, 100, 1000], [150, 150, 1500], [4000, 4000, 40_000], [6000, 6000, 50_000],
])('a round trip of %i ms gives heartbeat %i and election %i', (rtt, heartbeat, election) => {
  const interval = etcdHeartbeat(rtt);
  expect(interval.value).toBe(heartbeat);
  expect(etcdElection(rtt, interval).value).toBe(election);
});

const GIB = 1024 ** 3;

test.each([
  // bytes of the data, quota GiB: raised by 4 GiB once they pass 60 %
  [0.7 * GIB, 8], [4.8 * GIB, 8], [5 * GIB, 12], [7.2 * GIB, 12], [7.3 * GIB, 16],
])('%d bytes get a quota of %i GiB', (bytes, quota) => {
  expect(etcdMainQuota(bytes).value).toBe(quota * GIB);
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
