import * as fs from 'node:fs';
import * as os from 'node:os';
import { App, Chart, Size, Testing } from 'cdk8s';
import { ClusterFacts } from '../../../src/cluster/cluster-facts';
import { MachineShape } from '../../../src/cluster/machine-shape';
import { NodePool } from '../../../src/cluster/node-pool';
import { TunedApiServer } from '../../../src/components/api-server/tuned-api-server';
import { EtcdCluster } from '../../../src/components/etcd/etcd-cluster';
import { HostFiles } from '../../../src/host/host-files';
import { StaticPodFile } from '../../control-plane/host-tree';
import { KubeClient } from '../../kube-client';
import { Server } from '../../processes';
import { Scene } from '../../scene';
import { until } from '../../waiting';

/** Whose flags a component runs with: the ones synthesised here, or those of kubeadm's manifests. */
export type Profile = 'ours' | 'kubeadm';

/** What kubeadm 1.37 writes, and what the drill needs to run at all. Source: KK:cmd/kubeadm/app/phases/controlplane/manifests.go. */
const KUBEADM: { readonly [binary: string]: RegExp } = {
  'kube-apiserver': /^(advertise-address|allow-privileged|authorization-mode|bind-address|client-ca-file|enable-admission-plugins|enable-bootstrap-token-auth|encryption-provider-config|etcd-(servers|cafile|certfile|keyfile)|kubelet-client-.*|kubelet-preferred-address-types|proxy-client-.*|requestheader-(client|allowed|username|group|extra).*|secure-port|service-.*|tls-cert-file|tls-private-key-file)$/,
  'kube-controller-manager': /^(kubeconfig|authentication-kubeconfig|authorization-kubeconfig|bind-address|secure-port|client-ca-file|requestheader-client-ca-file|root-ca-file|service-account-private-key-file|cluster-signing-.*|cluster-name|use-service-account-credentials|controllers|leader-elect|service-cluster-ip-range|allocate-node-cidrs)$/,
};

const flagOf = (argument: string) => argument.slice(2).split('=')[0];

/** A control plane with one etcd member per ring, whose API server can be started with either set of flags on the same data. */
export class Plane {
  /** Lay machines out, start etcd, do the work, end everything. */
  public static async with<T>(shared: Scene, work: (plane: Plane) => Promise<T>): Promise<T> {
    const scene = new Scene(shared.binaries, shared.extent);
    try {
      await scene.controlPlane.prepare();
      const plane = new Plane(scene);
      for (const pod of scene.controlPlane.pods('etcd').filter(p => p.machine === scene.controlPlane.first)) { plane.start(pod, 'etcd', plane.alone(pod)); }
      return await work(plane);
    } finally {
      await scene.end(false);
    }
  }

  public admin!: KubeClient;
  private apiServer?: Server;

  private constructor(public readonly scene: Scene) {}

  public get server(): Server { return this.apiServer!; }

  /** The API server, in place of the one before. */
  public async startApiServer(profile: Profile): Promise<Server> {
    await this.killApiServer();
    const { controlPlane } = this.scene;
    const pod = controlPlane.pod('kube-apiserver');
    const server = this.apiServer = this.start(pod, `kube-apiserver-${profile}`, this.argv(pod, profile));
    this.admin = await controlPlane.adminClient();
    await until(`API server with the flags of ${profile}`, 180, async () => (await this.admin.get('/readyz')).body === 'ok', [server]);
    return server;
  }

  /** Controller manager and scheduler. */
  public startControllers(profile: Profile): void {
    const { controlPlane } = this.scene;
    const manager = controlPlane.pod('kube-controller-manager');
    this.start(manager, 'kube-controller-manager', this.argv(manager, profile));
    const scheduler = controlPlane.pod('kube-scheduler');
    const ours = controlPlane.argv(scheduler);
    // kubeadm's scheduler has no configuration file.
    const kubeconfig = `${controlPlane.placement.root(controlPlane.first)}/etc/kubernetes/scheduler.conf`;
    this.start(scheduler, 'kube-scheduler', profile === 'ours' ? ours : [...ours.filter(argument => flagOf(argument) !== 'config'), `--kubeconfig=${kubeconfig}`, '--leader-elect=true']);
  }

