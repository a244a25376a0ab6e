import { Duration } from 'cdk8s';
import { build, flags, page, Props, text } from './api-server-build';
import { ClusterFacts } from '../../../src/cluster/cluster-facts';
import { ImageRegistry } from '../../../src/cluster/image-registry';
import { ApiBalancer } from '../../../src/components/api-server/api-balancer';
import { EncryptionAtRest } from '../../../src/components/api-server/encryption-at-rest';
import { ScrapeAuth } from '../../../src/contracts/contributions';

const CONFIG = '/etc/kubernetes/control-plane-balancer/haproxy.cfg';

const cluster = (port: number, more: { imageRegistry?: ImageRegistry; ipv6?: boolean } = {}) => ClusterFacts.of({
  name: 'shop',
  controlPlane: {
    endpoint: `api.shop.example.com:${port}`,
    members: [1, 2, 3].map(i => ({ name: `cp-${i}`, address: more.ipv6 ? `fd00:10::${i}` : `172.16.0.1${i}` })),
  },
  network: more.ipv6 ? { podCidr: 'fd00:20::/48', serviceCidr: 'fd00:30::/112', nodeCidr: 'fd00:10::/64' } : { nodeCidr: '172.16.0.0/20' },
  pools: ClusterFacts.thousandNodes().pools,
  imageRegistry: more.imageRegistry,
});
const haproxy = (options = {}): Props => ({ cluster: cluster(8443), balancer: ApiBalancer.haproxy(options) });
const refused = (props: Props) => expect(() => build(props));
const balancers = (props: Props) => build(props).host.staticPods.filter(pod => pod.props.component === 'api-balancer');

describe('somebody else\'s balancer', () => {
  test('nothing of ours runs', () => {
    expect(balancers({})).toEqual([]);
    expect(text(CONFIG)).toBeUndefined();
    expect(build().server.scrapeTargets.map(target => target.job)).not.toContain('api-balancer');
  });

  test.each([
    // interval, failures, delay, grace: delay + 30 (watches) + 60 (longest request) + 30
    [undefined, undefined, '15s', 135], [Duration.seconds(10), 3, '35s', 155], [Duration.seconds(30), 2, '1m5s', 185],
  ])('checks every %s, %s failures: the server answers for %s more', (checkInterval, checkFailures, delay, grace) => {
    const props = { balancer: ApiBalancer.external({ checkInterval, checkFailures }) };
    expect(flags(props)['shutdown-delay-duration']).toBe(delay);
    expect(build(props).host.staticPods.find(pod => pod.props.component === 'kube-apiserver')!.props.terminationGracePeriodSeconds).toBe(grace);
  });

  test('a delay that is too short for its checks is refused, with the one that is not', () => {
    refused({ balancer: ApiBalancer.external({ checkInterval: Duration.seconds(10), checkFailures: 3 }), shutdownDelay: Duration.seconds(20) })
      .toThrow(/shutdownDelay must be at least the 30 s after which the balancer notices \(3 checks, 10 s apart\), got 20 s.*Leave it out for 35 s/);
    expect(flags({ shutdownDelay: Duration.seconds(20) })['shutdown-delay-duration']).toBe('20s');
  });

  test('the flag itself is the prop\'s', () => {
    refused({ extraFlags: { 'shutdown-delay-duration': '1s' } }).toThrow(/'shutdown-delay-duration' is managed by this construct/);
  });
});

