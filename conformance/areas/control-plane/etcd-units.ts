import * as fs from 'node:fs';
import * as path from 'node:path';
import { App, Chart } from 'cdk8s';
import { EtcdClient } from './etcd-client';
import { EtcdCluster, EtcdClusterProps, HostFiles, Installer } from '../../../src';
import { HostTree } from '../../control-plane/host-tree';
import { Loopback } from '../../control-plane/loopback';
import { makeCertificates } from '../../control-plane/machines';
import { Placement, rewriteText } from '../../control-plane/rewrite';
import { Finished, Server } from '../../processes';
import { Scene } from '../../scene';
import { until } from '../../waiting';

const UNIT = 'thousand-node-etcd-main.service';
const ENVIRONMENT = '/etc/thousand-node/etcd-main.env';

/** Host files of an EtcdCluster with these settings. */
export function etcdTree(scene: Scene, label: string, props: EtcdClusterProps): HostTree {
  const chart = new Chart(new App({ outdir: path.join(scene.folder, label, 'dist') }), 'etcd-units');
  new EtcdCluster(chart, 'etcd', props);
  HostFiles.of(chart).write(path.join(scene.folder, label, 'host'), Installer.plain());
  return new HostTree(path.join(scene.folder, label, 'host', 'plain'));
}

/**
 * Machines as folders whose main ring systemd would run: a stand-in reads the synthesised unit and environment as systemd does (credentials are
 * copied, the mark of the scripts keeps the member from starting, it comes back when it ended), and `systemctl` of the scripts reaches it by a file.
 */
export class EtcdUnits {
  public static async layOut(scene: Scene, label: string, tree: HostTree): Promise<EtcdUnits> {
    const folder = path.join(scene.folder, label);
    const { machines } = tree;
    const address = (machine: string) => /^ETCD_ADVERTISE_CLIENT_URLS=https:\/\/([\d.]+):/m.exec(tree.text(tree.at(ENVIRONMENT).find(entry => entry.machine === machine)!))![1];
    const placement: Placement = {
      loopback: await Loopback.free(machines),
      addresses: Object.fromEntries(machines.map(machine => [machine, address(machine)])),
      root: machine => path.join(folder, 'machines', machine),
    };
    const units = new EtcdUnits(scene, label, machines, placement);
    for (const machine of machines) { units.copy(tree, machine); }
    await makeCertificates(machines, placement, scene.processes);
    const systemctl = path.join(folder, 'bin/systemctl');
    fs.mkdirSync(path.dirname(systemctl), { recursive: true });
    fs.writeFileSync(systemctl, SYSTEMCTL, { mode: 0o755 });
    return units;
  }

  /** Binary that a machine starts; a drill of versions changes it. */
  public readonly binary = new Map<string, string>();
  private readonly running = new Map<string, Server>();
  private readonly wanted = new Set<string>();
  private watching: NodeJS.Timeout | undefined;
  private busy = false;

  private constructor(
    private readonly scene: Scene, private readonly label: string, public readonly machines: string[], private readonly placement: Placement,
  ) {}

  public root(machine: string): string { return this.placement.root(machine); }
  public log(machine: string): string { return fs.readFileSync(path.join(this.scene.folder, 'logs', `${this.label}-${machine}.log`), 'utf8'); }
  public clientUrl(machine: string): string { return `https://${this.placement.loopback.address(machine)}:2379`; }
  public address(machine: string): string { return this.placement.loopback.address(machine); }
  public isRunning(machine: string): boolean { return this.running.get(machine)?.exitCode() === undefined && this.running.has(machine); }
  public client(machine: string): EtcdClient { return new EtcdClient(this.clientUrl(machine), this.credentials(machine)); }

