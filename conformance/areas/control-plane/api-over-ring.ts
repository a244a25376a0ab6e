import * as fs from 'node:fs';
import * as path from 'node:path';
import { EtcdMachines } from './etcd-machines';
import { rewriteArgv } from '../../control-plane/rewrite';
import { KubeClient } from '../../kube-client';
import { Server } from '../../processes';
import { Scene } from '../../scene';
import { until } from '../../waiting';

/** The API server of a ring's first machine, with all members of the main ring and one of the events ring behind it. */
export class ApiOverRing {
  /** Empty rings, the API server, the work, and the end of all three. */
  public static async with<T>(scene: Scene, ring: EtcdMachines, work: (api: ApiOverRing) => Promise<T>): Promise<T> {
    const api = new ApiOverRing(scene, ring);
    try {
      await api.start();
      return await work(api);
    } finally {
      for (const server of api.servers.reverse()) { await server.stop(); }
      await ring.stop();
    }
  }

  public admin!: KubeClient;
  public apiServer!: Server;
  private readonly servers: Server[] = [];
  private readonly machine: string;

  private constructor(private readonly scene: Scene, private readonly ring: EtcdMachines) {
    this.machine = ring.machines[0];
  }

  /** The controller manager of the same machine, once it leads. */
  public async startControllerManager(): Promise<Server> {
    const server = this.run('kube-controller-manager', 'kube-controller-manager', this.argv('kube-controller-manager'));
    const lease = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-controller-manager';
    await until('the controller manager leads', 60, async () => (await this.admin.get(lease)).status === 200, [server]);
    return server;
  }

  private async start(): Promise<void> {
    const data = path.join(this.ring.root(this.machine), '/var/lib/etcd-events');
    fs.rmSync(data, { recursive: true, force: true });
    fs.mkdirSync(data, { recursive: true, mode: 0o700 });
    this.run('etcd-events', 'etcd', this.argv('etcd-events').map(argument =>
      (argument.startsWith('--initial-cluster=') ? `--initial-cluster=${argument.slice(argument.indexOf('=') + 1).split(',').find(member => member.startsWith(`${this.machine}=`))!}` : argument)));
    this.apiServer = this.run('kube-apiserver', 'kube-apiserver', this.argv('kube-apiserver').map(argument =>
      (argument.startsWith('--etcd-servers-overrides=') ? argument.split(';')[0] : argument)));
    const pki = path.join(this.ring.root(this.machine), '/etc/kubernetes/pki');
    this.admin = new KubeClient(`https://${this.ring.placement.loopback.address(this.machine)}:6443`, { ca: `${pki}/ca.crt`, cert: `${pki}/super-admin.crt`, key: `${pki}/super-admin.key` });
    await until('the API server over the ring', 120, async () => (await this.admin.get('/readyz')).body === 'ok', [this.apiServer]);
  }

  private run(name: string, tool: string, args: string[]): Server {
    const server = this.scene.processes.start(`over-ring-${name}`, this.scene.binaries[tool].path, args);
    this.servers.push(server);
    return server;
  }

  private argv(name: string): string[] {
    const pod = this.scene.plain.staticPods().find(p => p.name === name && p.machine === this.machine)!;
    return rewriteArgv(pod.argv[0], this.machine, pod.argv, this.ring.placement, []);
  }
}

/** What clients of the API server saw. */
export interface ApiLoadResult {
  readonly requests: number;
  readonly failed: string[];
  /** Longest time of one request. */
  readonly longestMs: number;
}

const NAMESPACE = '/api/v1/namespaces/default/configmaps';

/** Clients that write and read ConfigMaps until they are told to stop. */
export class ApiLoad {
  private stopping = false;
  private requests = 0;
  private longestMs = 0;
  private readonly failed: string[] = [];
  private readonly done: Promise<void>;

  constructor(private readonly admin: KubeClient, workers = 12) {
    this.done = Promise.all(Array.from({ length: workers }, (_, worker) => this.work(worker))).then(() => undefined);
  }

  public async stop(): Promise<ApiLoadResult> {
    this.stopping = true;
    await this.done;
    return { requests: this.requests, failed: this.failed, longestMs: this.longestMs };
  }

  private async work(worker: number): Promise<void> {
    const name = `load-${worker}`;
    for (let i = 0; !this.stopping; i++) {
      const start = Date.now();
      const answer = await (i % 3 === 2 ? this.admin.get(`${NAMESPACE}/${name}`) : this.admin.apply(`${NAMESPACE}/${name}`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { i: String(i) } }))
        .catch(error => ({ status: 0, body: String(error) }));
      this.requests++;
      this.longestMs = Math.max(this.longestMs, Date.now() - start);
      if (answer.status !== 200 && answer.status !== 201) { this.failed.push(`${answer.status} ${JSON.stringify(answer.body).slice(0, 200)}`); }
      await new Promise(resolve => setTimeout(resolve, 10));
    }
  }
}
