import * as fs from 'node:fs';
import * as path from 'node:path';
import { StaticPodFile } from '../../control-plane/host-tree';
import { machineAddresses, makeCertificates } from '../../control-plane/machines';
import { logTail } from '../../processes';
import { Scene } from '../../scene';
import { until } from '../../waiting';

/** A deliberately wrong machine. */
export interface Sabotage {
  /** Mode of a file, by its path on the machine. */
  readonly modes?: { readonly [hostPath: string]: number };
  /** Text to replace in a file, by its path on the machine. */
  readonly texts?: { readonly [hostPath: string]: { readonly from: string; readonly to: string } };
  /** Arguments of static pods to replace, as they stand in the manifest. */
  readonly arguments?: { readonly [argument: string]: string };
}

const MEMBERS = 3;
const READY_SECONDS = 180;

/**
 * The first control-plane machine with not one byte changed: files at their own paths, addresses and arguments of the output. It lives in
 * namespaces of its own (network, processes, mounts), so the benchmark's `ps` sees this machine alone. Two more machines with the etcd
 * members that a quorum needs stand beside it, plugged into the same switch; nothing is checked there.
 */
export class CisMachine {
  public static async layOut(scene: Scene, label: string, sabotage: Sabotage = {}): Promise<CisMachine> {
    const folder = path.join(scene.folder, label);
    const machines = scene.plain.machines.slice(0, MEMBERS);
    const root = (machine: string) => path.join(folder, machine);
    for (const entry of scene.plain.entries.filter(e => e.machine !== undefined && machines.includes(e.machine))) {
      const file = path.join(root(entry.machine!), entry.path);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      const change = sabotage.texts?.[entry.path];
      fs.writeFileSync(file, change ? scene.plain.text(entry).replace(change.from, change.to) : scene.plain.text(entry));
      fs.chmodSync(file, sabotage.modes?.[entry.path] ?? parseInt(entry.mode, 8));
    }
    const machine = new CisMachine(scene, folder, machines, sabotage);
    for (const name of machines) {
      for (const data of machine.writable(name)) { fs.mkdirSync(path.join(root(name), data), { recursive: true, mode: 0o700 }); }
    }
    await makeCertificates(machines, { root }, scene.processes);
    return machine;
  }

  private constructor(
    private readonly scene: Scene, private readonly folder: string, private readonly machines: string[], private readonly sabotage: Sabotage,
  ) {}

  /** The checked machine's own address. */
  public get address(): string { return machineAddresses(this.scene.plain)[this.machines[0]]; }

  public get logs(): string { return path.join(this.folder, 'logs'); }

