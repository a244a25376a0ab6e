import { nearestName } from './nearest-name';
import { compareVersions, inRange, VersionRange } from './version-range';

/** Keys of one section or plugin, in lower case (Fluent Bit compares them without regard to case). */
export type FluentBitKeyTable = { readonly [key: string]: VersionRange };

/** Kinds of sections that hold plugins. */
export type FluentBitPluginKind = 'input' | 'filter' | 'output';

/*
 * Keys by version, `added` and `removed` as minor of Fluent Bit. Extracted from the configuration tables and key checks in the source of the
 * first release of each minor from 1.8 to 5.1 (fluent/fluent-bit, src/flb_config.c, src/flb_{input,filter,output,upstream}.c, plugins); a key
 * that came with a later patch of a minor counts for the next minor. Only plugins that this library writes. Written by hand from the lists that
 * `npx tsx conformance/catalogue/fluent-bit.ts` makes (2026-11-23), which the test compares with it in both directions.
 */
export const FLUENT_BIT_SERVICE_KEYS: FluentBitKeyTable = {
  'coro_stack_size': {},
  'daemon': {},
  'dns.mode': { added: '1.9' },
  'dns.prefer_ipv4': { added: '1.9' },
  'dns.prefer_ipv6': { added: '3.0' },
  'dns.resolver': { added: '1.9' },
  'enable_chunk_trace': { added: '2.0' },
  'flush': {},
  'flush.adaptive': { added: '5.1' },
  'flush.adaptive.down_steps': { added: '5.1' },
  'flush.adaptive.high_pressure': { added: '5.1' },
  'flush.adaptive.low_pressure': { added: '5.1' },
  'flush.adaptive.max_interval': { added: '5.1' },
  'flush.adaptive.medium_pressure': { added: '5.1' },
  'flush.adaptive.min_interval': { added: '5.1' },
  'flush.adaptive.up_steps': { added: '5.1' },
  'grace': {},
  'hc_errors_count': {},
  'hc_period': {},
  'hc_retry_failure_count': {},
  'health_check': {},
  'hot_reload': { added: '2.1' },
  'hot_reload.ensure_thread_safety': { added: '2.2' },
  'hot_reload.timeout': { added: '4.1' },
  'http_listen': {},
  'http_port': {},
  'http_server': {},
  'json.convert_nan_to_null': { added: '2.0' },
  'json.escape_unicode': { added: '4.1' },
  'log_file': {},
  'log_level': {},
  'multiline_buffer_limit': { added: '4.1' },
  'parsers_file': {},
  'plugins_file': {},
  'scheduler.base': { added: '1.9' },
  'scheduler.cap': { added: '1.9' },
  'security.fips_mode': { added: '5.1' },
  'sp.convert_from_str_to_num': { added: '2.2' },
  'storage.backlog.flush_on_shutdown': { added: '4.1' },
  'storage.backlog.mem_limit': {},
  'storage.delete_irrecoverable_chunks': { added: '2.1' },
  'storage.checksum': {},
  'storage.inherit': { added: '4.1' },
  'storage.keep.rejected': { added: '4.2' },
  'storage.max_chunks_up': {},
  'storage.metrics': {},
  'storage.path': {},
  'storage.rejected.limit': { added: '5.1' },
  'storage.rejected.path': { added: '4.2' },
  'storage.sync': {},
  'storage.trim_files': { added: '2.2' },
  'storage.type': { added: '4.1' },
  'streams_file': {},
  'windows.maxstdio': { added: '4.1' },
};

export const FLUENT_BIT_PARSER_KEYS: FluentBitKeyTable = {
  format: {},
  logfmt_no_bare_keys: { added: '2.1' },
  name: {},
  regex: {},
  skip_empty_values: { added: '1.9' },
  time_format: {},
  time_keep: {},
  time_key: {},
  time_offset: {},
  time_strict: {},
  time_system_timezone: { added: '3.1' },
  time_zone: { added: '5.1' },
  types: {},
};

