import fc from 'fast-check';
import {
  apiServerMemory, apiServerSeats, controllerManagerQps, dearRequestSeats, maxMutatingRequestsInflight, maxRequestsInflight, nodeAgentSeats, nodeMonitorGrace,
  percentageOfNodesToScore, seatsOf, sharesForSeats,
} from '../../src/capacity/api-server-capacity';

test.each([[2, 400], [32, 400], [40, 400], [64, 640], [80, 800], [96, 800]])('%i cores get %i seats: ten per core, 400 to 800', (cores, seats) => {
  expect(apiServerSeats(cores).value).toBe(seats);
});

test('640 seats split into upstream-tested 400 + 240', () => {
  const seats = apiServerSeats(64);
  const inflight = maxRequestsInflight(seats);
  expect([inflight.value, maxMutatingRequestsInflight(seats, inflight).value]).toEqual([400, 240]);
});

test.each([[2, 1], [3, 1], [4, 2], [8, 4], [14, 7], [64, 7]])('%i cores work on %i dear requests at a time: more than seven seats would bound nothing', (cores, seats) => {
  expect(dearRequestSeats(cores).value).toBe(seats);
});

test.each([
  // total, share, others, seats; table of facts api-server.md section 1: ceil(600 x 40 / 245) = 98
  [600, 40, 205, 98], [600, 5, 240, 13], [6000, 100, 145, 2449], [640, 2, 245, 6],
])('%i seats, share %i beside %i give %i', (total, share, others, seats) => {
  expect(seatsOf(total, share, others)).toBe(seats);
});

test('a share never gives a level more seats than wanted, unless the smallest share already does', () => {
  fc.assert(fc.property(fc.integer({ min: 50, max: 1200 }), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 200, max: 400 }), (total, wanted, others) => {
    const share = sharesForSeats('test/share', total, others, wanted).value;
    const reached = seatsOf(total, share, others);
    expect(reached <= wanted || share === 1).toBe(true);
    expect(seatsOf(total, share + 1, others)).toBeGreaterThan(wanted);
  }));
});

test('a level may not take all seats', () => {
  expect(() => sharesForSeats('test/share', 50, 245, 50)).toThrow('leave none for other levels');
});

test.each([[400, 40], [640, 64], [800, 80]])('agents on every node may use %i seats / 10 = %i', (total, seats) => {
  expect(nodeAgentSeats(total).value).toBe(seats);
});

test.each([
  // nodes, percentage; upstream: 50 - nodes/125, floor 5 %; 20 % from 1,000 nodes on
  [200, 0], [999, 0], [1000, 20], [1200, 20], [5000, 10],
])('with %i nodes the scheduler scores %i %% (0 = its own choice)', (nodes, percentage) => {
  expect(percentageOfNodesToScore(nodes).value).toBe(percentage);
});

test.each([[1, 131_072, 4096], [200, 131_072, 11_444], [1200, 131_072, 65_536], [1200, 262_144, 68_664]])('%i nodes on a machine of %i MiB: %i MiB', (nodes, machine, memory) => {
  // 200 x 60 MB = 12,000,000,000 bytes = 11,444 MiB; 1,200 x 60 MB = 68,664 MiB, capped by half of 128 GiB
  expect(apiServerMemory(nodes, machine).value).toBe(memory);
});

test.each([[200, 100], [1200, 100], [3000, 100], [3001, 101], [5000, 167]])('%i nodes are schedulable within two minutes at %i requests/s', (nodes, qps) => {
  expect(controllerManagerQps(nodes).value).toBe(qps); // 4 x 5,000 / 120 = 166.7
});

test('a node is given up later than its kubelet can notice a dead connection: 30 s + 15 s', () => {
  expect(nodeMonitorGrace().value).toBeGreaterThan(45);
});
