import * as fs from 'node:fs';
import * as path from 'node:path';
import { parse } from 'yaml';
import { EtcdClient } from './etcd-client';
import { layOutMachines } from '../../control-plane/machines';
import { Placement, rewriteText } from '../../control-plane/rewrite';
import { Finished, Server } from '../../processes';
import { Scene } from '../../scene';
import { until } from '../../waiting';

/** How a ring is made smaller for a drill; both numbers of it stay in accord. */
export interface RingSize {
  readonly quotaBytes?: number;
  /** Feature gates beside those of the manifest. */
  readonly gates?: string[];
}

interface Running {
  readonly manifest: string;
  readonly server: Server;
}

/**
 * The machines of one ring as folders, with a stand-in for each kubelet: it starts the member whose manifest lies in the folder, stops it when the
 * manifest leaves, and starts it again when it changed or the process ended. Manifests and scripts are the synthesised ones; the scripts run as they
 * are, with THOUSAND_NODE_ROOT.
 */
export class EtcdMachines {
  public static async layOut(scene: Scene, ring: string): Promise<EtcdMachines> {
    const folder = path.join(scene.folder, `etcd-operations-${ring}`);
    const machines = scene.plain.staticPods().filter(pod => pod.name === `etcd-${ring}`).map(pod => pod.machine);
    const placement = await layOutMachines(scene.plain, folder, scene.processes);
    for (const machine of machines) {
      const tools = path.join(placement.root(machine), '/opt/thousand-node/etcd');
      fs.mkdirSync(tools, { recursive: true });
      for (const tool of ['etcdctl', 'etcdutl'] as const) { fs.symlinkSync(scene.binaries[tool].path, path.join(tools, tool)); }
    }
    return new EtcdMachines(scene, ring, machines, placement);
  }

  private readonly running = new Map<string, Running>();
  private readonly held = new Set<string>();
  private watching: NodeJS.Timeout | undefined;
  private busy = false;

  private constructor(private readonly scene: Scene, public readonly ring: string, public readonly machines: string[], public readonly placement: Placement) {}

  public root(machine: string): string { return this.placement.root(machine); }
  public dataDir(machine: string): string { return path.join(this.root(machine), `/var/lib/etcd-${this.ring}`); }
  public manifest(machine: string): string { return path.join(this.root(machine), `/etc/kubernetes/manifests/etcd-${this.ring}.yaml`); }
  public clientUrl(machine: string): string { return `https://${this.placement.loopback.address(machine)}:${this.row(machine)[2].split(':').at(-1)}`; }

  /** Files of the client certificate that the scripts use. */
  public credentials(machine = this.machines[0]): { ca: string; cert: string; key: string } {
    const pki = path.join(this.root(machine), '/etc/kubernetes/pki/etcd');
    return { ca: `${pki}/ca.crt`, cert: `${pki}/healthcheck-client.crt`, key: `${pki}/healthcheck-client.key` };
  }

  public client(machine: string): EtcdClient { return new EtcdClient(this.clientUrl(machine), this.credentials(machine)); }

  /** An empty ring from the synthesised files, with a leader. */
  public async fresh(size: RingSize = {}): Promise<void> {
    await this.stop();
    for (const machine of this.machines) {
      fs.rmSync(this.dataDir(machine), { recursive: true, force: true });
      fs.mkdirSync(this.dataDir(machine), { recursive: true, mode: 0o700 });
      for (const folder of ['/var/backups/thousand-node', '/var/lib/thousand-node', '/etc/kubernetes/manifests-held']) {
        fs.rmSync(path.join(this.root(machine), folder), { recursive: true, force: true });
      }
      this.copyManifest(machine, size);
    }
    this.startKubelets();
    await this.serving();
  }

  /** The synthesised manifest as it was copied to the machine. */
  public copyManifest(machine: string, size: RingSize = {}): void {
    const host = `/etc/kubernetes/manifests/etcd-${this.ring}.yaml`;
    const entry = this.scene.plain.at(host).find(e => e.machine === machine)!;
    const quota = size.quotaBytes;
    const placed = this.addressed(this.scene.plain.text(entry), machine);
    const sized = quota === undefined ? placed : placed.replace(/--quota-backend-bytes=\d+/, `--quota-backend-bytes=${quota}`);
    const gates = (size.gates ?? []).map(gate => `,${gate}=true`).join('');
    fs.writeFileSync(this.manifest(machine), sized.replace(/(--feature-gates=[\w=,]+)/, `$1${gates}`), { mode: 0o600 });
    const table = path.join(this.root(machine), '/etc/thousand-node/etcd-rings.tsv');
    const original = this.addressed(this.scene.plain.text(this.scene.plain.at('/etc/thousand-node/etcd-rings.tsv').find(e => e.machine === machine)!), machine);
    fs.writeFileSync(table, quota === undefined ? original : original.split('\n').map(line => {
      const columns = line.split('\t');
      if (columns[0] === this.ring) { columns[6] = String(quota); }
      return columns.join('\t');
    }).join('\n'));
  }

