import { NetworkPlan } from '../../../src/cluster/network-plan';
import { Scene } from '../../scene';
import { inParallel } from '../../waiting';
import { AddressCluster } from '../brain/address-cluster';

/** How much a cluster of these drills holds. */
export interface DnsContent {
  readonly services: number;
  /** Addresses of pods in EndpointSlices. */
  readonly addresses: number;
}

export const DOMAIN = 'cluster.local';
const NAMESPACES = 50;
const WRITERS = 24;

/** Every fifth Service is headless and names its pods, as those of StatefulSets do. */
const isHeadless = (service: number) => service % 5 === 0;

/** The control plane of the DNS drills: etcd, API server, and objects as a cluster would have them. */
export class DnsCluster {
  /** One for all checks of a run, filled once; it ends with the run. */
  public static async of(scene: Scene): Promise<DnsCluster> {
    const known = DnsCluster.clusters.get(scene);
    if (known) { return known; }
    const starting = DnsCluster.start(scene, scene.extent.ci ? { services: 1000, addresses: 2400 } : { services: 5000, addresses: 12_000 });
    DnsCluster.clusters.set(scene, starting);
    scene.atEnd(async () => (await starting).api.stop());
    return starting;
  }

  /** One of its own, for checks that change how much there is. */
  public static async with<T>(scene: Scene, content: DnsContent, work: (cluster: DnsCluster) => Promise<T>): Promise<T> {
    const cluster = await DnsCluster.start(scene, content);
    try { return await work(cluster); } finally { await cluster.api.stop(); }
  }

  private static readonly clusters = new WeakMap<Scene, Promise<DnsCluster>>();

