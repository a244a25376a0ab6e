import * as fs from 'node:fs';
import * as http from 'node:http';
import { ask } from './dns-client';
import { DNS_PORT, HEALTH_PORT, LocalPlace, METRICS_PORT, placedCorefile, READY_PORT } from './local-corefile';
import { Loopback } from '../../control-plane/loopback';
import { logTail, Server } from '../../processes';
import { Scene } from '../../scene';
import { until } from '../../waiting';

/** What a CoreDNS of a drill runs with. */
export interface CoreDnsRun {
  /** Name of its folder and log. */
  readonly name: string;
  /** As it lies in the output. */
  readonly corefile: string;
  /** @default - that of the default release */
  readonly binary?: string;
  /** @default - none */
  readonly env?: { [name: string]: string };
  /** Further arguments. @default - none */
  readonly arguments?: string[];
}

/** A CoreDNS of a drill. */
export class CoreDns {
  public static start(scene: Scene, run: CoreDnsRun, place: LocalPlace): CoreDns {
    const file = scene.file(`dns/${run.name}/Corefile`, placedCorefile(run.corefile, place));
    const args = ['-conf', file, ...(run.arguments ?? [])];
    return new CoreDns(scene.processes.start(`dns-${run.name}`, run.binary ?? scene.binaries.coredns.path, args, run.env), place.address);
  }

  private constructor(public readonly server: Server, public readonly address: string) {}

  public get at(): { address: string; port: number } { return { address: this.address, port: DNS_PORT }; }

  /** Wait until it says that it is ready, which it does once it has all Services. */
  public async ready(seconds = 90): Promise<number> {
    const started = Date.now();
    await until(`${this.server.name} is ready`, seconds, () => this.isReady(), [this.server], 100)
      .catch(error => { throw new Error(`${error.message}; ${logTail(this.server)}`); });
    // The readiness server starts before the sockets of DNS do, some milliseconds.
    await this.answers('ready.invalid', 10);
    return (Date.now() - started) / 1000;
  }

  public async isReady(): Promise<boolean> { return (await this.http(READY_PORT, '/ready')).status === 200; }

  public async isHealthy(): Promise<boolean> { return (await this.http(HEALTH_PORT, '/health')).status === 200; }

  /** Wait until it answers at all. */
  public async answers(name: string, seconds = 30): Promise<void> {
    await until(`${this.server.name} answers`, seconds, async () => !(await ask(this.at, name)).rcode.startsWith('NETWORK'), [this.server], 20);
  }

  public async metrics(port = METRICS_PORT): Promise<string> { return (await this.http(port, '/metrics')).body; }

  /** Sum of the samples of a metric whose labels hold all of these. */
  public async metric(name: string, labels: string[] = [], port = METRICS_PORT): Promise<number> {
    return (await this.metrics(port)).split('\n')
      .filter(line => (line.startsWith(`${name}{`) || line.startsWith(`${name} `)) && labels.every(label => line.includes(label)))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  }

  /** A signal of the kubelet that ends a pod. */
  public terminate(): void { process.kill(this.server.pid, 'SIGTERM'); }

  /** At once. */
  public async kill(): Promise<void> {
    if (this.server.exitCode() !== undefined) { return; }
    process.kill(this.server.pid, 'SIGKILL');
    await this.ended(10);
  }

  public ended(seconds: number): Promise<number> {
    return until(`the end of ${this.server.name}`, seconds, async () => this.server.exitCode() !== undefined, [], 50);
  }

  public log(): string { return fs.readFileSync(this.server.logFile, 'utf8'); }

  private http(port: number, path: string): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const request = http.get({ host: this.address, port, path, timeout: 5000, agent: false }, response => {
        const chunks: Buffer[] = [];
        response.on('data', chunk => chunks.push(chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
      });
      request.on('timeout', () => request.destroy(new Error(`${path}: no answer within 5 s`)));
      request.on('error', reject);
    });
  }
}

const blocks = new WeakMap<Scene, Promise<Loopback>>();
let given = 0;

/** A loopback address that no other server of this run has. */
export async function freshAddress(scene: Scene): Promise<string> {
  if (!blocks.has(scene)) { blocks.set(scene, Loopback.free([])); }
  return (await blocks.get(scene)!).extra(++given);
}

/**
 * The resolver outside of the cluster: names below `example.com` and `example.org` have addresses, others do not exist. A CoreDNS too, with a Corefile that
 * is nobody's output.
 */
export async function externalResolver(scene: Scene, name = 'resolver'): Promise<CoreDns> {
  const corefile = `.:53 {
    template ANY ANY {
        rcode NXDOMAIN
        authority ". 30 IN SOA resolver.example. hostmaster.example. 1 60 60 60 30"
    }
    ready
}
example.com:53 example.org:53 {
    prometheus :9153
    template IN A {
        answer "{{ .Name }} 30 IN A 192.0.2.80"
    }
    template IN AAAA {
        answer "{{ .Name }} 30 IN AAAA 2001:db8::80"
    }
}
`;
  const resolver = CoreDns.start(scene, { name, corefile }, { address: await freshAddress(scene), upstream: '' });
  await resolver.ready();
  return resolver;
}