  public startKubelets(): void {
    this.watching ??= setInterval(() => void this.reconcile(), 100);
  }

  /** Kill a member as a power cut does; its kubelet stays away until `bringBack`. */
  public async kill(machine: string): Promise<void> {
    this.held.add(machine);
    const member = this.running.get(machine);
    if (member) {
      process.kill(member.server.pid, 'SIGKILL');
      await until(`${machine} is gone`, 10, async () => member.server.exitCode() !== undefined, [], 20);
      this.running.delete(machine);
    }
  }

  public bringBack(machine: string): void { this.held.delete(machine); }
  public log(machine: string): string { return fs.readFileSync(path.join(this.scene.folder, 'logs', `operations-${this.ring}-${machine}.log`), 'utf8'); }
  public isRunning(machine: string): boolean { return this.running.get(machine)?.server.exitCode() === undefined && this.running.has(machine); }

  /** Run a synthesised script on a machine. */
  public script(machine: string, verb: string, ...words: string[]): Promise<Finished> {
    return this.scene.processes.run(path.join(this.root(machine), `/usr/local/sbin/thousand-node-etcd-${verb}`), ['--ring', this.ring, ...words], {
      env: { THOUSAND_NODE_ROOT: this.root(machine) },
      timeoutMs: 600_000,
    });
  }

  public etcdctl(machines: string[], ...words: string[]): Promise<Finished> {
    const { ca, cert, key } = this.credentials();
    return this.scene.processes.run(this.scene.binaries.etcdctl.path, [
      '--endpoints', machines.map(machine => this.clientUrl(machine)).join(','), '--cacert', ca, '--cert', cert, '--key', key, '--command-timeout=60s', ...words,
    ], { timeoutMs: 300_000 });
  }

  /** A write through every member of `machines` was committed. */
  public async serving(machines = this.machines, seconds = 60): Promise<number> {
    return until(`${machines.length} members of ring ${this.ring} take writes`, seconds, async () => {
      for (const machine of machines) {
        const client = this.client(machine);
        try { await client.put('thousand-node/rehearsal', machine, 2000); } finally { client.close(); }
      }
      return true;
    }, [], 100);
  }

  public async leader(): Promise<string> {
    const status = JSON.parse((await this.etcdctl(this.machines, 'endpoint', 'status', '-w', 'json')).stdout);
    const leader = status.find((s: any) => String(s.Status.header.member_id) === String(s.Status.leader));
    return this.machines.find(machine => this.clientUrl(machine) === leader.Endpoint)!;
  }

  public async stop(): Promise<void> {
    clearInterval(this.watching);
    this.watching = undefined;
    await until('the kubelets are idle', 30, async () => !this.busy, [], 20);
    for (const { server } of this.running.values()) { await server.stop(); }
    this.running.clear();
    this.held.clear();
  }

  private async reconcile(): Promise<void> {
    if (this.busy) { return; }
    this.busy = true;
    try {
      await Promise.all(this.machines.map(machine => this.reconcileMachine(machine)));
    } finally {
      this.busy = false;
    }
  }

  private async reconcileMachine(machine: string): Promise<void> {
    const file = this.manifest(machine);
    const wanted = !this.held.has(machine) && fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
    const present = this.running.get(machine);
    if (present && present.manifest === wanted && present.server.exitCode() === undefined) { return; }
    if (present) {
      // A member that ended by itself is not started at once again, as the kubelet does not.
      if (present.manifest === wanted) { await new Promise(resolve => setTimeout(resolve, 1000)); }
      await present.server.stop();
      this.running.delete(machine);
    }
    if (wanted === undefined) { return; }
    const server = this.scene.processes.start(`operations-${this.ring}-${machine}`, this.scene.binaries.etcd.path, this.argv(machine, wanted));
    this.running.set(machine, { manifest: wanted, server });
  }

  /** The manifest's own arguments; paths get the machine's root, and one address stands for the machine's two. */
  private argv(machine: string, manifest: string): string[] {
    const command: string[] = parse(manifest).spec.containers[0].command;
    return command.slice(1).map(argument => {
      const [flag, value] = [argument.slice(0, argument.indexOf('=')), argument.slice(argument.indexOf('=') + 1)];
      if (flag === '--listen-client-urls') { return `${flag}=${[...new Set(value.split(','))].join()}`; }
      return `${flag}=${value.replace(/^\/(etc\/kubernetes|var\/lib)\//, `${this.root(machine)}/$1/`)}`;
    });
  }

  private addressed(text: string, machine: string): string {
    return rewriteText(text, machine, this.placement);
  }

  private row(machine: string): string[] {
    return fs.readFileSync(path.join(this.root(machine), '/etc/thousand-node/etcd-rings.tsv'), 'utf8').split('\n')
      .map(line => line.split('\t')).find(columns => columns[0] === this.ring && columns[1] === machine)!;
  }
}
