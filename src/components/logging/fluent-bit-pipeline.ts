import { FileStream, LoggingSettings } from './logging-settings';
import { RETRY_BASE_SECONDS, RETRY_CAP_SECONDS } from '../../capacity/logging-capacity';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { NAMESPACES } from '../../cluster/namespaces';
import { HOST_PORTS } from '../../cluster/ports';
import { FluentBitPipeline, FluentBitPlugin, FluentBitSettings, knownServiceSettings, knownSettings } from '../../formats/fluent-bit-config';

export const AGENT = 'fluent-bit';

/** Where the agents keep offsets and buffers, on the node: a restarted agent goes on where the last one stopped. */
export const STATE_DIR = '/var/lib/fluent-bit';
export const JOURNAL_DIR = '/var/log/journal';
export const CA_DIR = '/fluent-bit/receiver-ca';

/** Environment of the agents; the configuration refers to it by name. */
export const ENV = { nodeIp: 'NODE_IP', nodeName: 'NODE_NAME', user: 'ES_USERNAME', password: 'ES_PASSWORD' } as const;

/** Label of the output in metrics. */
export const OUTPUT_ALIAS = 'elasticsearch';

/** The pipeline of every node. */
export function fluentBitPipeline(cluster: ClusterFacts, settings: LoggingSettings): FluentBitPipeline {
  return {
    service: knownServiceSettings(settings.version, service(settings)),
    parsers: settings.files.some(file => file.json) ? [{ name: JSON_PARSER, settings: { format: 'json' } }] : [],
    inputs: [
      plugin(settings, 'input', 'tail', containerLogs(settings)),
      ...settings.files.map(file => plugin(settings, 'input', 'tail', fileStream(settings, file))),
      ...(settings.systemdUnits.length > 0 ? [plugin(settings, 'input', 'systemd', journal(settings))] : []),
    ],
    filters: [
      plugin(settings, 'filter', 'kubernetes', podMetadata(cluster, settings)),
      plugin(settings, 'filter', 'record_modifier', origin(cluster)),
    ],
    outputs: [plugin(settings, 'output', 'es', elasticsearch(settings))],
  };
}

const JSON_PARSER = 'json-lines';

function plugin(settings: LoggingSettings, kind: 'input' | 'filter' | 'output', name: string, values: FluentBitSettings): FluentBitPlugin {
  return { name, settings: knownSettings(kind, name, settings.version, values) };
}

function service(settings: LoggingSettings): FluentBitSettings {
  return {
    'flush': settings.flush.value,
    'grace': settings.grace.value,
    'log_level': 'info',
    'http_server': true,
    // The node's address only: 0.0.0.0 would answer on every interface, and nothing on nodes that have IPv6 alone.
    'http_listen': { env: ENV.nodeIp },
    'http_port': HOST_PORTS.fluentBit,
    'health_check': true,
    'storage.path': `${STATE_DIR}/buffer`,
    'storage.sync': 'normal',
    'storage.metrics': true,
    'storage.max_chunks_up': settings.chunksInMemory.value,
    'storage.backlog.mem_limit': settings.backlogMemory.value,
    // A chunk that was torn by a crash must not stop the replay of the others.
    'storage.delete_irrecoverable_chunks': true,
    'scheduler.base': RETRY_BASE_SECONDS,
    'scheduler.cap': RETRY_CAP_SECONDS,
  };
}

function tail(settings: LoggingSettings, name: string): FluentBitSettings {
  return {
    'db': `${STATE_DIR}/offsets-${name}.db`,
    'db.locking': true,
    'db.sync': 'normal',
    // Files that appeared while the agent was away are read from their beginning; known ones go on where their offset stands.
    'read_from_head': true,
    'buffer_chunk_size': settings.readBuffer.value,
    'buffer_max_size': settings.longestLine.value,
    // Without it one longer line stops its file for ever.
    'skip_long_lines': true,
    'refresh_interval': settings.discoveryDelay.value,
    'rotate_wait': settings.rotateWait.value,
    // On disk: with memory buffers the input pauses when the receiver stalls, and files are rotated away under it.
    'storage.type': 'filesystem',
    'threaded': true,
  };
}

