import { AGENT, OUTPUT_ALIAS } from './fluent-bit-pipeline';
import { LoggingSettings } from './logging-settings';
import { FLUENT_BIT_METRICS_V2 } from '../../catalogue/fluent-bit-keys';
import { inRange } from '../../catalogue/version-range';
import { NAMESPACES } from '../../cluster/namespaces';
import { HOST_PORTS } from '../../cluster/ports';
import { AlertGroup, AlertSeverity, ApiClient, ApiClientKind, ScrapeDiscovery, ScrapeTarget } from '../../contracts/contributions';

export function loggingScrapeTargets(settings: LoggingSettings): ScrapeTarget[] {
  return [{
    job: AGENT,
    discovery: ScrapeDiscovery.NODES,
    port: HOST_PORTS.fluentBit,
    path: inRange(settings.version, FLUENT_BIT_METRICS_V2) ? '/api/v2/metrics/prometheus' : '/api/v1/metrics/prometheus',
    // Estimate: some 25 series per plugin.
    seriesPerTarget: 150,
    // One series per container file, new names with every pod.
    dropMetrics: ['fluentbit_input_logs_tag_.*'],
  }];
}

export function loggingApiClients(): ApiClient[] {
  return [{ namespace: NAMESPACES.logging, serviceAccount: AGENT, kind: ApiClientKind.NODE_AGENT }];
}

export function loggingAlertGroups(settings: LoggingSettings): AlertGroup[] {
  const output = `{job="${AGENT}",name="${OUTPUT_ALIAS}"}`;
  const manyAgents = Math.max(1, Math.floor(settings.agents * 0.1));
  return [{
    name: 'logging',
    alerts: [
      {
        name: 'LogRecordsDropped',
        expression: `sum(increase(fluentbit_output_dropped_records_total${output}[15m])) + sum(increase(fluentbit_output_retries_failed_total${output}[15m])) > 0`,
        holdsFor: '5m',
        severity: AlertSeverity.PAGE,
        summary: 'log agents gave up on records: they are lost',
        description: `Either the receiver refuses them (mapping conflict, too large), or ${settings.retryLimit.value} retries were not enough. The agents' logs name the receiver's answer.`,
      },
      {
        name: 'LogReceiverRetries',
        expression: `count(increase(fluentbit_output_retries_total${output}[10m]) > 0) > ${manyAgents}`,
        holdsFor: '15m',
        severity: AlertSeverity.TICKET,
        summary: `more than ${manyAgents} of ${settings.agents} log agents are retrying`,
        description: `The receiver is slow or down. Nothing is lost until the buffers of ${settings.bufferLimit.value} bytes per node are full.`,
      },
      {
        name: 'LogBufferNearlyFull',
        expression: `count(fluentbit_output_chunk_available_capacity_percent${output} < 20) > 0`,
        holdsFor: '5m',
        severity: AlertSeverity.PAGE,
        summary: 'buffers of log agents are more than 80 % full',
        description: `At ${settings.bufferLimit.value} bytes per node the oldest records are dropped. Bring the receiver back, or raise bufferLimit where the disks have room.`,
      },
      {
        name: 'LogInputPaused',
        expression: `count(fluentbit_input_ingestion_paused{job="${AGENT}"} > 0) > 0`,
        holdsFor: '5m',
        severity: AlertSeverity.TICKET,
        summary: 'log agents stopped reading',
        description: `A container that writes at the planned rate has rotated unread lines away after ${settings.rotationWindow.value} s.`,
      },
      {
        name: 'LogAgentsDown',
        expression: `count(up{job="${AGENT}"} == 0) / count(up{job="${AGENT}"}) > 0.03`,
        holdsFor: '15m',
        severity: AlertSeverity.TICKET,
        summary: 'more than 3 % of the log agents do not answer',
        description: `Logs of their nodes are read later, unless containers rotate them away first (${settings.rotationWindow.value} s at the planned rate).`,
      },
    ],
  }];
}