/** Keys that every plugin of a kind knows. */
export const FLUENT_BIT_COMMON_KEYS: { readonly [kind in FluentBitPluginKind]: FluentBitKeyTable } = {
  input: {
    'alias': {},
    'host': {},
    'ipv6': {},
    'listen': {},
    'log_level': {},
    'log_suppress_interval': { added: '2.1' },
    'mem_buf_limit': {},
    'port': {},
    'rate_gate': { added: '5.1' },
    'rate_gate.backpressure': { added: '5.1' },
    'rate_gate.max_bytes': { added: '5.1' },
    'rate_gate.max_records': { added: '5.1' },
    'rate_gate.resume_ratio': { added: '5.1' },
    'rate_window': { added: '5.1' },
    'routable': {},
    'storage.pause_on_chunks_overlimit': { added: '1.9' },
    'storage.type': {},
    'tag': {},
    'thread.ring_buffer.capacity': { added: '4.1' },
    'thread.ring_buffer.window': { added: '4.1' },
    'threaded': { added: '2.0' },
    'tls': { added: '2.0' },
    'tls.ca_file': { added: '2.0' },
    'tls.ca_path': { added: '2.0' },
    'tls.ciphers': { added: '4.0' },
    'tls.crt_file': { added: '2.0' },
    'tls.debug': { added: '2.0' },
    'tls.key_file': { added: '2.0' },
    'tls.key_passwd': { added: '2.0' },
    'tls.max_version': { added: '4.0' },
    'tls.min_version': { added: '4.0' },
    'tls.verify': { added: '2.0' },
    'tls.verify_client_cert': { added: '5.0' },
    'tls.verify_hostname': { added: '3.1' },
    'tls.vhost': { added: '2.0' },
  },
  filter: {
    alias: {}, log_level: {}, log_suppress_interval: { added: '2.1' }, match: {}, match_regex: {},
  },
  output: {
    'alias': {},
    'host': {},
    'ipv6': {},
    'log_level': {},
    'log_suppress_interval': { added: '2.1' },
    'match': {},
    'match_regex': {},
    'net.connect_timeout': {},
    'net.connect_timeout_log_error': { added: '1.9' },
    'net.dns.mode': { added: '1.9' },
    'net.dns.prefer_ipv4': { added: '1.9' },
    'net.dns.prefer_ipv6': { added: '3.0' },
    'net.dns.resolver': { added: '1.9' },
    'net.io_timeout': { added: '2.0' },
    'net.keepalive': {},
    'net.keepalive_idle_timeout': {},
    'net.keepalive_max_recycle': {},
    'net.max_worker_connections': { added: '2.2' },
    'net.proxy_env_ignore': { added: '4.1' },
    'net.source_address': {},
    'net.tcp_keepalive': { added: '3.2' },
    'net.tcp_keepalive_interval': { added: '3.2' },
    'net.tcp_keepalive_probes': { added: '3.2' },
    'net.tcp_keepalive_time': { added: '3.2' },
    'port': {},
    'retry_limit': {},
    'storage.total_limit_size': {},
    'tls': {},
    'tls.ca_file': {},
    'tls.ca_path': {},
    'tls.ciphers': { added: '4.0' },
    'tls.crt_file': {},
    'tls.debug': {},
    'tls.key_file': {},
    'tls.key_passwd': {},
    'tls.max_version': { added: '4.0' },
    'tls.min_version': { added: '4.0' },
    'tls.proxy.ca_file': { added: '5.1' },
    'tls.proxy.ca_path': { added: '5.1' },
    'tls.proxy.verify': { added: '5.1' },
    'tls.proxy.verify_hostname': { added: '5.1' },
    'tls.verify': {},
    'tls.verify_hostname': { added: '3.1' },
    'tls.vhost': {},
    'tls.windows.certstore_name': { added: '4.1' },
    'tls.windows.client_thumbprints': { added: '4.2' },
    'tls.windows.use_enterprise_store': { added: '4.1' },
    'workers': {},
  },
};

