import * as dgram from 'node:dgram';
import * as net from 'node:net';
import { CoreDns } from './core-dns';
import { DNS_PORT } from './local-corefile';

/**
 * The address of a Service on a node: connections and packets go round the endpoints that the node knows of. A connection stays where it is until one end closes
 * it, as kube-proxy and eBPF have it.
 */
export class ServiceAddress {
  public static async listen(address: string): Promise<ServiceAddress> {
    const service = new ServiceAddress(address);
    await new Promise<void>((resolve, reject) => { service.tcp.once('error', reject).listen(DNS_PORT, address, resolve); });
    await new Promise<void>(resolve => { service.udp.bind(DNS_PORT, address, resolve); });
    return service;
  }

  /** Connections and packets that were handed on. */
  public readonly handed = { tcp: 0, udp: 0 };
  private readonly endpoints: CoreDns[] = [];
  private readonly sockets = new Set<net.Socket>();
  private readonly tcp = net.createServer({ noDelay: true, allowHalfOpen: true }, client => this.connect(client));
  private readonly udp = dgram.createSocket('udp4');
  private turn = 0;

  private constructor(public readonly address: string) {
    this.udp.on('message', (message, from) => this.packet(message, from));
  }

  public add(dns: CoreDns): void { this.endpoints.push(dns); }

  public remove(dns: CoreDns): void { this.endpoints.splice(this.endpoints.indexOf(dns), 1); }

  public async close(): Promise<void> {
    this.udp.close();
    this.sockets.forEach(socket => socket.destroy());
    await new Promise<void>(resolve => { this.tcp.close(() => resolve()); });
  }

  private next(): CoreDns | undefined { return this.endpoints.length === 0 ? undefined : this.endpoints[this.turn++ % this.endpoints.length]; }

  private connect(client: net.Socket): void {
    const dns = this.next();
    if (!dns) {
      client.destroy();
      return;
    }
    this.handed.tcp++;
    const upstream = net.connect({ host: dns.address, port: DNS_PORT, noDelay: true, allowHalfOpen: true });
    for (const socket of [client, upstream]) {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
      socket.on('error', () => socket.destroy());
    }
    upstream.once('close', () => client.destroySoon());
    client.once('close', () => upstream.destroySoon());
    client.pipe(upstream);
    upstream.pipe(client);
  }

  private packet(message: Buffer, from: dgram.RemoteInfo): void {
    const dns = this.next();
    if (!dns) { return; }
    this.handed.udp++;
    const out = dgram.createSocket('udp4');
    const close = setTimeout(() => out.close(), 3000);
    out.once('message', answer => {
      clearTimeout(close);
      this.udp.send(answer, from.port, from.address);
      out.close();
    });
    out.on('error', () => { clearTimeout(close); });
    out.send(message, DNS_PORT, dns.address);
  }
}