describe('haproxy', () => {
  test('a static pod on every machine that reads its file and the cluster\'s authority, and nothing else', () => {
    const pods = balancers(haproxy());
    expect(pods.map(pod => pod.target.name)).toEqual(['cp-1', 'cp-2', 'cp-3']);
    expect(pods[0].command).toEqual(['haproxy', '-W', '-db', '-f', CONFIG]);
    expect((pods[0].manifest() as any).spec.volumes.map((volume: any) => [volume.hostPath.path, volume.hostPath.type])).toEqual([[CONFIG, 'File'], ['/etc/kubernetes/pki/ca.crt', 'File']]);
    expect((pods[0].manifest() as any).spec.containers[0].securityContext).toEqual({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } });
  });

  // The very text of a run of haproxy 2.6.12 in front of two API servers of 1.37.2, but for its addresses.
  test('the whole file', () => {
    expect(text(CONFIG, haproxy({ maxConnections: 2000 }))).toBe(`global
  log stdout format raw local0 notice
  maxconn 2000

defaults
  log global
  mode tcp
  option dontlognull
  option clitcpka
  option srvtcpka
  option redispatch 1
  retries 3
  timeout connect 5s
  timeout check 2000ms
  timeout queue 10s
  timeout client 14400s
  timeout server 14400s
  timeout client-fin 30s
  timeout server-fin 30s

frontend kubernetes
  bind *:8443
  default_backend api-servers

# Fewest connections first: a server that was restarted gets the next clients until it has its share.
backend api-servers
  balance leastconn
  option httpchk
  http-check send meth GET uri /readyz ver HTTP/1.1 hdr Host kubernetes
  http-check expect status 200
  default-server inter 2000ms fall 3 rise 2 check check-ssl verify required ca-file /etc/kubernetes/pki/ca.crt
  server cp-1 172.16.0.11:6443 verifyhost cp-1
  server cp-2 172.16.0.12:6443 verifyhost cp-2
  server cp-3 172.16.0.13:6443 verifyhost cp-3

frontend health
  bind *:8404
  mode http
  timeout client 10s
  monitor-uri /livez
  http-request use-service prometheus-exporter if { path /metrics }
`);
  });

  test('its check and the API server\'s delay agree: 2 s x 3 failures, 15 s', () => {
    expect(flags(haproxy())['shutdown-delay-duration']).toBe('15s');
    expect(flags(haproxy({ checkInterval: Duration.seconds(10), checkFailures: 4 }))['shutdown-delay-duration']).toBe('45s');
    expect(text(CONFIG, haproxy({ checkInterval: Duration.seconds(10), checkFailures: 4 }))).toContain('inter 10000ms fall 4');
  });

  test('IPv6', () => {
    const config = text(CONFIG, { cluster: cluster(8443, { ipv6: true }), balancer: ApiBalancer.haproxy() })!;
    expect(config).toContain('bind [::]:8443\n');
    expect(config).toContain('server cp-1 [fd00:10::1]:6443 verifyhost cp-1\n');
  });

  test('a KMS that is away does not take all servers out', () => {
    expect(text(CONFIG, { ...haproxy(), encryption: EncryptionAtRest.kms({ name: 'vault', socket: '/run/kms/plugin.sock' }) })).toContain('uri /readyz?exclude=kms-providers ver');
  });

  test('a changed file restarts the pod', () => {
    const hash = (props: Props) => balancers(props)[0].props.env.CONFIG_SHA256;
    expect(hash(haproxy())).toMatch(/^[0-9a-f]{64}$/);
    expect(hash(haproxy({ maxConnections: 5000 }))).not.toBe(hash(haproxy()));
  });

  test('image of the mirror, with the tag of the user', () => {
    const imageRegistry = ImageRegistry.mirror('mirror.example.com/hub');
    expect(balancers({ cluster: cluster(8443, { imageRegistry }), balancer: ApiBalancer.haproxy({ imageTag: '3.0.10' }) })[0].props.image).toBe('mirror.example.com/hub/library/haproxy:3.0.10');
    expect(balancers(haproxy())[0].props.image).toBe('docker.io/library/haproxy:3.2.25');
  });

  test('its metrics are scraped without credentials, and its runbook is there', () => {
    const target = build(haproxy()).server.scrapeTargets.find(candidate => candidate.job === 'api-balancer')!;
    expect([target.port, target.auth ?? ScrapeAuth.NONE]).toEqual([8404, ScrapeAuth.NONE]);
    expect(page('runbooks/api-server-rolling.md', haproxy())).toMatch(/haproxy notices after 6 s/);
  });

  test.each<[string, Props, RegExp]>([
    ['the API server\'s own port', { cluster: cluster(6443), balancer: ApiBalancer.haproxy() }, /6443 is apiServer's on the same machine; use another in the endpoint, such as api\.shop\.example\.com:8443/],
    ['a port of Calico', { cluster: cluster(9091), balancer: ApiBalancer.haproxy() }, /9091 is felixMetrics's/],
    ['a port that a Service may get', { cluster: cluster(30443), balancer: ApiBalancer.haproxy() }, /may be given to a Service of type NodePort/],
    ['no tag', haproxy({ imageTag: 'a b' }), /balancer\.imageTag must be a tag/],
    ['too few connections', haproxy({ maxConnections: 10 }), /balancer\.maxConnections must be a whole number between 1003/],
    ['no interval', haproxy({ checkInterval: Duration.millis(0) }), /balancer\.checkInterval must be between 0\.5 and 60/],
    ['no failure', haproxy({ checkFailures: 0 }), /balancer\.checkFailures must be a whole number between 1 and 10/],
  ])('%s is refused', (_, props, why) => { refused(props).toThrow(why); });
});
