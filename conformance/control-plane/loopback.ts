import * as net from 'node:net';

/**
 * Addresses of the machines on this one. Each machine gets two addresses of the loopback range: one for its own address and one for its
 * loopback, so that ports can stay what they are and eight etcd members still do not meet. The second octet is drawn per run, so that
 * two runs at a time do not collide.
 */
export class Loopback {
  public static async free(machines: string[]): Promise<Loopback> {
    for (let attempt = 0; attempt < 50; attempt++) {
      const octet = 16 + Math.floor(Math.random() * 230);
      if (await isFree(`127.${octet}.1.1`, 6443) && await isFree(`127.${octet}.1.1`, 2379)) { return new Loopback(octet, machines); }
    }
    throw new Error('no free block of loopback addresses found in 50 attempts');
  }

  private constructor(private readonly octet: number, private readonly machines: string[]) {}

  /** Stands for the machine's own address. */
  public address(machine: string): string {
    return `127.${this.octet}.1.${this.index(machine)}`;
  }

  /** Stands for the machine's 127.0.0.1. */
  public loopback(machine: string): string {
    return `127.${this.octet}.2.${this.index(machine)}`;
  }

  /** Further addresses for servers that no machine of the output has. */
  public extra(index: number): string {
    return `127.${this.octet}.3.${index}`;
  }

  private index(machine: string): number {
    const index = this.machines.indexOf(machine);
    if (index === -1) { throw new Error(`'${machine}' is not a machine of this run`); }
    return index + 1;
  }
}

function isFree(address: string, port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(port, address, () => server.close(() => resolve(true)));
  });
}
