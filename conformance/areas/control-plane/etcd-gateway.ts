import * as fs from 'node:fs';
import * as http2 from 'node:http2';

/** A key and its value, as text. */
export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

/** What a member says of itself. */
export interface MemberStatus {
  readonly memberId: string;
  readonly leader: string;
  readonly term: number;
  readonly appliedIndex: number;
}

const encode = (text: string) => Buffer.from(text, 'utf8').toString('base64');
const decode = (text = '') => Buffer.from(text, 'base64').toString('utf8');

/**
 * One member of a ring over its JSON gateway, many requests at a time on one connection. It never repeats a request and never asks
 * another member: the drills want to know what this member said.
 */
export class EtcdGateway {
  private session?: http2.ClientHttp2Session;
  private readonly tls: { ca: Buffer; cert: Buffer; key: Buffer };

  constructor(private readonly url: string, files: { ca: string; cert: string; key: string }) {
    this.tls = { ca: fs.readFileSync(files.ca), cert: fs.readFileSync(files.cert), key: fs.readFileSync(files.key) };
  }

  public async put(key: string, value: string, timeoutMs?: number, lease?: string): Promise<void> {
    await this.call('/v3/kv/put', { key: encode(key), value: encode(value), ...(lease === undefined ? {} : { lease }) }, timeoutMs);
  }

  /** All of it in one revision. */
  public async putAll(pairs: KeyValue[], timeoutMs?: number): Promise<void> {
    await this.call('/v3/kv/txn', { success: pairs.map(pair => ({ request_put: { key: encode(pair.key), value: encode(pair.value) } })) }, timeoutMs);
  }

  /** The value, or nothing where there is no such key; linearizable. */
  public async get(key: string, timeoutMs?: number): Promise<string> {
    return decode((await this.call('/v3/kv/range', { key: encode(key) }, timeoutMs)).kvs?.[0]?.value);
  }

  public async keysBelow(prefix: string): Promise<string[]> {
    const end = prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
    const answer = await this.call('/v3/kv/range', { key: encode(prefix), range_end: encode(end), keys_only: true }, 30_000);
    return (answer.kvs ?? []).map((pair: { key: string }) => decode(pair.key));
  }

  public async delete(key: string): Promise<void> {
    await this.call('/v3/kv/deleterange', { key: encode(key) });
  }

  /** A lease, as events have one. */
  public async lease(seconds: number): Promise<string> {
    return (await this.call('/v3/lease/grant', { TTL: seconds })).ID;
  }

  public async status(): Promise<MemberStatus> {
    const answer = await this.call('/v3/maintenance/status', {}, 2000);
    return { memberId: answer.header.member_id, leader: answer.leader ?? '0', term: Number(answer.raftTerm), appliedIndex: Number(answer.raftAppliedIndex) };
  }

  public close(): void {
    this.session?.destroy();
    this.session = undefined;
  }

  private call(path: string, body: object, timeoutMs = 15_000): Promise<any> {
    return new Promise((resolve, reject) => {
      const request = this.connection().request({ ':method': 'POST', ':path': path, 'content-type': 'application/json' });
      const timer = setTimeout(() => {
        request.close(http2.constants.NGHTTP2_CANCEL);
        reject(new Error(`no answer within ${timeoutMs} ms`));
      }, timeoutMs);
      let status = 0;
      const chunks: Buffer[] = [];
      request.on('response', headers => { status = Number(headers[':status']); });
      request.on('data', chunk => chunks.push(chunk));
      request.on('error', error => { clearTimeout(timer); reject(error); });
      request.on('close', () => { clearTimeout(timer); reject(new Error('the connection ended')); });
      request.on('end', () => {
        clearTimeout(timer);
        const text = Buffer.concat(chunks).toString('utf8');
        // A stream that was cut off also ends, with no or half an answer.
        if (status === 200 && text.endsWith('}')) { resolve(JSON.parse(text)); } else { reject(new Error(status === 0 ? 'the connection ended' : `${status} ${message(text)}`)); }
      });
      request.end(JSON.stringify(body));
    });
  }

  private connection(): http2.ClientHttp2Session {
    if (this.session && !this.session.closed && !this.session.destroyed) { return this.session; }
    const session = this.session = http2.connect(this.url, this.tls);
    // Each request reports its own failure; without a listener the process would end.
    session.on('error', () => {});
    return session;
  }
}

function message(text: string): string {
  try {
    return JSON.parse(text).message ?? text;
  } catch {
    return text.slice(0, 200);
  }
}
