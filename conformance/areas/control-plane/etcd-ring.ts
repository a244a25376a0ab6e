import * as fs from 'node:fs';
import * as path from 'node:path';
import { EtcdGateway, MemberStatus } from './etcd-gateway';
import { StaticPodFile } from '../../control-plane/host-tree';
import { Server } from '../../processes';
import { Scene } from '../../scene';
import { until } from '../../waiting';

/** One member: its static pod, how it runs here, and a client that speaks to it alone. */
export interface RingMember {
  readonly name: string;
  readonly args: string[];
  readonly env: { [name: string]: string };
  readonly url: string;
  readonly gateway: EtcdGateway;
  server?: Server;
}

/** How a ring differs from the synthesised one. */
export interface RingOptions {
  /** Names data folders and logs. */
  readonly label: string;
  /** @default - all of them */
  readonly members?: number;
  /** Flags with other values, by name without dashes. */
  readonly flags?: { readonly [name: string]: string };
  /** Folder for the data @default - the path of the manifest, below the machine's folder */
  readonly dataFolder?: string;
}

/** A ring of the reference cluster whose members can be killed and started again. */
export class EtcdRing {
  public static async start(scene: Scene, ring: string, options: RingOptions): Promise<EtcdRing> {
    const { controlPlane } = scene;
    const pods = controlPlane.pods('etcd').filter(pod => pod.name === `etcd-${ring}`);
    const pki = path.join(controlPlane.placement.root(controlPlane.first), '/etc/kubernetes/pki/etcd');
    const files = { ca: `${pki}/ca.crt`, cert: `${pki}/healthcheck-client.crt`, key: `${pki}/healthcheck-client.key` };
    const chosen = pods.slice(0, options.members ?? pods.length);
    const started = new EtcdRing(scene, ring, options.label, chosen.map(pod => {
      const args = argumentsOf(scene, pod, chosen, options);
      const url = value(args, 'advertise-client-urls');
      return { name: pod.machine, args, env: pod.env, url, gateway: new EtcdGateway(url, files) };
    }));
    started.members.forEach(member => started.startMember(member));
    await started.whole();
    return started;
  }

  private constructor(private readonly scene: Scene, private readonly ring: string, private readonly label: string, public readonly members: RingMember[]) {}

  public get living(): RingMember[] { return this.members.filter(member => member.server !== undefined && member.server.exitCode() === undefined); }

  /** Start a member, also one that was killed: its data is where it was. */
  public startMember(member: RingMember): void {
    member.gateway.close();
    member.server = this.scene.processes.start(`etcd-${this.ring}-${this.label}-${member.name}`, this.scene.binaries.etcd.path, member.args, member.env);
  }

  /** Kill members as a power failure would, all at once, and wait until the last one is gone; the time just before the first. */
  public async kill(members: RingMember[]): Promise<number> {
    const at = performance.now();
    members.forEach(member => process.kill(member.server!.pid, 'SIGKILL'));
    await until(`${members.map(member => member.name).join(', ')} gone`, 10, async () => members.every(member => member.server!.exitCode() !== undefined), [], 5);
    members.forEach(member => { member.gateway.close(); });
    return at;
  }

  /** Every member answers, all name the same leader, and nobody is behind. */
  public async whole(): Promise<number> {
    return until(`${this.ring} ring (${this.label}) whole`, 90, async () => {
      const all = await this.statuses();
      const newest = Math.max(...all.map(status => status.appliedIndex));
      return all.every(status => status.leader !== '0' && status.leader === all[0].leader && newest - status.appliedIndex < 200);
    }, this.living.flatMap(member => member.server ?? []), 100);
  }

  public async leader(): Promise<RingMember> {
    const all = await this.statuses();
    const index = all.findIndex(status => status.memberId === status.leader);
    if (index === -1) { throw new Error(`no leader among ${this.living.length} members`); }
    return this.living[index];
  }

  public async term(): Promise<number> { return Math.max(...(await this.statuses()).map(status => status.term)); }

  /** End all members; their data is of no further use, so nobody waits for a leader to hand over. */
  public async stop(): Promise<void> {
    await this.kill(this.living);
    this.members.forEach(member => { member.gateway.close(); });
  }

  private statuses(): Promise<MemberStatus[]> { return Promise.all(this.living.map(member => member.gateway.status())); }
}

function argumentsOf(scene: Scene, pod: StaticPodFile, members: StaticPodFile[], options: RingOptions): string[] {
  const args = scene.controlPlane.argv(pod);
  const names = members.map(member => `${member.machine}=`);
  const flags: { [name: string]: string } = {
    'data-dir': options.dataFolder === undefined ? `${value(args, 'data-dir')}-${options.label}` : path.join(options.dataFolder, options.label, pod.name, pod.machine),
    // Only in rings with fewer members than the reference cluster has, which the drills say.
    'initial-cluster': value(args, 'initial-cluster').split(',').filter(entry => names.some(name => entry.startsWith(name))).join(','),
    ...options.flags,
  };
  fs.mkdirSync(flags['data-dir'], { recursive: true, mode: 0o700 });
  return args.map(argument => {
    const flag = /^--([^=]+)=/.exec(argument)![1];
    return flags[flag] === undefined ? argument : `--${flag}=${flags[flag]}`;
  });
}

function value(args: string[], flag: string): string {
  const found = args.find(argument => argument.startsWith(`--${flag}=`));
  if (found === undefined) { throw new Error(`an etcd member without --${flag}`); }
  return found.slice(flag.length + 3);
}