  private static async start(scene: Scene, content: DnsContent): Promise<DnsCluster> {
    const plan = NetworkPlan.of({ podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20' });
    const api = await AddressCluster.start(scene, plan);
    const cluster = new DnsCluster(scene, api, content);
    const started = Date.now();
    await cluster.fill();
    cluster.fillSeconds = (Date.now() - started) / 1000;
    return cluster;
  }

  public fillSeconds = 0;
  private pods = 0;

  private constructor(private readonly scene: Scene, public readonly api: AddressCluster, private held: DnsContent) {}

  public get content(): DnsContent { return this.held; }

  public namespace(service: number): string { return `team-${service % NAMESPACES}`; }

  public serviceName(service: number): string { return `service-${service}`; }

  /** `service-7.team-7.svc.cluster.local` */
  public name(service: number): string { return `${this.serviceName(service)}.${this.namespace(service)}.svc.${DOMAIN}`; }

  /** Services with an address of their own. */
  public get withAddress(): number[] { return Array.from({ length: this.content.services }, (_, i) => i).filter(i => !isHeadless(i)); }

  public get headless(): number[] { return Array.from({ length: this.content.services }, (_, i) => i).filter(isHeadless); }

  /** Addresses behind a Service, by arithmetic: address k lies behind Service k modulo the Services. */
  public addressesOf(service: number): string[] {
    const { services, addresses } = this.content;
    return Array.from({ length: Math.ceil((addresses - service) / services) }, (_, i) => podAddress(service + i * services));
  }

  /** The address that the API server gave a Service. */
  public async clusterIp(service: number): Promise<string> {
    return (await this.get(`/api/v1/namespaces/${this.namespace(service)}/services/${this.serviceName(service)}`)).spec.clusterIP;
  }

  /** A kubeconfig with the token of the account that the output makes for CoreDNS, and so with its rights. */
  public async coreDnsKubeconfig(): Promise<string> {
    const answer = await this.api.request('POST', '/api/v1/namespaces/kube-system/serviceaccounts/coredns/token', {
      apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 24 * 3600 },
    });
    return this.api.kubeconfig('coredns.conf', answer.body.status.token);
  }

  /** Pods that exist, up to a number; what replicas hold that verify names of pods. */
  public async haveApiPods(count: number): Promise<void> {
    const missing = Array.from({ length: Math.max(0, count - this.pods) }, (_, i) => this.pods + i);
    this.pods = Math.max(this.pods, count);
    await inParallel(missing, WRITERS, async i => {
      const pods = `/api/v1/namespaces/team-${i % NAMESPACES}/pods`;
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: `pod-${i}`, labels: { app: `service-${i % this.content.services}`, team: `team-${i % NAMESPACES}` } },
        spec: {
          nodeName: `node-${i % 1200}`,
          automountServiceAccountToken: false,
          containers: [{ name: 'app', image: 'registry.example.com/app:1', resources: { requests: { cpu: '100m', memory: '128Mi' } }, env: [{ name: 'ADDRESS', value: podAddress(i) }] }],
        },
      };
      const created = await this.post(pods, pod);
      const answer = await this.api.request('PUT', `${pods}/pod-${i}/status`, { ...created, status: { phase: 'Running', podIP: podAddress(i), podIPs: [{ ip: podAddress(i) }] } });
      if (answer.status !== 200) { throw new Error(`status of pod-${i}: ${JSON.stringify(answer.body).slice(0, 300)}`); }
    });
  }

  /** More addresses behind the same Services, in further slices, up to a number. */
  public async haveAddresses(addresses: number): Promise<void> {
    const before = this.held;
    if (addresses <= before.addresses) { return; }
    this.held = { ...before, addresses };
    await inParallel(Array.from({ length: before.services }, (_, i) => i), WRITERS, async i => {
      await this.post(`/apis/discovery.k8s.io/v1/namespaces/${this.namespace(i)}/endpointslices`, this.slice(i, before.addresses));
    });
  }

  public async get(path: string): Promise<any> {
    const answer = await this.api.request('GET', path);
    if (answer.status !== 200) { throw new Error(`GET ${path}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 300)}`); }
    return answer.body;
  }

  public async post(path: string, body: object): Promise<any> {
    const answer = await this.api.request('POST', path, body);
    // The API server may have made it itself meanwhile, as it does with kube-system.
    if (answer.status !== 201 && answer.status !== 409) { throw new Error(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 300)}`); }
    return answer.body;
  }

  /** Account and rights of CoreDNS from the output; Services with their EndpointSlices. */
  private async fill(): Promise<void> {
    await this.post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system' } });
    await this.post('/api/v1/namespaces/kube-system/serviceaccounts', this.scene.object('ServiceAccount', /^coredns$/));
    await this.post('/apis/rbac.authorization.k8s.io/v1/clusterroles', this.scene.object('ClusterRole', /:coredns$/));
    await this.post('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', this.scene.object('ClusterRoleBinding', /:coredns$/));
    for (let i = 0; i < NAMESPACES; i++) { await this.post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `team-${i}` } }); }
    await inParallel(Array.from({ length: this.content.services }, (_, i) => i), WRITERS, async i => {
      await this.post(`/api/v1/namespaces/${this.namespace(i)}/services`, this.service(i));
      await this.post(`/apis/discovery.k8s.io/v1/namespaces/${this.namespace(i)}/endpointslices`, this.slice(i));
    });
  }

  private service(i: number): object {
    const app = this.serviceName(i);
    return {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: app, labels: { app, team: this.namespace(i) } },
      spec: { selector: { app }, ports: [{ name: 'http', port: 80, targetPort: 8080 }, { name: 'metrics', port: 9090 }], ...(isHeadless(i) ? { clusterIP: 'None' } : {}) },
    };
  }

  /** A slice with the addresses that a Service did not have when there were so many. */
  private slice(i: number, before = 0): object {
    const known = Math.max(0, Math.ceil((before - i) / this.content.services));
    return {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: `${this.serviceName(i)}-${known + 1}`, labels: { 'kubernetes.io/service-name': this.serviceName(i), 'endpointslice.kubernetes.io/managed-by': 'conformance' } },
      addressType: 'IPv4',
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }, { name: 'metrics', port: 9090, protocol: 'TCP' }],
      endpoints: this.addressesOf(i).map((address, k) => ({ address, k })).slice(known).map(({ address, k }) => ({
        addresses: [address],
        conditions: { ready: true },
        nodeName: `node-${i % 1200}`,
        zone: `region-1${'abc'[k % 3]}`,
        targetRef: { kind: 'Pod', namespace: this.namespace(i), name: `${this.serviceName(i)}-${k}`, uid: `00000000-0000-4000-8000-${String(i * 100 + k).padStart(12, '0')}` },
        ...(isHeadless(i) ? { hostname: `${this.serviceName(i)}-${k}` } : {}),
      })),
    };
  }
}

/** Address number i of the pod range. */
function podAddress(i: number): string {
  return `10.${1 + Math.floor(i / 62_500)}.${Math.floor(i / 250) % 250}.${1 + i % 250}`;
}
