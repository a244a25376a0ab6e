import { fleetOfNodes } from './fleet-of-nodes';
import * as agent from '../../src/capacity/log-agent-capacity';
import * as files from '../../src/capacity/log-file-capacity';
import * as volume from '../../src/capacity/logging-capacity';
import { Derivation, stated } from '../../src/derivation/derivation';

const logging = { ...agent, ...files, ...volume };
const value = (n: number): Derivation => stated('test/input', n, 'of the test', 'input of a test');
const MIB = 1024 ** 2;

test.each([
  // pods, nodes, bytes/s, oracle
  [12_000, 1200, 40_960, '10 x 1024 x 4'],
  [36_000, 1200, 122_880, '30 x 1024 x 4'],
  [132_000, 1200, 450_560, '110 x 1024 x 4'],
])('%i pods on %i nodes write %i bytes/s on a busy node (%s)', (pods, nodes, rate) => {
  expect(logging.nodeLogRate(fleetOfNodes(nodes, { podsPerNode: pods / nodes })).value).toBe(rate);
});

test.each([
  [58, 87, 'ceil(58 x 1.5)'], [110, 165, '110 x 1.5'], [250, 375, '250 x 1.5'],
])('%i pods have %i containers (%s)', (pods, containers) => {
  expect(logging.containersPerNode(pods).value).toBe(containers);
});

test.each([
  [122_880, 1, 700e6, '663,552,000 rounded up'],
  [122_880, 4, 2700e6, '2,654,208,000 rounded up'],
  [1_000_000, 1, 5400e6, '5,400,000,000 exactly'],
])('%i bytes/s for %i hours need %i bytes of buffer (%s)', (rate, hours, bytes) => {
  expect(logging.bufferLimit(value(rate), 3600 * hours).value).toBe(bytes);
});

test.each([
  // outage in seconds, retries; oracle: average waits 7.5, 12.5, 22.5, 42.5, 82.5, 162.5, 322.5, 642.5, then 1002.5 each
  [60, 4, '7.5 + 12.5 + 22.5 = 42.5, + 42.5 = 85'],
  [300, 6, '167.5 after five, 330 after six'],
  [3600, 11, '3300 after ten, 4302.5 after eleven'],
  [14_400, 22, '1295 after eight + 14 x 1002.5 = 15,330'],
])('an outage of %i s is outlasted by %i retries (%s)', (seconds, retries) => {
  expect(logging.retryLimit(seconds).value).toBe(retries);
});

test.each([
  [87, 128, 'upstream\'s default'], [128, 128, 'boundary'], [165, 165, 'one per container'], [375, 375, 'one per container'],
])('%i containers keep %i chunks in memory (%s)', (containers, chunks) => {
  expect(logging.chunksInMemory(value(containers)).value).toBe(chunks);
});

test.each([
  // max pods, request MiB, limit MiB
  [58, 70, 330, '64 + 87/16 = 69.4; 70 + 128 x 2 + 58/16 = 329.6'],
  [110, 75, 412, '64 + 165/16 = 74.3; 75 + 330 + 110/16 = 411.9'],
  [250, 88, 854, '64 + 375/16 = 87.4; 88 + 750 + 250/16 = 853.6'],
])('with %i pods an agent asks for %i MiB and is limited to %i MiB (%s)', (pods, request, limit) => {
  const containers = logging.containersPerNode(pods);
  const asked = logging.agentMemoryRequest(containers, logging.readBuffer());
  expect(asked.value).toBe(request * MIB);
  expect(logging.agentMemoryLimit(asked, logging.chunksInMemory(containers), pods).value).toBe(limit * MIB);
});

test.each([
  [122_880, 50, 'least'], [450_560, 91, '90.1 rounded up'], [1_000_000, 200, '1 MB/s of 20 MB/s on 2 cores, twice'],
])('%i bytes/s cost %i millicores (%s)', (rate, cpu) => {
  expect(logging.agentCpu(value(rate)).value).toBe(cpu);
});

test.each([
  [20, 60, 'least'], [87, 174, '2 x 87'], [165, 330, '2 x 165'],
])('%i containers remember labels for %i s (%s)', (containers, seconds) => {
  expect(logging.metadataCacheTtl(value(containers)).value).toBe(seconds);
});

test.each([
  [122_880, 426, '52,428,800 / 122,880 = 426.7'], [1_048_576, 60, '5 x 12 MiB / 1 MiB: ten would be gone after 50 s'],
])('at %i bytes/s files are rotated away after %i s (%s)', (rate, seconds) => {
  expect(logging.rotationWindow(value(rate)).value).toBe(seconds);
});

test('more of anything never means less of what it needs', () => {
  const rates = [1e4, 1e5, 1e6, 1e7].map(value);
  for (const f of [logging.agentCpu, (r: Derivation) => logging.bufferLimit(r, 3600)]) {
    const values = rates.map(rate => f(rate).value);
    expect(values).toEqual([...values].sort((a, b) => a - b));
  }
  const retries = [1, 2, 4, 8, 24].map(hours => logging.retryLimit(3600 * hours).value);
  expect(retries).toEqual([...retries].sort((a, b) => a - b));
});

test('an agent is given longer to stop than it takes to flush', () => {
  expect(logging.terminationGrace(logging.flushGrace()).value).toBeGreaterThan(logging.flushGrace().value);
});

test.each([
  // pods per node on 1,200 nodes, bytes/s, GB; by hand: pods x rate x 86,400 x 1.5 / 10^9, rounded up
  [30, 1024, 4778, '36,000 x 1,024 x 129,600 = 4,777,574,400,000'],
  [30, 8192, 38_221, '36,000 x 8,192 x 129,600 = 38,220,595,200,000'],
  [5, 1024, 797, '6,000 x 1,024 x 129,600 = 796,262,400,000'],
])('%i pods on each of 1,200 nodes at %i bytes/s are %i GB a day (%s)', (podsPerNode, logBytesPerPod, gigabytes) => {
  expect(logging.dailyVolume(fleetOfNodes(1200, { podsPerNode, logBytesPerPod })).value).toBe(gigabytes);
});

test.each([
  [700e6, 122_880, 3797, '700,000,000 / 184,320 = 3,797.7'], [700e6, 450_560, 1035, '700,000,000 / 675,840 = 1,035.7'],
])('a buffer of %i bytes at %i bytes/s lasts %i s (%s)', (buffer, rate, seconds) => {
  expect(logging.bufferTime(value(buffer), value(rate)).value).toBe(seconds);
});

test('a derived buffer lasts through the outage that it is derived from', () => {
  for (const rate of [40_960, 122_880, 450_560, 5_000_000]) {
    for (const outage of [60, 3600, 14_400]) {
      expect(logging.bufferTime(logging.bufferLimit(value(rate), outage), value(rate)).value).toBeGreaterThanOrEqual(outage);
    }
  }
});

test('a profile that logs more raises the rate of a node in proportion', () => {
  const [quiet, loud] = [1024, 8192].map(logBytesPerPod => logging.nodeLogRate(fleetOfNodes(1200, { logBytesPerPod })).value);
  expect(loud).toBe(8 * quiet);
});