  /** Files of a tree to a machine, all or some of them. */
  public copy(tree: HostTree, machine: string, only = /./): void {
    for (const entry of tree.entries.filter(e => e.machine === machine && only.test(e.path))) {
      const file = path.join(this.root(machine), entry.path);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, rewriteText(tree.text(entry), machine, this.placement), { mode: parseInt(entry.mode, 8) });
    }
    const unit = fs.readFileSync(path.join(this.root(machine), '/etc/systemd/system', UNIT), 'utf8');
    for (const disk of settings(unit, 'RequiresMountsFor').flatMap(line => line.split(' '))) { fs.mkdirSync(path.join(this.root(machine), disk), { recursive: true, mode: 0o700 }); }
    const tools = path.join(this.root(machine), '/opt/thousand-node/etcd');
    fs.mkdirSync(tools, { recursive: true });
    for (const tool of ['etcdctl', 'etcdutl'] as const) {
      if (!fs.existsSync(path.join(tools, tool))) { fs.symlinkSync(this.scene.binaries[tool].path, path.join(tools, tool)); }
    }
  }

  public start(machines: string[]): void {
    machines.forEach(machine => this.wanted.add(machine));
    this.watching ??= setInterval(() => void this.reconcile(), 100);
  }

  /** A unit that is there and was never started. */
  public install(machine: string): void {
    const stopped = path.join(this.root(machine), 'run', `${UNIT}.stopped`);
    fs.mkdirSync(path.dirname(stopped), { recursive: true });
    fs.writeFileSync(stopped, '');
    this.start([machine]);
  }

  /** As a power cut does; the machine stays off until it is started again. */
  public async kill(machine: string): Promise<void> {
    this.wanted.delete(machine);
    const server = this.running.get(machine);
    if (!server) { return; }
    process.kill(server.pid, 'SIGKILL');
    await until(`${machine} is gone`, 10, async () => server.exitCode() !== undefined, [], 20);
    this.running.delete(machine);
  }

  /** Stop as systemd does, and start again: the new binary or environment counts. */
  public async restart(machine: string): Promise<void> {
    this.wanted.delete(machine);
    await this.running.get(machine)?.stop();
    this.running.delete(machine);
    this.start([machine]);
  }

  public script(machine: string, verb: string, ...words: string[]): Promise<Finished> {
    return this.scene.processes.run(path.join(this.root(machine), `/usr/local/sbin/thousand-node-etcd-${verb}`), words, {
      env: { THOUSAND_NODE_ROOT: this.root(machine), PATH: `${path.join(this.scene.folder, this.label, 'bin')}:${process.env.PATH}` },
      timeoutMs: 300_000,
    });
  }

  public async serving(machines: string[], seconds = 90): Promise<void> {
    await until(`${machines.join(', ')} take writes`, seconds, async () => {
      for (const machine of machines) {
        const client = this.client(machine);
        try { await client.put('thousand-node/rehearsal', machine, 2000); } finally { client.close(); }
      }
      return true;
    }, [], 100);
  }

  public async stop(): Promise<void> {
    clearInterval(this.watching);
    this.watching = undefined;
    await until('the stand-ins are idle', 30, async () => !this.busy, [], 20);
    for (const server of this.running.values()) { await server.stop(); }
    this.running.clear();
    this.wanted.clear();
  }

  public credentials(machine: string): { ca: string; cert: string; key: string } {
    const pki = path.join(this.root(machine), '/etc/kubernetes/pki/etcd');
    return { ca: `${pki}/ca.crt`, cert: `${pki}/healthcheck-client.crt`, key: `${pki}/healthcheck-client.key` };
  }

  private async reconcile(): Promise<void> {
    if (this.busy) { return; }
    this.busy = true;
    try { await Promise.all([...this.wanted].map(machine => this.reconcileMachine(machine))); } finally { this.busy = false; }
  }

  private async reconcileMachine(machine: string): Promise<void> {
    const unit = fs.readFileSync(path.join(this.root(machine), '/etc/systemd/system', UNIT), 'utf8');
    const [condition] = settings(unit, 'ConditionPathExists');
    const may = !fs.existsSync(path.join(this.root(machine), condition.slice(1))) && !fs.existsSync(path.join(this.root(machine), 'run', `${UNIT}.stopped`));
    const server = this.running.get(machine);
    if (server && may && server.exitCode() === undefined) { return; }
    if (server) {
      // RestartSec, shortened.
      if (may) { await new Promise(resolve => setTimeout(resolve, 1000)); }
      await server.stop();
      this.running.delete(machine);
    }
    if (!may || !this.wanted.has(machine)) { return; }
    const credentials = path.join(this.root(machine), '/run/credentials', UNIT);
    fs.rmSync(credentials, { recursive: true, force: true });
    fs.mkdirSync(credentials, { recursive: true });
    for (const line of settings(unit, 'LoadCredential')) { fs.copyFileSync(path.join(this.root(machine), line.slice(line.indexOf(':') + 1)), path.join(credentials, line.slice(0, line.indexOf(':')))); }
    const [file] = settings(unit, 'EnvironmentFile');
    const lines = fs.readFileSync(path.join(this.root(machine), file), 'utf8').split('\n').filter(line => /^[A-Z]/.test(line));
    const environment = Object.fromEntries(lines.map(line => [line.slice(0, line.indexOf('=')), this.placed(machine, line.slice(line.indexOf('=') + 1))]));
    this.running.set(machine, this.scene.processes.start(`${this.label}-${machine}`, this.binary.get(machine) ?? this.scene.binaries.etcd.path, [], environment));
  }

  /** Paths get the machine's root; one address stands for the machine's two. */
  private placed(machine: string, value: string): string {
    if (/^\/(etc|var|run|srv)\//.test(value)) { return `${this.root(machine)}${value}`; }
    return value.startsWith('https://') ? [...new Set(value.split(','))].join() : value;
  }
}

/** Values of a setting in a unit file. */
export function settings(unit: string, name: string): string[] {
  return unit.split('\n').filter(line => line.startsWith(`${name}=`)).map(line => line.slice(name.length + 1));
}

const SYSTEMCTL = `#!/bin/bash
set -euo pipefail
mkdir -p "$THOUSAND_NODE_ROOT/run"
case "$1 \${2:-}" in
  "stop ${UNIT}") touch "$THOUSAND_NODE_ROOT/run/${UNIT}.stopped" ;;
  "start --no-block") [ "$3" = ${UNIT} ] && rm -f "$THOUSAND_NODE_ROOT/run/${UNIT}.stopped" ;;
  *) echo "unexpected: systemctl $*" >&2; exit 1 ;;
esac
`;
