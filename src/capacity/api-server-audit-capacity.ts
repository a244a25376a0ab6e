import { Fleet } from '../cluster/fleet';
import { Confidence, derived, Derivation } from '../derivation/derivation';

/** Audit log: events that wait, events of a batch, seconds to the next batch, what is written, and what stays on disk. */
export interface AuditLog {
  readonly buffer: Derivation;
  readonly batch: Derivation;
  readonly wait: Derivation;
  readonly maxAge: Derivation;
  readonly backups: Derivation;
  readonly fileSize: Derivation;
  /** Logged requests per second over all API servers. */
  readonly rate: Derivation;
  /** MB a day that one API server writes. */
  readonly dailySize: Derivation;
  /** MB of its disk, at most. */
  readonly disk: Derivation;
  /** Hours until the oldest line is deleted, whoever collects them. */
  readonly hours: Derivation;
}

const WEB = 'WEB:docs/reference/command-line-tools-reference/kube-apiserver';

const estimate = (id: string, value: number, unit: string, words: string): Derivation =>
  derived({ id: `api-server/${id}`, unit, words, expression: String(value), source: WEB, confidence: Confidence.ESTIMATE });

/**
 * What the audit policy lets through, and how long it stays on the disk of a server.
 *
 * | nodes, 3 servers | logged | a day and server | files of 100 MB | on disk |
 * | 200              | 33/s   | 1.2 GB           | 12              | 27 h    |
 * | 1,200            | 199/s  | 6.9 GB           | 69              | 24 h    |
 * | 5,000            | 613/s  | 21 GB            | 200             | 22 h    |
 *
 * Logged are changes (objects of each replaced pod, its binding, deletion and token), tokens, kubelets that look at Secrets, and what other clients read;
 * not leases, events, status of nodes and pods, reads of the control plane. A line is 1,200 bytes: the event without object (measured: 1,179 on average while a control plane starts). The files hold a day, so
 * that a log pipeline may stand still over a night; at least ten and at most 200 files, so that the disk is never full because of them.
 *
 * Left out at 1,200 nodes: 121 leases/s, 60 pod status/s, 50 events/s, and what kubelets and controllers read. Sources: MEAS (bytes of a line);
 * CIS Benchmark 1.2.16 to 1.2.19 (30 days, 10 files, 100 MB as the least); the rest are proposals.
 */
export function auditLog(fleet: Fleet): AuditLog {
  const { machines, podsPerNode, pods, podChurn, servicesPerPod, hpas, nodes, agentsPerNode, requestsPerAgent, controlPlaneMachines } = fleet;
  const [maxAge, fileSize] = [estimate('audit-max-age', 30, 'd', '30 days'), estimate('audit-file-size', 100, 'MB', '100 MB')];
  const rate = derived({
    id: 'api-server/audit-rate',
    unit: 'lines/s',
    words: 'changes for each replaced pod, tokens, one Secret of each pod looked at again every 45 minutes, writes of the HPAs, and your agents',
    expression: 'podChurn * (6 + 2 * servicesPerPod) + pods / 2880 + machines * podsPerNode / 2700 + hpas / 15 + nodes * agentsPerNode * requestsPerAgent',
    inputs: { podChurn, servicesPerPod, pods, machines, podsPerNode, hpas, nodes, agentsPerNode, requestsPerAgent },
    source: 'proposal',
    confidence: Confidence.ESTIMATE,
  });
  const dailySize = derived({
    id: 'api-server/audit-daily-size',
    unit: 'MB',
    words: 'lines of a day, shared out over the API servers',
    expression: 'ceil(rate * bytesPerLine * 86400 / servers / 1000000)',
    inputs: { rate, bytesPerLine: 1200, servers: controlPlaneMachines },
    source: 'MEAS',
    confidence: Confidence.ESTIMATE,
  });
  const backups = derived({
    id: 'api-server/audit-backups',
    unit: 'files',
    words: 'files of one day, at least 10 and at most 200',
    expression: 'min(200, max(10, ceil(dailySize / fileSize)))',
    inputs: { dailySize, fileSize },
    source: 'proposal',
    confidence: Confidence.ESTIMATE,
  });
  const disk = derived({
    id: 'api-server/audit-disk', unit: 'MB', words: 'old files and the one that is written', expression: '(backups + 1) * fileSize', inputs: { backups, fileSize }, source: WEB,
  });
  return {
    buffer: derived({ id: 'api-server/audit-buffer', unit: 'events', words: 'default, written out', expression: '10000', source: WEB }),
    batch: estimate('audit-batch', 400, 'events', '400 per write'),
    wait: estimate('audit-batch-wait', 1, 's', 'a write each second'),
    maxAge,
    backups,
    fileSize,
    rate,
    dailySize,
    disk,
    hours: derived({
      id: 'api-server/audit-hours-on-disk', unit: 'h', words: 'time until the oldest line goes', expression: 'floor(24 * disk / max(1, dailySize))', inputs: { disk, dailySize }, source: 'proposal', confidence: Confidence.ESTIMATE,
    }),
  };
}
