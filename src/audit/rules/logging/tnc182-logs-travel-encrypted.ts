import { AuditSeverity } from '../../audit-severity';
import { isOn, logPlugins, logValue } from '../../log-view';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Outputs that can speak TLS and do not by themselves. Kafka has settings of its own. */
const OUTPUTS = ['es', 'opensearch', 'loki', 'http', 'forward', 'splunk', 'gelf', 'syslog', 'influxdb', 'opentelemetry'];

/** Logs on the wire. */
export const logsTravelEncrypted: Rule = {
  id: 'TNC182',
  severity: AuditSeverity.WARNING,
  title: 'Logs leave the node over TLS',
  why: 'Logs of all nodes hold tokens, addresses and customer data sooner or later; in clear text whoever is on the path reads them and can write their own.',
  remedy: 'Leave tls on, with the receiver\'s CA',
  source: 'seed LOG-07; FB:pipeline/outputs/elasticsearch.md',
  check: tree => {
    const outputs = logPlugins(tree).filter(plugin => plugin.section === 'outputs' && OUTPUTS.includes(plugin.name));
    if (outputs.length === 0) { return NOT_APPLICABLE; }
    const nearby = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;
    return outputs.filter(plugin => !isOn(logValue(plugin, 'tls')) && !nearby.test(logValue(plugin, 'host') ?? ''))
      .map(plugin => ({ at: plugin.at, detail: `output ${plugin.name} to ${logValue(plugin, 'host') ?? 'its default host'} has no tls` }));
  },
};
