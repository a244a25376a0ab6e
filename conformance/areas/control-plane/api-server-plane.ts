import * as fs from 'node:fs';
import * as os from 'node:os';
import { App, Chart, Size, Testing } from 'cdk8s';
import { drillScene } from './etcd-drill-scene';
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

/** In a storm also those of the reference article. */
export type StormProfile = Profile | 'article';

/** What kubeadm 1.37 writes, and what the drill needs to run at all. Source: KK:cmd/kubeadm/app/phases/controlplane/manifests.go. */
const KUBEADM: { readonly [binary: string]: RegExp } = {
  'kube-apiserver': /^(advertise-address|allow-privileged|authorization-mode|bind-address|client-ca-file|enable-admission-plugins|enable-bootstrap-token-auth|encryption-provider-config|etcd-(servers|cafile|certfile|keyfile)|kubelet-client-.*|kubelet-preferred-address-types|proxy-client-.*|requestheader-(client|allowed|username|group|extra).*|secure-port|service-.*|tls-cert-file|tls-private-key-file)$/,
  'kube-controller-manager': /^(kubeconfig|authentication-kubeconfig|authorization-kubeconfig|bind-address|secure-port|client-ca-file|requestheader-client-ca-file|root-ca-file|service-account-private-key-file|cluster-signing-.*|cluster-name|use-service-account-credentials|controllers|leader-elect|service-cluster-ip-range|allocate-node-cidrs)$/,
};

/** What the article sets beyond kubeadm's, without the two flags that no API server starts with (`watch-cache-sizes` in its spelling, `target-ram-mb`). */
const ARTICLE = ['--max-requests-inflight=4000', '--max-mutating-requests-inflight=2000', '--enable-aggregator-routing=true'];

const LEASES = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases';
const LEADERS = ['kube-controller-manager', 'kube-scheduler'];

const flagOf = (argument: string) => argument.slice(2).split('=')[0];

/** A control plane with one etcd member per ring, whose API server can be started with either set of flags on the same data. */
export class Plane {
  /** Lay machines out, start etcd, do the work, end everything. */
  public static async with<T>(shared: Scene, work: (plane: Plane) => Promise<T>): Promise<T> {
    const scene = new Scene(shared.binaries, shared.extent);
    try {
      await scene.controlPlane.prepare();
      return await Plane.on(scene, work);
    } finally {
      await scene.end(false);
    }
  }

  /** The same on the machines that all drills of a run share, with empty rings: their certificates need not be made again. */
  public static async onDrillMachines<T>(shared: Scene, work: (plane: Plane) => Promise<T>): Promise<T> {
    return Plane.on(await drillScene(shared), work);
  }

  private static async on<T>(scene: Scene, work: (plane: Plane) => Promise<T>): Promise<T> {
    const plane = new Plane(scene);
    try {
      plane.startEtcd();
      return await work(plane);
    } finally {
      // At once: nobody needs a graceful end, and an API server's takes its load balancer's time.
      await plane.kill(scene.controlPlane.servers);
    }
  }

  public admin!: KubeClient;
  private apiServer?: Server;

  private constructor(public readonly scene: Scene) {}

  public get server(): Server { return this.apiServer!; }

  /** The API server, in place of the one before. */
  public async startApiServer(profile: StormProfile): Promise<Server> {
    await this.killApiServer();
    const { controlPlane } = this.scene;
    const pod = controlPlane.pod('kube-apiserver');
    const server = this.apiServer = this.start(pod, `kube-apiserver-${profile}`, this.argv(pod, profile));
    this.admin = await controlPlane.adminClient();
    await until(`API server with the flags of ${profile}`, 180, async () => (await this.admin.get('/readyz')).body === 'ok', [server]);
    return server;
  }

