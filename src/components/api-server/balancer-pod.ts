import { createHash } from 'node:crypto';
import { ApiBalancer } from './api-balancer';
import { BALANCER_CONFIG } from './api-server-paths';
import { ApiServerSettings } from './api-server-settings';
import { EncryptionAtRest } from './encryption-at-rest';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { ControlPlaneMember } from '../../cluster/control-plane-member';
import { HOST_PATHS } from '../../cluster/host-paths';
import { UPSTREAM_IMAGES } from '../../cluster/image-registry';
import { urlHost } from '../../cluster/ip-range';
import { HOST_PORTS, NODE_PORT_RANGE } from '../../cluster/ports';
import { ScrapeDiscovery, ScrapeTarget } from '../../contracts/contributions';
import { haproxyConfig } from '../../formats/haproxy-config';
import { HostTarget } from '../../host/host-target';
import { HostProbe, StaticPodProps } from '../../host/static-pod';
import { Problems } from '../../input/problems';
import { quoted } from '../../input/text-safety';

/** Why haproxy cannot serve at the endpoint's port. */
export function checkBalancer(cluster: ClusterFacts, balancer: ApiBalancer, problems: Problems): void {
  const options = balancer._haproxy;
  if (options === undefined) { return; }
  const port = cluster.apiPort;
  const taken = Object.entries(HOST_PORTS).find(([, used]) => used === port);
  problems.require(taken === undefined,
    `balancer: haproxy serves at the port of controlPlane.endpoint, and ${port} is ${taken?.[0]}'s on the same machine; use another in the endpoint, such as ${cluster.apiHost}:8443`);
  problems.require(port < NODE_PORT_RANGE.first || port > NODE_PORT_RANGE.last,
    `balancer: port ${port} of controlPlane.endpoint may be given to a Service of type NodePort; use one below ${NODE_PORT_RANGE.first}`);
  problems.require(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(options.imageTag ?? DEFAULT_TAG), `balancer.imageTag must be a tag such as ${DEFAULT_TAG}, got ${quoted(options.imageTag)}`);
}

/** A patch of the branch that is kept until 2030. */
const DEFAULT_TAG = '3.2.25';

/**
 * Configuration of haproxy. TCP through and through: clients keep their TLS connection, and with it their certificate, to the API server.
 *
 * A server that fails its check gets no new connection, and keeps the ones it has: it is stopping, and closes them itself after the requests on them. So
 * `on-marked-down shutdown-sessions` is not set; connections to a machine that died are found out by the clients' own HTTP/2 pings.
 */
export function balancerConfig(cluster: ClusterFacts, settings: ApiServerSettings, encryption: EncryptionAtRest): string {
  const { interval, failures } = settings.balancerCheck;
  const { connections, idle } = settings.balancerSize;
  const ipv6 = cluster.controlPlaneMembers[0].address.includes(':');
  const milliseconds = Math.round(interval.value * 1000);
  return haproxyConfig([
    {
      head: ['global'],
      lines: [['log', 'stdout', 'format', 'raw', 'local0', 'notice'], ['maxconn', String(connections.value)]],
    },
    {
      head: ['defaults'],
      lines: [
        ['log', 'global'], ['mode', 'tcp'], ['option', 'dontlognull'], ['option', 'clitcpka'], ['option', 'srvtcpka'],
        // A connection that a server refuses goes to the next one at once: a machine that is away is not known to be so for the first checks.
        ['option', 'redispatch', '1'], ['retries', '3'],
        ['timeout', 'connect', '5s'], ['timeout', 'check', `${Math.min(milliseconds, 5000)}ms`], ['timeout', 'queue', '10s'],
        ['timeout', 'client', `${idle.value}s`], ['timeout', 'server', `${idle.value}s`], ['timeout', 'client-fin', '30s'], ['timeout', 'server-fin', '30s'],
      ],
    },
    { head: ['frontend', 'kubernetes'], lines: [['bind', `${ipv6 ? '[::]' : '*'}:${cluster.apiPort}`], ['default_backend', 'api-servers']] },
    {
      head: ['backend', 'api-servers'],
      comment: 'Fewest connections first: a server that was restarted gets the next clients until it has its share.',
      lines: [
        ['balance', 'leastconn'],
        ['option', 'httpchk'],
        ['http-check', 'send', 'meth', 'GET', 'uri', encryption._health('/readyz'), 'ver', 'HTTP/1.1', 'hdr', 'Host', 'kubernetes'],
        ['http-check', 'expect', 'status', '200'],
        ['default-server', 'inter', `${milliseconds}ms`, 'fall', String(failures.value), 'rise', '2', 'check', 'check-ssl', 'verify', 'required', 'ca-file', HOST_PATHS.clusterCa],
        // The certificate has to be this machine's: an address that was given to another one is found out.
        ...cluster.controlPlaneMembers.map(member => ['server', member.name, `${urlHost(member.address)}:${HOST_PORTS.apiServer}`, 'verifyhost', member.name]),
      ],
    },
    {
      head: ['frontend', 'health'],
      lines: [
        ['bind', `${ipv6 ? '[::]' : '*'}:${HOST_PORTS.apiBalancerHealth}`], ['mode', 'http'], ['timeout', 'client', '10s'], ['monitor-uri', '/livez'],
        ['http-request', 'use-service', 'prometheus-exporter', 'if', '{', 'path', '/metrics', '}'],
      ],
    },
  ]);
}

/** haproxy of one machine. */
export function balancerPod(
  cluster: ClusterFacts, settings: ApiServerSettings, balancer: ApiBalancer, member: ControlPlaneMember, config: string,
): StaticPodProps {
  const host = member.address.includes(':') ? '::1' : '127.0.0.1';
  const probe: HostProbe = { host, path: '/livez', port: HOST_PORTS.apiBalancerHealth, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 };
  return {
    target: HostTarget.machine(member.name),
    name: 'api-balancer',
    component: 'api-balancer',
    image: cluster.imageRegistry.image(UPSTREAM_IMAGES.haproxy, balancer._haproxy?.imageTag ?? DEFAULT_TAG),
    binary: 'haproxy',
    arguments: ['-W', '-db', '-f', BALANCER_CONFIG],
    flags: [],
    mounts: [
      { name: 'config', path: BALANCER_CONFIG, type: 'File' },
      { name: 'cluster-ca', path: HOST_PATHS.clusterCa, type: 'File' },
    ],
    cpuRequest: '500m',
    memoryRequest: `${settings.balancerSize.memory.value}Mi`,
    // The kubelet restarts a static pod when its manifest changes; haproxy itself never looks at its file again.
    env: { CONFIG_SHA256: createHash('sha256').update(config).digest('hex') },
    livenessProbe: probe,
    startupProbe: { ...probe, periodSeconds: 5, failureThreshold: 24 },
    // Ends at once: clients open their connection again, to another machine's.
    terminationGracePeriodSeconds: 10,
    labels: { component: 'api-balancer', tier: 'control-plane' },
  };
}

export function balancerScrapeTarget(): ScrapeTarget {
  return { job: 'api-balancer', discovery: ScrapeDiscovery.CONTROL_PLANE, port: HOST_PORTS.apiBalancerHealth, seriesPerTarget: 400 };
}