/** Keys of single plugins. */
export const FLUENT_BIT_PLUGIN_KEYS: { readonly [kind in FluentBitPluginKind]: { readonly [plugin: string]: FluentBitKeyTable } } = {
  input: {
    tail: {
      'buffer_chunk_size': {},
      'buffer_max_size': {},
      'db': {},
      'db.compare_filename': { added: '3.1' },
      'db.journal_mode': {},
      'db.locking': {},
      'db.sync': {},
      'docker_mode': {},
      'docker_mode_flush': {},
      'docker_mode_parser': {},
      'event_batch_size': { added: '2.0' },
      'exclude_path': {},
      'exit_on_eof': {},
      'file_cache_advise': { added: '3.2' },
      'generic.encoding': { added: '4.1' },
      'ignore_active_older_files': { added: '4.0' },
      'ignore_older': {},
      'inotify_watcher': {},
      'key': {},
      'multiline': {},
      'multiline.parser': {},
      'multiline_flush': {},
      'offset_key': {},
      'parser': {},
      'parser_': {},
      'parser_firstline': {},
      'path': {},
      'path_key': {},
      'progress_check_interval': { added: '2.1' },
      'progress_check_interval_nsec': { added: '2.1' },
      'read_from_head': {},
      'read_newly_discovered_files_from_head': { added: '4.1' },
      'refresh_interval': {},
      'rotate_wait': {},
      'skip_empty_lines': { added: '1.9' },
      'skip_long_lines': {},
      'static_batch_size': { added: '1.9' },
      'tag_regex': {},
      'truncate_long_lines': { added: '4.2' },
      'unicode.encoding': { added: '4.0' },
      'watcher_interval': {},
      'windows.path_encoding': { added: '5.1' },
    },
    systemd: {
      'db': {},
      // 1.8 knows it too; 1.9 took another spelling for a while.
      'db.sync': { added: '2.0' },
      'db_sync': { added: '1.9', removed: '2.0' },
      'lowercase': { added: '1.9' },
      'max_entries': {},
      'max_fields': {},
      'path': {},
      'read_from_tail': {},
      'strip_underscores': {},
      'systemd_filter': {},
      'systemd_filter_type': {},
    },
  },
  filter: {
    kubernetes: {
      'annotations': {},
      'aws_pod_association_endpoint': { added: '4.1' },
      'aws_pod_association_host': { added: '4.1' },
      'aws_pod_association_host_client_cert_file': { added: '4.1' },
      'aws_pod_association_host_client_key_file': { added: '4.1' },
      'aws_pod_association_host_server_ca_file': { added: '4.1' },
      'aws_pod_association_host_tls_debug': { added: '4.1' },
      'aws_pod_association_host_tls_verify': { added: '4.1' },
      'aws_pod_association_port': { added: '4.1' },
      'aws_pod_service_map_refresh_interval': { added: '4.1' },
      'aws_pod_service_map_ttl': { added: '4.1' },
      'aws_pod_service_preload_cache_dir': { added: '4.1' },
      'aws_use_pod_association': { added: '4.1' },
      'buffer_size': {},
      'cache_use_docker_id': {},
      'dns_retries': {},
      'dns_wait_time': {},
      'dummy_meta': {},
      'k8s-logging.exclude': {},
      'k8s-logging.parser': {},
      'keep_log': {},
      'kube_ca_file': {},
      'kube_ca_path': {},
      'kube_meta_cache_ttl': {},
      'kube_meta_namespace_cache_ttl': { added: '3.0' },
      'kube_meta_preload_cache_dir': {},
      'kube_namespace_file': { added: '5.1' },
      'kube_tag_prefix': {},
      'kube_token_command': {},
      'kube_token_file': {},
      'kube_token_ttl': { added: '2.0' },
      'kube_url': {},
      'kubelet_host': { added: '2.0' },
      'kubelet_port': {},
      'labels': {},
      'merge_log': {},
      'merge_log_key': {},
      'merge_log_trim': {},
      'merge_parser': {},
      'namespace_annotations': { added: '3.0' },
      'namespace_labels': { added: '3.0' },
      'namespace_metadata_only': { added: '3.1' },
      'owner_references': { added: '4.0' },
      'regex_parser': {},
      'set_platform': { added: '4.1' },
      'tls.debug': {},
      'tls.verify': {},
      'tls.verify_hostname': { added: '3.1' },
      'tls.vhost': {},
      'use_journal': {},
      'use_kubelet': {},
      'use_pod_association': { added: '4.1' },
      'use_tag_for_meta': { added: '1.9' },
    },
    record_modifier: {
      allowlist_key: {}, record: {}, remove_key: {}, uuid_key: { added: '2.1' }, whitelist_key: {},
    },
  },
  output: {
    es: {
      aws_auth: {},
      aws_external_id: {},
      aws_profile: { added: '2.1' },
      aws_region: {},
      aws_role_arn: {},
      aws_service_name: { added: '2.1' },
      aws_sts_endpoint: {},
      buffer_size: {},
      cloud_auth: {},
      cloud_id: {},
      compress: { added: '2.0' },
      current_time_index: {},
      generate_id: {},
      http_api_key: { added: '4.1' },
      http_passwd: {},
      http_user: {},
      id_key: {},
      include_tag_key: {},
      index: {},
      logstash_dateformat: {},
      logstash_format: {},
      logstash_prefix: {},
      logstash_prefix_key: {},
      logstash_prefix_separator: { added: '2.1' },
      path: {},
      pipeline: {},
      replace_dots: {},
      suppress_type_name: {},
      tag_key: {},
      time_key: {},
      time_key_format: {},
      time_key_nanos: {},
      trace_error: {},
      trace_output: {},
      type: {},
      upstream: { added: '5.1' },
      write_operation: { added: '1.9' },
    },
  },
};

