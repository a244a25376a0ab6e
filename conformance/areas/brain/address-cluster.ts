import * as https from 'node:https';
import * as net from 'node:net';
import * as path from 'node:path';
import { NetworkPlan } from '../../../src/cluster/network-plan';
import { Answer } from '../../kube-client';
import { Server } from '../../processes';
import { Scene } from '../../scene';
import { until } from '../../waiting';

const TOKEN = 'address-plan';

/** Where an API server listens and what it gives out. */
interface ServerPlace {
  readonly etcdPort: number;
  readonly port: number;
  readonly serviceRanges: string;
  readonly ipv6: boolean;
}

/** An etcd and an API server of their own with the ranges of a plan: what is filled into them must not touch the scene's control plane. */
export class AddressCluster {
  /** Start both, do the work, stop both. */
  public static async with<T>(scene: Scene, plan: NetworkPlan, work: (cluster: AddressCluster) => Promise<T>): Promise<T> {
    const cluster = await AddressCluster.start(scene, plan);
    try { return await work(cluster); } finally { await cluster.stop(); }
  }

  /** Arguments of an API server with these Service ranges, and files it needs. */
  public static async apiServerArguments(scene: Scene, folder: string, at: ServerPlace): Promise<string[]> {
    const key = scene.file(`${folder}/sa.key`, (await scene.processes.run('openssl', ['genrsa', '2048'])).stdout);
    const publicKey = scene.file(`${folder}/sa.pub`, (await scene.processes.run('openssl', ['rsa', '-in', key, '-pubout'])).stdout);
    const tokens = scene.file(`${folder}/tokens.csv`, `${TOKEN},admin,admin,"system:masters"\n`);
    return [
      `--etcd-servers=http://127.0.0.1:${at.etcdPort}`, '--bind-address=127.0.0.1', `--secure-port=${at.port}`, `--cert-dir=${path.join(path.dirname(key), 'certs')}`,
      // A documentation address: Endpoints may not be loopback, and nobody connects to it.
      `--advertise-address=${at.ipv6 ? '2001:db8::1' : '192.0.2.1'}`, `--service-cluster-ip-range=${at.serviceRanges}`, `--token-auth-file=${tokens}`,
      '--service-account-issuer=https://kubernetes.default.svc', `--service-account-key-file=${publicKey}`, `--service-account-signing-key-file=${key}`,
      '--authorization-mode=RBAC', '--disable-admission-plugins=ServiceAccount', '--watch-cache=true',
      // As kubeadm and we set it: agents of the host are privileged.
      '--allow-privileged=true',
    ];
  }

