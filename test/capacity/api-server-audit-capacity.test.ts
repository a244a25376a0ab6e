import { fleetOfNodes } from './fleet-of-nodes';
import { auditLog } from '../../src/capacity/api-server-audit-capacity';

const values = (nodes: number, load = {}) => {
  const derivations = Object.entries(auditLog(fleetOfNodes(nodes, load)));
  return Object.fromEntries(derivations.map(([name, derivation]) => [name, derivation.value]));
};

// By hand: 10 pods/s x (6 + 2 x 2), 36,000 / 2880 tokens, 1,203 x 30 / 2700 Secrets, 500 / 15 HPAs, 1,200 x 2 / 60 agents
test('lines of 1,200 nodes', () => {
  expect(values(1200).rate).toBeCloseTo(100 + 12.5 + 1203 * 30 / 2700 + 500 / 15 + 40, 6);
});

test.each([
  // nodes, MB a day: lines/s x 1,200 bytes x 86,400 / 3 servers; files of 100 MB for a day
  [200, 1150, 12, 27], [1200, 6885, 69, 24], [5000, 21_195, 200, 22],
])('%i nodes: %i MB a day and server, %i files, %i h on disk', (nodes, dailySize, backups, hours) => {
  expect(values(nodes)).toMatchObject({ dailySize, backups, hours, disk: (backups + 1) * 100 });
});

test('never below what the CIS benchmark asks for (1.2.17 to 1.2.19), never more than 20 GB', () => {
  for (const nodes of [10, 100, 1000, 5000]) {
    const audit = values(nodes, { podChurn: nodes / 100 });
    expect(audit.backups).toBeGreaterThanOrEqual(10);
    expect(audit).toMatchObject({ maxAge: 30, fileSize: 100, buffer: 10_000, batch: 400, wait: 1 });
    expect(audit.disk).toBeLessThanOrEqual(20_100);
  }
});

test('more churn is never less log', () => {
  const rates = [0, 1, 5, 20].map(podChurn => values(1200, { podChurn }).rate);
  expect([...rates].sort((a, b) => a - b)).toEqual(rates);
});
