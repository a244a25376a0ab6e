import * as dgram from 'node:dgram';
import * as net from 'node:net';

/** Types that the drills ask for. */
export const TYPE = { A: 1, PTR: 12, TXT: 16, AAAA: 28, SRV: 33 } as const;

export type RecordType = keyof typeof TYPE;

const RCODES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];

/** What a server said, or that it said nothing. */
export interface DnsAnswer {
  /** `NOERROR`, `SERVFAIL`, ...; `TIMEOUT`, or `NETWORK` and its error, when no answer came. */
  readonly rcode: string;
  /** Addresses, names of PTR, `port name` of SRV, texts; sorted. */
  readonly records: string[];
  /** Time to live of the first record. */
  readonly ttl?: number;
  readonly ms: number;
}

export interface DnsServerAddress { readonly address: string; readonly port: number }

/**
 * Ask once, without a second try and without a cache: the resolver of this runtime keeps answers, and a drill that counts lost queries must see
 * every one of them.
 */
export function ask(server: DnsServerAddress, name: string, type: RecordType = 'A', options: { readonly tcp?: boolean; readonly timeoutMs?: number } = {}): Promise<DnsAnswer> {
  const id = Math.floor(Math.random() * 65_536);
  const query = encode(id, name, TYPE[type]);
  const started = performance.now();
  const timeoutMs = options.timeoutMs ?? 2000;
  return new Promise(resolve => {
    const done = (answer: Omit<DnsAnswer, 'ms'>) => {
      clearTimeout(timer);
      close();
      resolve({ ...answer, ms: performance.now() - started });
    };
    const read = (message: Buffer) => { if (message.length >= 12 && message.readUInt16BE(0) === id) { done(decode(message)); } };
    const timer = setTimeout(() => done({ rcode: 'TIMEOUT', records: [] }), timeoutMs);
    const network = (error?: NodeJS.ErrnoException) => done({ rcode: `NETWORK ${error?.code ?? 'closed'}`, records: [] });
    const close = options.tcp ? overTcp(server, query, read, network) : overUdp(server, query, read, network);
  });
}

function overUdp({ address, port }: DnsServerAddress, query: Buffer, read: (message: Buffer) => void, network: (error?: Error) => void): () => void {
  const socket = dgram.createSocket('udp4');
  let open = true;
  socket.on('message', read);
  socket.on('error', network);
  // Connected, so that a port nobody listens on is told at once.
  socket.connect(port, address, () => { if (open) { socket.send(query); } });
  return () => {
    if (open) {
      open = false;
      socket.close();
    }
  };
}

function overTcp({ address, port }: DnsServerAddress, query: Buffer, read: (message: Buffer) => void, network: (error?: Error) => void): () => void {
  const socket = net.connect({ host: address, port, noDelay: true });
  let received = Buffer.alloc(0);
  socket.once('connect', () => socket.write(Buffer.concat([twoBytes(query.length), query])));
  socket.on('data', chunk => {
    received = Buffer.concat([received, chunk]);
    if (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) { read(received.subarray(2, 2 + received.readUInt16BE(0))); }
  });
  socket.once('error', network);
  socket.once('end', () => network());
  return () => socket.destroy();
}

function encode(id: number, name: string, type: number): Buffer {
  const labels = name.replace(/\.$/, '').split('.').filter(label => label !== '');
  const question = labels.flatMap(label => [label.length, ...Buffer.from(label)]);
  // Recursion desired, one question.
  return Buffer.concat([twoBytes(id), Buffer.from([1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...question, 0]), twoBytes(type), twoBytes(1)]);
}

function twoBytes(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function decode(message: Buffer): Omit<DnsAnswer, 'ms'> {
  const code = message[3] % 16;
  const rcode = RCODES[code] ?? `RCODE${code}`;
  let at = 12;
  for (let i = message.readUInt16BE(4); i > 0; i--) { at = nameAt(message, at).next + 4; }
  const records: string[] = [];
  let ttl: number | undefined;
  for (let i = message.readUInt16BE(6); i > 0; i--) {
    at = nameAt(message, at).next;
    const [type, length] = [message.readUInt16BE(at), message.readUInt16BE(at + 8)];
    ttl ??= message.readUInt32BE(at + 4);
    records.push(...data(message, type, at + 10, length));
    at += 10 + length;
  }
  return { rcode, records: records.sort(), ttl };
}

function data(message: Buffer, type: number, at: number, length: number): string[] {
  switch (type) {
    case TYPE.A: return [[...message.subarray(at, at + 4)].join('.')];
    case TYPE.AAAA: return [Array.from({ length: 8 }, (_, i) => message.readUInt16BE(at + 2 * i).toString(16)).join(':')];
    case TYPE.PTR: return [nameAt(message, at).name];
    case TYPE.SRV: return [`${message.readUInt16BE(at + 4)} ${nameAt(message, at + 6).name}`];
    case TYPE.TXT: return [message.subarray(at + 1, at + length).toString()];
    default: return [];
  }
}

/** A name, whose end may be a pointer to an earlier one. */
function nameAt(message: Buffer, start: number): { readonly name: string; readonly next: number } {
  const labels: string[] = [];
  let [at, next] = [start, -1];
  while (message[at] !== 0) {
    if (message[at] >= 192) {
      if (next < 0) { next = at + 2; }
      at = message.readUInt16BE(at) - 49_152;
      continue;
    }
    labels.push(message.subarray(at + 1, at + 1 + message[at]).toString());
    at += 1 + message[at];
  }
  return { name: labels.join('.'), next: next < 0 ? at + 1 : next };
}
