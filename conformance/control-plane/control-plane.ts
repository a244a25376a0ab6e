import * as path from 'node:path';
import { HostTree, StaticPodFile } from './host-tree';
import { clientCertificate, layOutMachines } from './machines';
import { flagNames, Placement, Rewrite, rewriteArgv } from './rewrite';
import { KubeClient } from '../kube-client';
import { Processes, Server } from '../processes';
import { until } from '../waiting';

export type Binaries = { readonly [tool: string]: { readonly path: string; readonly version: string } };

/** The control plane of a host tree, running on this machine. */
export class ControlPlane {
  public readonly rewrites: Rewrite[] = [];
  /** Static pods whose set of flags changed on the way; must stay empty. */
  public readonly changedFlags: string[] = [];
  public readonly servers: Server[] = [];
  public placement!: Placement;
  /** Machine whose API server, controller manager and scheduler run; the other machines' are the same text with another address. */
  public readonly first: string;

  constructor(private readonly tree: HostTree, private readonly folder: string, private readonly binaries: Binaries, private readonly processes: Processes) {
    this.first = tree.machines[0];
  }

  /** Lay machines out with certificates, once; nothing runs yet. */
  public async prepare(): Promise<void> {
    this.placement ??= await layOutMachines(this.tree, this.folder, this.processes);
  }

  /** The administrator's client of a running API server; where nothing runs, etcd and API server start. */
  public async running(): Promise<KubeClient> {
    if (this.servers.length === 0) {
      await this.prepare();
      this.startEtcd();
      await this.startApiServer();
    }
    return this.adminClient();
  }

  /** End everything, last started first; data stays, and `running` starts again with it. */
  public async stop(): Promise<void> {
    for (const server of this.servers.splice(0).reverse()) { await server.stop(); }
  }

  /** All members of all rings. */
  public startEtcd(): Server[] {
    return this.pods('etcd').map(pod => this.startPod(pod, 'etcd'));
  }

  public async startApiServer(): Promise<{ server: Server; seconds: number }> {
    const server = this.startPod(this.pod('kube-apiserver'), 'kube-apiserver');
    const admin = await this.adminClient();
    const seconds = await until('kube-apiserver /readyz', 180, async () => (await admin.get('/readyz')).body === 'ok', [server]);
    return { server, seconds };
  }

  public startControllerManager(): Server { return this.startPod(this.pod('kube-controller-manager'), 'kube-controller-manager'); }
  public startScheduler(): Server { return this.startPod(this.pod('kube-scheduler'), 'kube-scheduler'); }

  /** Static pods of a binary: `etcd`, `kube-apiserver`, ... */
  public pods(binary: string): StaticPodFile[] {
    return this.tree.staticPods().filter(pod => pod.argv[0] === binary);
  }

  public pod(binary: string): StaticPodFile {
    const pod = this.pods(binary).find(p => p.machine === this.first);
    if (!pod) { throw new Error(`no static pod of ${binary} on ${this.first}`); }
    return pod;
  }

  /** Arguments of a static pod as they run here. */
  public argv(pod: StaticPodFile): string[] {
    const args = rewriteArgv(pod.argv[0], pod.machine, pod.argv, this.placement, this.rewrites);
    if (flagNames(args).join() !== flagNames(pod.argv).join()) { this.changedFlags.push(`${pod.machine}/${pod.name}`); }
    return args;
  }

  public get apiServerUrl(): string { return `https://${this.placement.loopback.address(this.first)}:6443`; }

  /** Files of the administrator's client certificate, made by the synthesised script. */
  public get adminFiles(): { ca: string; cert: string; key: string } {
    const pki = path.join(this.placement.root(this.first), '/etc/kubernetes/pki');
    return { ca: `${pki}/ca.crt`, cert: `${pki}/super-admin.crt`, key: `${pki}/super-admin.key` };
  }

  public async adminClient(): Promise<KubeClient> { return new KubeClient(this.apiServerUrl, this.adminFiles); }

  /** A client certificate of the cluster's authority for a user of the drill. */
  public client(commonName: string, organization: string): Promise<{ ca: string; cert: string; key: string }> {
    return clientCertificate(this.placement, this.processes, this.first, path.join(this.folder, 'clients'), commonName, organization);
  }

  /** etcdctl against a ring, from its first machine. */
  public async etcdctl(ring: string, ...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const members = this.pods('etcd').filter(pod => pod.name === `etcd-${ring}`);
    const port = /:(\d+)$/.exec(members[0].argv.find(argument => argument.startsWith('--advertise-client-urls='))!)![1];
    const pki = path.join(this.placement.root(this.first), '/etc/kubernetes/pki/etcd');
    return this.processes.run(this.binaries.etcdctl.path, [
      '--endpoints', members.map(member => `https://${this.placement.loopback.address(member.machine)}:${port}`).join(','),
      '--cacert', `${pki}/ca.crt`, '--cert', `${pki}/healthcheck-client.crt`, '--key', `${pki}/healthcheck-client.key`, ...args,
    ]);
  }

  private startPod(pod: StaticPodFile, tool: string): Server {
    const server = this.processes.start(`${pod.name}-${pod.machine}`, this.binaries[tool].path, this.argv(pod), pod.env);
    this.servers.push(server);
    return server;
  }
}