  /** Start the machine, run shell lines on it once everything runs, end it all; an error says what is missing. */
  public async run(lines: string[]): Promise<void> {
    fs.mkdirSync(this.logs, { recursive: true });
    const [first, ...others] = this.machines;
    for (const machine of others) {
      this.script(machine, [...this.joining(machine), ...this.pods(machine).filter(pod => pod.argv[0] === 'etcd').map(pod => this.start(pod)), 'wait']);
    }
    const own = this.pods(first);
    const [etcd, apiServer] = ['etcd', 'kube-apiserver'].map(name => own.filter(pod => pod.argv[0] === name));
    const metrics = etcd.map(pod => pod.argv.find(argument => argument.startsWith('--listen-metrics-urls='))!.split('=')[1]);
    this.script(first, [
      ...this.joining(first),
      'pki=/etc/kubernetes/pki',
      'get() { curl -s --max-time 5 --cacert $pki/ca.crt --cert $pki/super-admin.crt --key $pki/super-admin.key "$1"; }',
      `ready() { tries=0; until get "$1" | grep -q '^ok'; do tries=$((tries + 1)); [ $tries -lt ${READY_SECONDS} ] || { echo "$1 does not answer ok" >&2; exit 1; }; sleep 1; done; }`,
      ...etcd.map(pod => this.start(pod)),
      ...metrics.map(url => `ready ${url}/readyz`),
      ...apiServer.map(pod => this.start(pod)),
      'ready https://127.0.0.1:6443/readyz',
      ...own.filter(pod => !etcd.includes(pod) && !apiServer.includes(pod)).map(pod => this.start(pod)),
      'sleep 5',
      ...[...new Set(own.map(pod => pod.argv[0]))].map(name => `ps -C ${name.slice(0, 15)} > /dev/null || { echo "${name} does not run" >&2; exit 1; }`),
      ...lines,
    ]);
    const network = this.script('network', [
      'ip link add switch type bridge',
      'ip link set switch up',
      // Two members on one network stack would reach each other from their own addresses, and a peer certificate has to fit the address.
      'plug() { until [ "$(readlink /proc/$1/ns/net)" != "$(readlink /proc/$$/ns/net)" ]; do sleep 0.1; done',
      '  ip link add port$2 type veth peer name cable$2; ip link set port$2 master switch up; ip link set cable$2 netns $1; }',
      ...others.flatMap((machine, i) => [`unshare --net --mount sh ${this.scriptFile(machine)} &`, `plug $! ${i + 2}`]),
      `unshare --net --mount --pid --fork --kill-child --mount-proc sh ${this.scriptFile(first)} &`,
      'machine=$!; plug $machine 1; wait $machine',
    ]);
    const server = this.scene.processes.start('cis-machine', 'unshare', ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', network]);
    await until('the machine done', 2 * READY_SECONDS, async () => server.exitCode() !== undefined);
    if (server.exitCode() !== 0) { throw new Error(`the machine ended with ${server.exitCode()}: ${logTail(server)}`); }
  }

  /** A machine's own files, then its cable. */
  private joining(machine: string): string[] {
    const cable = `cable${this.machines.indexOf(machine) + 1}`;
    return [
      ...this.mounts(machine),
      'ip link set lo up',
      `until ip link show ${cable} > /dev/null 2>&1; do sleep 0.1; done`,
      `ip address add ${machineAddresses(this.scene.plain)[machine]}/16 dev ${cable}`,
      `ip link set ${cable} up`,
    ];
  }

  private pods(machine: string): StaticPodFile[] { return this.scene.plain.staticPods().filter(pod => pod.machine === machine); }

  /** Host paths that components write to. */
  private writable(machine: string): string[] {
    const data = this.pods(machine).flatMap(pod => pod.argv.filter(argument => argument.startsWith('--data-dir=')).map(argument => argument.slice('--data-dir='.length)));
    return ['/var/log/kubernetes/audit', ...data];
  }

  /** The machine's files over those of this one, which stay untouched. */
  private mounts(machine: string): string[] {
    const root = path.join(this.folder, machine);
    return [
      ...['/etc', '/var'].map(folder => `mount -t overlay overlay -o lowerdir=${root}${folder}:${folder} ${folder}`),
      ...this.writable(machine).map(folder => `mount --bind ${root}${folder} ${folder}`),
    ];
  }

  private start(pod: StaticPodFile): string {
    const args = pod.argv.slice(1).map(argument => this.sabotage.arguments?.[argument] ?? argument);
    const environment = Object.entries(pod.env).map(([name, text]) => `${name}=${text}`);
    const words = ['env', ...environment, this.scene.binaries[pod.argv[0]].path, ...args].map(quoted).join(' ');
    return `${words} > ${path.join(this.logs, `${pod.machine}-${pod.name}.log`)} 2>&1 &`;
  }

  private scriptFile(name: string): string { return path.join(this.folder, `${name}.sh`); }

  private script(name: string, lines: string[]): string {
    fs.writeFileSync(this.scriptFile(name), `set -eu\n${lines.join('\n')}\n`);
    return this.scriptFile(name);
  }
}

const quoted = (word: string) => `'${word.replace(/'/g, '\'\\\'\'')}'`;