  /** Start both; whoever does ends them with `stop`. */
  public static async start(scene: Scene, plan: NetworkPlan): Promise<AddressCluster> {
    const folder = `address-plan/${++AddressCluster.count}`;
    const [clientPort, peerPort, apiPort] = await freePorts(3);
    const etcd = scene.processes.start(`address-plan-etcd-${AddressCluster.count}`, scene.binaries.etcd.path, [
      '--name=one', `--data-dir=${path.join(scene.folder, folder, 'etcd')}`, `--listen-client-urls=http://127.0.0.1:${clientPort}`, `--advertise-client-urls=http://127.0.0.1:${clientPort}`,
      `--listen-peer-urls=http://127.0.0.1:${peerPort}`, `--initial-advertise-peer-urls=http://127.0.0.1:${peerPort}`, `--initial-cluster=one=http://127.0.0.1:${peerPort}`,
      // Nothing here outlives the check.
      '--unsafe-no-fsync=true',
    ]);
    const args = await AddressCluster.apiServerArguments(scene, folder, { etcdPort: clientPort, port: apiPort, serviceRanges: plan.serviceCidrs.join(','), ipv6: plan.family === 6 });
    const cluster = new AddressCluster(scene, folder, apiPort, args, [etcd]);
    try {
      await cluster.startApiServer();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  private static count = 0;

  private readonly agent = new https.Agent({ keepAlive: true, maxSockets: 24 });

  private apiServer?: Server;

  private constructor(
    private readonly scene: Scene, private readonly folder: string, private readonly port: number, private readonly args: string[],
    public readonly servers: Server[],
  ) {}

  /** The API server, again where it was killed before. */
  public async startApiServer(): Promise<void> {
    const { path: binary } = this.scene.binaries['kube-apiserver'];
    const server = this.apiServer = this.scene.processes.start(this.folder.replace('/', '-api-'), binary, this.args);
    this.servers.push(server);
    await until('API server with the ranges of the plan', 60, async () => (await this.request('GET', '/readyz')).body === 'ok', this.servers);
  }

  /** At once, as a machine that is lost. */
  public async killApiServer(): Promise<void> {
    const server = this.apiServer!;
    this.servers.splice(this.servers.indexOf(server), 1);
    process.kill(server.pid, 'SIGKILL');
    await until(`the end of ${server.name}`, 30, async () => server.exitCode() !== undefined, [], 20);
  }

  public async stop(): Promise<void> {
    for (const server of [...this.servers].reverse()) { await server.stop(); }
  }

  /** A kubeconfig of the administrator, or of who has another token. */
  public kubeconfig(name: string, token = TOKEN): string {
    return this.scene.file(`${this.folder}/${name}`, JSON.stringify({
      'apiVersion': 'v1',
      'kind': 'Config',
      'clusters': [{ name: 'c', cluster: { 'server': `https://127.0.0.1:${this.port}`, 'insecure-skip-tls-verify': true } }],
      'users': [{ name: 'u', user: { token } }],
      'contexts': [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    }));
  }

  /** A controller manager that does nothing but give nodes their ranges. */
  public nodeIpam(plan: NetworkPlan, podRanges: string[], masks: { readonly [family: number]: number }): Server {
    const kubeconfig = this.kubeconfig('kubeconfig');
    const families = Object.entries(masks);
    const server = this.scene.processes.start(`address-plan-ipam-${this.servers.length}-${path.basename(this.folder)}`, this.scene.binaries['kube-controller-manager'].path, [
      `--kubeconfig=${kubeconfig}`, '--controllers=node-ipam-controller', '--leader-elect=false', '--secure-port=0', '--kube-api-qps=1000', '--kube-api-burst=1000',
      '--allocate-node-cidrs=true', `--cluster-cidr=${podRanges.join(',')}`, `--service-cluster-ip-range=${plan.serviceCidrs.join(',')}`,
      ...(families.length === 1 ? [`--node-cidr-mask-size=${families[0][1]}`] : families.map(([family, mask]) => `--node-cidr-mask-size-ipv${family}=${mask}`)),
    ]);
    this.servers.push(server);
    return server;
  }

  public request(method: string, target: string, body?: object): Promise<Answer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const request = https.request({
        // The server made its certificate itself a moment ago; the token is worth nothing elsewhere.
        host: '127.0.0.1',
        port: this.port,
        method,
        path: target,
        agent: this.agent,
        rejectUnauthorized: false,
        timeout: 30_000,
        headers: { authorization: `Bearer ${TOKEN}`, ...(text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }) },
      }, response => {
        const chunks: Buffer[] = [];
        response.on('data', chunk => chunks.push(chunk));
        response.on('end', () => {
          const content = Buffer.concat(chunks).toString('utf8');
          resolve({ status: response.statusCode ?? 0, body: (response.headers['content-type'] ?? '').includes('json') ? JSON.parse(content) : content });
        });
      });
      request.on('timeout', () => request.destroy(new Error(`${method} ${target}: no answer within 30 s`)));
      request.on('error', reject);
      request.end(text);
    });
  }
}

/** Ports that nobody listens on now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => new Promise<net.Server>((resolve, reject) => {
    const server = net.createServer().once('error', reject).listen(0, '127.0.0.1', () => resolve(server));
  })));
  const ports = servers.map(server => (server.address() as net.AddressInfo).port);
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))));
  return ports;
}
