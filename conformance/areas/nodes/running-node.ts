import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, Chart, Size } from 'cdk8s';
import { parse, stringify } from 'yaml';
import { ClusterFacts, Containerd, HostFiles, Installer, MachineShape, NodePool, NodePoolKubelet, PoolKind } from '../../../src';
import { Finished, logTail, Server } from '../../processes';
import { Scene } from '../../scene';
import { until } from '../../waiting';

/** A value of the node's files that is another one here. */
export interface NodeRewrite { readonly setting: string; readonly to: string | boolean; readonly why: string }

/** What somebody did to the node's files before it started. */
export interface NodeChange {
  readonly kubelet?: (configuration: any) => void;
  /** Kernel settings that have another value than the pool's file says. */
  readonly settings?: { readonly [key: string]: string };
}

const HIERARCHIES = '/sys/fs/cgroup';
const KUBELET_CONFIG = 'var/lib/kubelet/config.yaml';
const TOKEN = 'abcdef.0123456789abcdef';

/** Why no node can be started here; undefined where one can. */
export function needsNamespaces(): string | undefined {
  return spawnSync('unshare', ['--mount', '--uts', '--pid', '--fork', '--mount-proc', 'true']).status === 0 ? undefined : 'needs the right to make namespaces and control groups (root)';
}

/**
 * A node of a pool as its files make it: a real containerd and a real kubelet, started by the pool's unit with the files at their own paths. Mounts, processes, host
 * name and kernel settings are the node's own and end with it; so do its control groups, which lie below one of the run.
 */