/** Versions of which the YAML form can carry everything that the classic form can (parsers came last). */
export const FLUENT_BIT_YAML: VersionRange = { added: '3.2' };

/** Versions that serve all counters as Prometheus text below /api/v2; older ones have the counters of plugins below /api/v1 only. */
export const FLUENT_BIT_METRICS_V2: VersionRange = { added: '2.1' };

/** Why a version refuses a key of a plugin, in one sentence; undefined when it knows the key. */
export function fluentBitPluginKeyProblem(kind: FluentBitPluginKind, plugin: string, version: string, key: string): string | undefined {
  const plugins = FLUENT_BIT_PLUGIN_KEYS[kind];
  if (!Object.hasOwn(plugins, plugin)) {
    return `${kind} '${plugin}' is not in the catalogue; it has ${Object.keys(plugins).sort().join(', ')}`;
  }
  return keyProblem(`${kind} '${plugin}'`, { ...FLUENT_BIT_COMMON_KEYS[kind], ...plugins[plugin] }, version, key);
}

/** Why a version refuses a key of the service section. */
export function fluentBitServiceKeyProblem(version: string, key: string): string | undefined {
  return keyProblem('service', FLUENT_BIT_SERVICE_KEYS, version, key);
}

/** Why a version refuses a key of a parser. */
export function fluentBitParserKeyProblem(version: string, key: string): string | undefined {
  return keyProblem('parser', FLUENT_BIT_PARSER_KEYS, version, key);
}

function keyProblem(where: string, table: FluentBitKeyTable, version: string, key: string): string | undefined {
  const name = key.toLowerCase();
  if (!Object.hasOwn(table, name)) {
    const nearest = nearestName(name, Object.keys(table).filter(candidate => inRange(version, table[candidate])));
    return `${where}: '${key}' is unknown to Fluent Bit ${version}${nearest === undefined ? '' : `; did you mean '${nearest}'`}`;
  }
  const row = table[name];
  if (inRange(version, row)) { return undefined; }
  if (row.added !== undefined && compareVersions(version, row.added) < 0) {
    return `${where}: '${key}' was added in Fluent Bit ${row.added}, the cluster runs ${version}; leave it out or use a newer release`;
  }
  return `${where}: '${key}' was removed in Fluent Bit ${row.removed}, the cluster runs ${version}; leave it out`;
}