function containerLogs(settings: LoggingSettings): FluentBitSettings {
  return {
    'tag': 'kube.*',
    'alias': 'containers',
    'path': '/var/log/containers/*.log',
    // An agent that reads its own errors writes new ones.
    'exclude_path': `/var/log/containers/${AGENT}-*_${NAMESPACES.logging}_*.log`,
    // containerd and CRI-O only: the JSON of dockershim went with Kubernetes 1.24.
    'multiline.parser': 'cri',
    ...tail(settings, 'containers'),
  };
}

function fileStream(settings: LoggingSettings, file: FileStream): FluentBitSettings {
  return {
    tag: `stream.${file.name}`,
    alias: file.name,
    path: file.path,
    parser: file.json ? JSON_PARSER : undefined,
    ...tail(settings, file.name),
  };
}

function journal(settings: LoggingSettings): FluentBitSettings {
  return {
    'tag': 'host.*',
    'alias': 'journal',
    'path': JOURNAL_DIR,
    'db': `${STATE_DIR}/offsets-journal.db`,
    'db.sync': 'normal',
    'systemd_filter': settings.systemdUnits.map(unit => `_SYSTEMD_UNIT=${unit}`),
    'systemd_filter_type': 'or',
    // The journal may hold months; later starts go on at the cursor.
    'read_from_tail': true,
    'strip_underscores': true,
    'storage.type': 'filesystem',
  };
}

function podMetadata(cluster: ClusterFacts, settings: LoggingSettings): FluentBitSettings {
  return {
    'match': 'kube.*',
    'alias': 'pods',
    // The kubelet of the node knows its pods; 1,200 agents that ask the API server are how clusters fall over.
    'use_kubelet': true,
    'kubelet_host': { env: ENV.nodeIp },
    'kubelet_port': HOST_PORTS.kubelet,
    // Serving certificates of kubelets are self-signed unless somebody approves their requests; the connection does not leave the node.
    'tls.verify': false,
    'kube_url': apiServerUrl(cluster),
    // Any size: an answer that does not fit is thrown away and asked for again with every record.
    'buffer_size': 0,
    'kube_meta_cache_ttl': settings.metadataCacheTtl.value,
    'kube_token_ttl': 600,
    'labels': true,
    'annotations': false,
    'namespace_labels': false,
    'namespace_annotations': false,
  };
}

// Only resolved at start, never asked: an address, so that an agent on a new node does not wait minutes for cluster DNS. The plugin cuts the
// host at the first colon, so IPv6 keeps the name.
function apiServerUrl(cluster: ClusterFacts): string | undefined {
  const address = cluster.network.kubernetesServiceAddress;
  return address.includes(':') ? undefined : `https://${address}:443`;
}

function origin(cluster: ClusterFacts): FluentBitSettings {
  return {
    match: '*',
    alias: 'origin',
    record: [`cluster ${cluster.name}`, { text: ['node ', { env: ENV.nodeName }] }],
  };
}

function elasticsearch(settings: LoggingSettings): FluentBitSettings {
  const receiver = settings.output._elasticsearch;
  return {
    'match': '*',
    'alias': OUTPUT_ALIAS,
    'host': receiver.host,
    'port': receiver.port,
    'index': receiver.index,
    // Elasticsearch 8 refuses mapping types.
    'suppress_type_name': true,
    // A retried chunk must not become a second copy of its records; `create` is also all that a data stream takes.
    'generate_id': true,
    'write_operation': 'create',
    // Pods carry the label `app` and labels below `app.`: a field cannot be text and object at once, and the record would be refused.
    'replace_dots': true,
    'compress': 'gzip',
    'buffer_size': settings.answerBuffer.value,
    'tls': receiver.tls,
    'tls.verify': receiver.tls ? true : undefined,
    'tls.verify_hostname': receiver.tls ? true : undefined,
    'tls.ca_file': receiver.caSecret === undefined ? undefined : `${CA_DIR}/ca.crt`,
    'http_user': receiver.userSecret === undefined ? undefined : { env: ENV.user },
    'http_passwd': receiver.userSecret === undefined ? undefined : { env: ENV.password },
    'trace_error': false,
    'workers': settings.workers.value,
    'retry_limit': settings.retryLimit.value,
    'storage.total_limit_size': settings.bufferLimit.value,
  };
}
