import * as fs from 'node:fs';
import * as https from 'node:https';
import * as net from 'node:net';

/** An API server behind the balancer. */
export interface Backend {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

/** How a balancer asks its servers; a server is taken back after one good answer. */
export interface HealthCheck {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Bad answers in a row until nobody new is sent there. */
  readonly failures: number;
}

/** When a server came in or went out. */
export interface Change {
  readonly backend: string;
  readonly healthy: boolean;
  readonly at: number;
}

interface Known extends Backend {
  healthy: boolean;
  bad: number;
  /** Open connections. */
  open: number;
}

/**
 * What clouds offer as a load balancer of layer 4: connections go round the servers whose check `GET /readyz` succeeds. A connection stays where it is until
 * one end closes it, and one to a server that is gone is closed, not sent elsewhere.
 */
export class TcpBalancer {
  public static async listen(address: string, port: number, backends: Backend[], caFile: string, check: HealthCheck): Promise<TcpBalancer> {
    const balancer = new TcpBalancer(backends, fs.readFileSync(caFile), check);
    await new Promise<void>((resolve, reject) => {
      balancer.server.once('error', reject);
      balancer.server.listen(port, address, resolve);
    });
    await balancer.checkAll();
    balancer.checking = setInterval(() => { void balancer.checkAll(); }, check.intervalMs);
    return balancer;
  }

  public readonly changes: Change[] = [];
  /** Connections that reached no server. */
  public lost = 0;
  private readonly backends: Known[];
  private readonly server: net.Server;
  private readonly sockets = new Set<net.Socket>();
  private checking?: NodeJS.Timeout;
  private turn = 0;

  private constructor(backends: Backend[], private readonly ca: Buffer, private readonly check: HealthCheck) {
    this.backends = backends.map(backend => ({ ...backend, healthy: false, bad: 0, open: 0 }));
    // Half-open connections are how a server that shuts down says that it will send no more.
    this.server = net.createServer({ allowHalfOpen: true, noDelay: true }, client => this.forward(client));
  }

  public isHealthy(name: string): boolean { return this.backends.some(backend => backend.name === name && backend.healthy); }

  /** Connections to a server that are still open. */
  public openTo(name: string): number { return this.backends.find(backend => backend.name === name)!.open; }

  public async close(): Promise<void> {
    clearInterval(this.checking);
    this.sockets.forEach(socket => socket.destroy());
    await new Promise<void>(resolve => { this.server.close(() => resolve()); });
  }

  private forward(client: net.Socket): void {
    this.keep(client);
    const healthy = this.backends.filter(backend => backend.healthy);
    if (healthy.length === 0) {
      this.lost++;
      client.destroy();
      return;
    }
    const backend = healthy[this.turn++ % healthy.length];
    const upstream = net.connect({ host: backend.host, port: backend.port, noDelay: true, allowHalfOpen: true });
    this.keep(upstream);
    backend.open++;
    let connected = false;
    upstream.once('connect', () => { connected = true; });
    upstream.once('close', () => {
      backend.open--;
      if (!connected) { this.lost++; }
      client.destroySoon();
    });
    client.once('close', () => upstream.destroySoon());
    client.pipe(upstream);
    upstream.pipe(client);
  }

  private keep(socket: net.Socket): void {
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    // Each end learns it from the end of the connection.
    socket.on('error', () => socket.destroy());
  }

  private async checkAll(): Promise<void> {
    await Promise.all(this.backends.map(async backend => {
      const good = await this.ready(backend);
      backend.bad = good ? 0 : backend.bad + 1;
      const healthy = good || (backend.healthy && backend.bad < this.check.failures);
      if (healthy !== backend.healthy) {
        backend.healthy = healthy;
        this.changes.push({ backend: backend.name, healthy, at: Date.now() });
      }
    }));
  }

  /** A connection of its own each time, as a health check makes it; the certificate has to be the cluster's. */
  private ready(backend: Backend): Promise<boolean> {
    return new Promise(resolve => {
      const request = https.get({ host: backend.host, port: backend.port, path: '/readyz', ca: this.ca, agent: false, timeout: this.check.timeoutMs }, response => {
        response.resume();
        resolve(response.statusCode === 200);
      });
      request.on('timeout', () => request.destroy());
      request.on('error', () => resolve(false));
    });
  }
}
