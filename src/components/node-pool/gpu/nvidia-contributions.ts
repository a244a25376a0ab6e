import { DCGM_EXPORTER, DCGM_PORT } from './nvidia-document';
import { NvidiaSettings } from './nvidia-settings';
import { LABELS } from '../../../cluster/labels';
import { NAMESPACES } from '../../../cluster/namespaces';
import { POOL_LABEL } from '../../../cluster/node-pool';
import { AlertGroup, AlertSeverity, ScrapeDiscovery, ScrapeTarget } from '../../../contracts/contributions';

/** Pods are scraped by themselves, without a Service. */
export function nvidiaScrapeTargets(settings: NvidiaSettings): ScrapeTarget[] {
  if (settings.pools.length === 0 || !settings.metrics) { return []; }
  return [{
    job: DCGM_EXPORTER,
    discovery: ScrapeDiscovery.PODS,
    namespace: NAMESPACES.gpu,
    podLabels: { [LABELS.name]: DCGM_EXPORTER },
    port: DCGM_PORT,
    expectedTargets: settings.pools.reduce((sum, { pool }) => sum + pool.nodes, 0),
    seriesPerTarget: Math.max(...settings.pools.map(({ series }) => series.value)),
    dropMetrics: ['go_.*'],
  }];
}

export function nvidiaAlertGroups(settings: NvidiaSettings): AlertGroup[] {
  if (settings.pools.length === 0 || !settings.metrics) { return []; }
  const pools = settings.pools.map(({ pool }) => `'${pool.name}' (label ${POOL_LABEL})`).join(', ');
  return [{
    name: 'nvidia-gpus',
    alerts: [
      {
        name: 'GpuReportsErrors',
        expression: `max by (Hostname, gpu) (DCGM_FI_DEV_XID_ERRORS{job="${DCGM_EXPORTER}"}) > 0`,
        holdsFor: '5m',
        severity: AlertSeverity.TICKET,
        summary: 'the driver reported an error of a card',
        description: `The value is the number of the last XID error. 48, 63, 64, 79, 94 and 95 are hardware: cordon the node of pools ${pools}, drain it and have the machine replaced. Others are often the program that runs on it.`,
      },
      {
        name: 'GpuRowRemapFailed',
        expression: `max by (Hostname, gpu) (DCGM_FI_DEV_ROW_REMAP_FAILURE{job="${DCGM_EXPORTER}"}) > 0`,
        holdsFor: '1m',
        severity: AlertSeverity.TICKET,
        summary: 'a card has no spare memory rows left',
        description: 'Further memory errors end the programs on it. Drain the node and have the card replaced.',
      },
      {
        name: 'GpuExportersDown',
        expression: `count(up{job="${DCGM_EXPORTER}"} == 0) / count(up{job="${DCGM_EXPORTER}"}) > 0.05`,
        holdsFor: '15m',
        severity: AlertSeverity.TICKET,
        summary: 'more than 5 % of the exporters of GPU nodes do not answer',
        description: 'Often the driver: where it hangs, so do the programs on the cards. Look at nvidia-smi on such a node.',
      },
    ],
  }];
}