  /** Controller manager and scheduler. */
  public startControllers(profile: StormProfile): Server[] {
    const { controlPlane } = this.scene;
    const manager = controlPlane.pod('kube-controller-manager');
    const scheduler = controlPlane.pod('kube-scheduler');
    const ours = controlPlane.argv(scheduler);
    // kubeadm's scheduler has no configuration file.
    const kubeconfig = `${controlPlane.placement.root(controlPlane.first)}/etc/kubernetes/scheduler.conf`;
    const schedulerArgs = profile === 'ours' ? ours : [...ours.filter(argument => flagOf(argument) !== 'config'), `--kubeconfig=${kubeconfig}`, '--leader-elect=true'];
    return [
      this.start(manager, `kube-controller-manager-${profile}`, this.argv(manager, profile)),
      this.start(scheduler, `kube-scheduler-${profile}`, schedulerArgs),
    ];
  }

  /** Leases of controllers that were killed need not run out first. */
  public async forgetLeaders(): Promise<void> {
    for (const name of LEADERS) { await this.admin.delete(`${LEASES}/${name}`); }
  }

  /** Wait until both of them lead. */
  public async controllersLead(servers: Server[]): Promise<void> {
    const holders = new Map<string, string>();
    const leads = async (name: string) => {
      const answer = await this.admin.get(`${LEASES}/${name}`);
      const renewed = Date.parse(answer.body.spec?.renewTime ?? '');
      const holder = answer.body.spec?.holderIdentity ?? '';
      // Renewed twice since somebody looked: the holder lives.
      const before = holders.get(name);
      holders.set(name, `${holder} ${renewed}`);
      return before !== undefined && before !== holders.get(name) && before.startsWith(`${holder} `);
    };
    await Promise.all(LEADERS.map(name => until(`${name} leads`, 120, () => leads(name), servers)));
  }

  /** At once: what is judged is how it worked, not how it ends. */
  public async killApiServer(): Promise<void> {
    if (this.apiServer) { await this.kill([this.apiServer]); }
    this.apiServer = undefined;
  }

  /** End servers of this plane. */
  public async kill(ending: Server[]): Promise<void> {
    const { servers } = this.scene.controlPlane;
    const gone = [...ending];
    servers.splice(0, servers.length, ...servers.filter(other => !gone.includes(other)));
    for (const server of gone) {
      if (server.exitCode() === undefined) { process.kill(server.pid, 'SIGKILL'); }
      await until(`the end of ${server.name}`, 30, async () => server.exitCode() !== undefined, [], 20);
    }
  }

  public start(pod: StaticPodFile, tool: string, args: string[], label = pod.name): Server {
    const binary = tool.replace(/-(ours|kubeadm|article)$/, '');
    const server = this.scene.processes.start(`${tool}-${label}`, this.scene.binaries[binary].path, args, pod.argv[0] === 'etcd' ? pod.env : {});
    this.scene.controlPlane.servers.push(server);
    return server;
  }

  public argv(pod: StaticPodFile, profile: StormProfile): string[] {
    const args = this.alone(pod);
    if (profile === 'ours') { return args; }
    // kubeadm switches one plugin on; ours have more, with a configuration that kubeadm does not give.
    const kubeadm = args.filter(argument => KUBEADM[pod.argv[0]].test(flagOf(argument)))
      .map(argument => (flagOf(argument) === 'enable-admission-plugins' ? '--enable-admission-plugins=NodeRestriction' : argument));
    return profile === 'article' && pod.argv[0] === 'kube-apiserver' ? [...kubeadm, ...ARTICLE] : kubeadm;
  }

  private startEtcd(): void {
    const { controlPlane } = this.scene;
    for (const pod of controlPlane.pods('etcd').filter(p => p.machine === controlPlane.first)) {
      const args = this.alone(pod);
      const data = args.find(argument => flagOf(argument) === 'data-dir')!.split('=')[1];
      fs.rmSync(data, { recursive: true, force: true });
      fs.mkdirSync(data, { recursive: true, mode: 0o700 });
      this.start(pod, 'etcd', args);
    }
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