  /** At once: what is judged is how it worked, not how it ends. */
  public async killApiServer(): Promise<void> {
    const server = this.apiServer;
    if (!server) { return; }
    const { servers } = this.scene.controlPlane;
    servers.splice(0, servers.length, ...servers.filter(other => other !== server));
    this.apiServer = undefined;
    if (server.exitCode() === undefined) { process.kill(server.pid, 'SIGKILL'); }
    await until(`the end of ${server.name}`, 30, async () => server.exitCode() !== undefined);
  }

  private start(pod: StaticPodFile, tool: string, args: string[]): Server {
    const binary = tool.replace(/-(ours|kubeadm)$/, '');
    const server = this.scene.processes.start(`${tool}-${pod.name}`, this.scene.binaries[binary].path, args, pod.argv[0] === 'etcd' ? pod.env : {});
    this.scene.controlPlane.servers.push(server);
    return server;
  }

  private argv(pod: StaticPodFile, profile: Profile): string[] {
    const args = this.alone(pod);
    return profile === 'ours' ? args : args.filter(argument => KUBEADM[pod.argv[0]].test(flagOf(argument)));
  }

  /** Arguments with one member per ring. */
  private alone(pod: StaticPodFile): string[] {
    return this.scene.controlPlane.argv(pod).map(argument => {
      const [flag, value] = [flagOf(argument), argument.slice(argument.indexOf('=') + 1)];
      if (flag === 'initial-cluster') { return `--${flag}=${value.split(',').find(member => member.startsWith(`${pod.machine}=`))!}`; }
      if (flag === 'etcd-servers') { return `--${flag}=${value.split(',')[0]}`; }
      if (flag === 'etcd-servers-overrides') { return `--${flag}=${value.split(';')[0]}`; }
      return argument;
    });
  }
}

/** Priority levels and flow schemas that the library writes for a machine with the cores of this one. */
export function flowControlForThisMachine(): any[] {
  const cluster = ClusterFacts.of({
    name: 'drill',
    controlPlane: { endpoint: 'api.drill.example.com:6443', machine: MachineShape.of({ cpu: os.cpus().length, memory: Size.gibibytes(16) }), members: [{ name: 'one', address: '172.16.0.11', zone: 'a' }] },
    network: { nodeCidr: '172.16.0.0/16' },
    pools: [NodePool.of('all', { nodes: 1200, machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) }) })],
  });
  const chart = new Chart(new App(), 'drill');
  new TunedApiServer(chart, 'api', { cluster, etcd: new EtcdCluster(chart, 'etcd', { cluster }) });
  HostFiles.of(chart).leaveOut();
  return Testing.synth(chart).filter(object => /^flowcontrol\./.test(object.apiVersion));
}

const FLOWCONTROL = '/apis/flowcontrol.apiserver.k8s.io/v1';
const pathOf = (object: any) => `${FLOWCONTROL}/${object.kind === 'FlowSchema' ? 'flowschemas' : 'prioritylevelconfigurations'}/${object.metadata.name}`;

export async function applyFlowControl(client: KubeClient): Promise<void> {
  for (const object of flowControlForThisMachine()) {
    const answer = await client.apply(pathOf(object), object);
    if (answer.status >= 300) { throw new Error(`${object.kind} ${object.metadata.name}: ${JSON.stringify(answer.body).slice(0, 300)}`); }
  }
}

const MOST_BYTES = 12 * 1024 ** 3;
const LEAST_FREE = 1.5 * 1024 ** 3;

/** Resident memory of our own API server, and its end before the machine starves. */
export class MemoryGuard {
  public peak = 0;
  public stopped = false;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly server: Server) {
    this.timer = setInterval(() => this.look(), 200);
  }

  public end(): void { clearInterval(this.timer); }

  private look(): void {
    if (this.server.exitCode() !== undefined) { return; }
    this.peak = Math.max(this.peak, residentBytes(this.server.pid));
    if (this.peak > MOST_BYTES || os.freemem() + cachedBytes() < LEAST_FREE) {
      this.stopped = true;
      this.end();
      process.kill(this.server.pid, 'SIGKILL');
    }
  }
}

export function residentBytes(pid: number): number {
  const status = fs.existsSync(`/proc/${pid}/status`) ? fs.readFileSync(`/proc/${pid}/status`, 'utf8') : '';
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}

function cachedBytes(): number {
  const available = Number(/MemAvailable:\s+(\d+)/.exec(fs.readFileSync('/proc/meminfo', 'utf8'))?.[1] ?? 0) * 1024;
  return Math.max(0, available - os.freemem());
}