export class RunningNode {
  /** A pool of this kind on machines like this one; its files are those of the plain form. */
  public static lay(scene: Scene, name: string, kind: PoolKind, change: NodeChange = {}): RunningNode {
    const cores = os.cpus().length;
    const memory = Size.gibibytes(Math.floor(os.totalmem() / 1024 ** 3));
    const pool = NodePool.of(name, { nodes: 8, kind, machine: MachineShape.of({ cpu: cores, memory, numaNodes: 1 }) });
    const [host] = scene.controlPlane.pod('kube-apiserver').argv.filter(word => word.startsWith('--advertise-address='));
    const cluster = ClusterFacts.of({
      name: 'shop',
      network: { podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20' },
      controlPlane: { endpoint: 'api.shop.example.com:6443', members: [{ name: scene.controlPlane.first, address: host.split('=')[1] }] },
      pools: [pool],
    });
    const chart = new Chart(new App({ outdir: '/dev/null' }), 'node');
    new NodePoolKubelet(chart, name, { cluster, pool, containerd: Containerd.of() });
    const folder = path.join(scene.folder, 'running', name);
    HostFiles.of(chart).write(path.join(folder, 'host'), Installer.plain());
    return new RunningNode(scene, name, folder, change);
  }

  public readonly rewrites: NodeRewrite[];
  /** The kubelet's configuration as the pool has it. */
  public readonly written: any;
  private readonly root: string;
  private readonly group: string;
  private readonly groups: string[];
  private server!: Server;

  private constructor(private readonly scene: Scene, public readonly name: string, private readonly folder: string, private readonly change: NodeChange) {
    this.root = path.join(folder, 'root');
    this.group = `thousand-node-${path.basename(scene.folder)}-${name}`;
    fs.cpSync(path.join(folder, 'host/plain/pools', name), this.root, { recursive: true });
    this.written = parse(this.text(KUBELET_CONFIG));
    const isOne = !fs.existsSync(path.join(HIERARCHIES, 'cgroup.controllers'));
    this.groups = (isOne ? fs.readdirSync(HIERARCHIES).filter(hierarchy => fs.existsSync(path.join(HIERARCHIES, hierarchy, 'cgroup.procs'))) : ['']).map(hierarchy => path.join(HIERARCHIES, hierarchy, this.group));
    this.rewrites = [
      ...(isOne ? [{ setting: 'failCgroupV1', to: false, why: 'this machine has control groups of version 1' }] : []),
      { setting: 'cgroupRoot', to: `/${this.group}`, why: 'groups of the run alone' },
      { setting: 'cgroupDriver', to: 'cgroupfs', why: 'no systemd runs on this node: containerd is told so, and the kubelet takes its word' },
      { setting: 'address', to: this.address, why: 'servers stay on loopback' },
      { setting: 'healthzBindAddress', to: this.address, why: 'servers stay on loopback' },
    ];
  }

  public get address(): string { return this.scene.controlPlane.placement.loopback.extra(20); }

  /** Starts both; the kubelet's word is in `log`. */
  public start(): void {
    this.scene.atEnd(async () => { await this.end(); });
    for (const group of this.groups) { fs.mkdirSync(group, { recursive: true }); }
    this.layOut();
    this.server = this.scene.processes.start(`node-${this.name}`, 'unshare', ['--mount', '--uts', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', this.script()]);
  }

  /** Ends the kubelet, and with it everything on the node. */
  public async end(): Promise<void> {
    if (this.server === undefined) { return; }
    const children = `/proc/${this.server.pid}/task/${this.server.pid}/children`;
    // unshare keeps a signal to itself; the first process of the node takes it.
    if (this.server.exitCode() === undefined && fs.existsSync(children)) { for (const child of fs.readFileSync(children, 'utf8').trim().split(' ').filter(Boolean)) { process.kill(Number(child), 'SIGTERM'); } }
    await until('the node is gone', 20, async () => this.server.exitCode() !== undefined).catch(() => this.server.stop());
    for (const group of this.groups.filter(folder => fs.existsSync(folder))) { removeGroups(group); }
  }

  /** What is left of it on this machine. */
  public remains(): string[] {
    const mounts = fs.readFileSync('/proc/self/mounts', 'utf8').split('\n').filter(line => line.includes(this.folder));
    return [...mounts, ...this.groups.filter(group => fs.existsSync(group))];
  }

  public get log(): string { return fs.readFileSync(this.server.logFile, 'utf8'); }
  public exitCode(): number | null | undefined { return this.server.exitCode(); }

  public async waitFor(what: string, seconds: number, condition: () => Promise<boolean>): Promise<number> {
    return until(what, seconds, condition, [this.server], 500).catch(error => { throw new Error(`${error.message}: ${logTail(this.server, 2).slice(0, 600)}`); });
  }

  /** A request to the kubelet by its name, which its certificate has to bear. */
  public ask(where: string, files?: { cert: string; key: string }): Promise<Finished> {
    const { ca } = this.scene.controlPlane.adminFiles;
    const client = files === undefined ? [] : ['--cert', files.cert, '--key', files.key];
    return this.scene.processes.run('curl', ['-sS', '--max-time', '10', '--write-out', '\n%{http_code}', '--cacert', ca, ...client, '--connect-to', `${this.name}:10250:${this.address}:10250`, `https://${this.name}:10250${where}`]);
  }

  private layOut(): void {
    const { root, folder, scene } = this;
    for (const name of ['work/etc', 'work/usr', 'work/var', 'data/kubelet', 'data/containerd', 'run/containerd', 'settings']) { fs.mkdirSync(path.join(folder, name), { recursive: true }); }
    const put = (file: string, content: string | Buffer, mode = 0o644) => {
      fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      fs.writeFileSync(path.join(root, file), content, { mode });
    };
    // What the guide wants from the user.
    put('etc/kubernetes/pki/ca.crt', fs.readFileSync(scene.controlPlane.adminFiles.ca));
    put('etc/kubernetes/bootstrap-token', TOKEN, 0o600);
    const [, endpoint] = /server: "?https:\/\/([^:"]+):/.exec(this.text('etc/kubernetes/bootstrap-kubelet.conf'))!;
    put('etc/hosts', `127.0.0.1 localhost\n${new URL(scene.controlPlane.apiServerUrl).hostname} ${endpoint}\n`);
    put('usr/bin/kubelet', '', 0o755);
    put('etc/containerd/config.toml', this.text('etc/containerd/config.toml').replace('SystemdCgroup = true', 'SystemdCgroup = false'));
    const configuration = { ...this.written, ...Object.fromEntries(this.rewrites.filter(({ setting }) => setting !== 'cgroupDriver').map(({ setting, to }) => [setting, to])) };
    this.change.kubelet?.(configuration);
    // The kubelet's data cannot lie on an overlay.
    fs.writeFileSync(path.join(folder, 'data/kubelet/config.yaml'), stringify(configuration));
  }

  /** Settings of the pool's file that no module brings, at the place where the kubelet reads them. */
  private settings(): string[] {
    return [...this.text('etc/sysctl.d/95-thousand-node.conf').matchAll(/^((?:vm|kernel)\.\S+) = (.*)$/gm)].map(([, key, value]) => {
      const file = path.join(this.folder, 'settings', key);
      fs.writeFileSync(file, `${this.change.settings?.[key] ?? value}\n`);
      return `mount --bind ${file} /proc/sys/${key.replaceAll('.', '/')}`;
    });
  }

  private script(): string {
    const { root, folder, scene } = this;
    const [, command] = /^ExecStart=(.*)$/m.exec(this.text('etc/systemd/system/kubelet.service'))!;
    const file = path.join(folder, 'node.sh');
    fs.writeFileSync(file, `set -eu
hostname ${this.name}
${['etc', 'usr', 'var'].map(place => `mount -t overlay overlay -o lowerdir=/${place},upperdir=${root}/${place},workdir=${folder}/work/${place} /${place}`).join('\n')}
mkdir -p /var/lib/kubelet /var/lib/containerd
mount --bind ${folder}/data/kubelet /var/lib/kubelet
mount --bind ${folder}/data/containerd /var/lib/containerd
mount --bind ${folder}/run /run
mount -t tmpfs tmpfs /opt
mount --bind ${scene.binaries.kubelet.path} /usr/bin/kubelet
${this.settings().join('\n')}
PATH="${path.dirname(scene.binaries['containerd-shim-runc-v2'].path)}:$PATH" ${scene.binaries.containerd.path} > ${folder}/containerd.log 2>&1 &
tries=0
until [ -S /run/containerd/containerd.sock ]; do tries=$((tries + 1)); [ $tries -lt 120 ] || exit 1; sleep 0.5; done
exec ${command}
`);
    return file;
  }

  private text(file: string): string { return fs.readFileSync(path.join(this.root, file), 'utf8'); }
}

/** From the innermost; a group whose last process is just ending is asked again. */
function removeGroups(folder: string): void {
  for (const name of fs.readdirSync(folder)) { if (fs.statSync(path.join(folder, name)).isDirectory()) { removeGroups(path.join(folder, name)); } }
  for (let tries = 0; fs.existsSync(folder); tries++) {
    try { fs.rmdirSync(folder); } catch (error) {
      if (tries === 50) { throw error; }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    }
  }
}
