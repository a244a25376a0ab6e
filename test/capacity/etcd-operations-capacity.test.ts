import {
  etcdClockOffset, etcdDefragmentationBytes, etcdDefragmentationTimeout, etcdRestoreTime, etcdSnapshotCountKept, etcdSnapshotInterval, etcdSnapshotSaveTime,
  etcdSnapshotSpace, etcdSnapshotTooOld, etcdSnapshotTurn,
} from '../../src/capacity/etcd-operations-capacity';

const GIB = 1024 ** 3;

test('the measured file takes its measured times (621 MB: saved in 5.3 s, restored in 8.2 s, started in 4.9 s)', () => {
  expect(etcdSnapshotSaveTime(621_000_000).value).toBeCloseTo(5.3, 9);
  expect(etcdRestoreTime(621_000_000).value).toBeCloseTo(13.1, 9); // 8.2 + 4.9
  expect(etcdRestoreTime(1_242_000_000).value).toBeCloseTo(26.2, 9);
});

test.each([
  // members, seconds of one save, interval by hand: twenty saves fit into the turns of all members
  [1, 1, 300], [3, 7, 300], [3, 45, 300], [3, 45.1, 600], [3, 91, 900], [3, 120, 900], [5, 75, 300], [5, 76, 600], [3, 900, 3600], [3, 9000, 3600],
])('%i members that save in %f s do so in turn every %i s', (members, save, interval) => {
  expect(etcdSnapshotInterval(members, save).value).toBe(interval);
});

test.each([
  // interval, files by hand: 10,800 / interval
  [300, 36], [900, 12], [1500, 8], [3600, 3], [3601, 3], [7200, 3],
])('every %i s: %i files are three hours', (interval, files) => {
  expect(etcdSnapshotCountKept(interval).value).toBe(files);
});

test('with a snapshot every 300 s, each of five machines saves every 1,500 s; two missed turns are 900 s', () => {
  expect(etcdSnapshotTurn(300, 5).value).toBe(1500);
  expect(etcdSnapshotTooOld(300).value).toBe(900);
});

test('eight files and the one being written, of 0.73 GiB of data in a file twice as large', () => {
  expect(etcdSnapshotSpace(8, 786_000_000).value).toBe(14_148_000_000); // 9 x 2 x 0.786 GB
});

test.each([
  // quota GiB, seconds by hand: 2 x 8.2 x quota / 621 MB
  [2, 60], [4, 114], [8, 227], [16, 454],
])('a file of %i GiB may be rewritten for %i s', (quota, seconds) => {
  expect(etcdDefragmentationTimeout('main', quota * GIB).value).toBe(seconds);
});

test('a tenth of 8 GiB', () => {
  expect(etcdDefragmentationBytes('main', 8 * GIB).value).toBe(858_993_460); // 858,993,459.2
});

test('members warn of each other at one second (probing_status.go); each may be half of that off', () => {
  expect(etcdClockOffset().value).toBe(500);
});
