import { aksReservedCpu, aksReservedMemory, eksReservedMemory, gkeReservedMemory, ReservationRule, reservations } from '../../src/capacity/kubelet-reservation-capacity';

describe('rules of providers', () => {
  test.each([
    // GiB, MiB, oracle
    [4, 1024, '25 % of 4 GiB'],
    [8, 1844, '1024 + 819.2'],
    [16, 2663, '1024 + 819.2 + 819.2'],
    [64, 5612, '2662.4 + 0.06 x 49152'],
    [128, 9544, '2662.4 + 0.06 x 114688'],
    [512, 17_408, '9543.68 + 0.02 x 393216'],
  ])('GKE: of %i GiB %i MiB (%s)', (gibibytes, mebibytes) => {
    expect(gkeReservedMemory('p', gibibytes * 1024).value).toBe(mebibytes);
  });

  test.each([[29, 574], [58, 893], [110, 1465], [250, 3005]])('EKS: %i pods %i MiB', (pods, mebibytes) => {
    expect(eksReservedMemory('p', pods).value).toBe(mebibytes);
  });

  test.each([
    [30, 8, 620, '650 MB are 619.9 MiB'],
    [110, 8, 2048, 'a quarter of the machine is less than 2146 MiB'],
    [110, 64, 2146, '2250 MB are 2145.8 MiB'],
  ])('AKS: %i pods on %i GiB %i MiB (%s)', (pods, gibibytes, mebibytes) => {
    expect(aksReservedMemory('p', pods, gibibytes * 1024).value).toBe(mebibytes);
  });

  test('AKS: its published table of cores', () => {
    expect([1, 2, 4, 8, 16, 32, 64].map(cores => aksReservedCpu('p', cores).value)).toEqual([60, 100, 140, 180, 260, 420, 740]);
  });

  test('every rule has the same numbers under the same ids, so that one can be exchanged for another', () => {
    const ids = Object.values(ReservationRule).map(rule => Object.values(reservations('p', { cores: 16, memory: 65_536, maxPods: 110 }, rule)).map(({ id }) => id));
    for (const other of ids) { expect(other).toEqual(ids[0]); }
  });
});
