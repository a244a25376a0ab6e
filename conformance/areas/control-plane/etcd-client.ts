import * as fs from 'node:fs';
import * as https from 'node:https';

/** A client of one member by etcd's own JSON gateway, so that load needs no process per request. */
export class EtcdClient {
  private readonly agent: https.Agent;

  constructor(private readonly url: string, files: { readonly ca: string; readonly cert: string; readonly key: string }, connections = 32) {
    this.agent = new https.Agent({
      ca: fs.readFileSync(files.ca), cert: fs.readFileSync(files.cert), key: fs.readFileSync(files.key), keepAlive: true, maxSockets: connections,
    });
  }

  /** Revision of an acknowledged write. */
  public async put(key: string, value: string | Buffer, timeoutMs = 10_000): Promise<number> {
    return Number((await this.call('/v3/kv/put', { key: base64(key), value: base64(value) }, timeoutMs)).header.revision);
  }

  /** A linearizable read. */
  public async get(key: string, timeoutMs = 10_000): Promise<string | undefined> {
    const { kvs } = await this.call('/v3/kv/range', { key: base64(key) }, timeoutMs);
    return kvs === undefined ? undefined : Buffer.from(kvs[0].value ?? '', 'base64').toString();
  }

  public async delete(key: string): Promise<void> { await this.call('/v3/kv/deleterange', { key: base64(key) }, 10_000); }

  public async revision(): Promise<number> { return Number((await this.call('/v3/kv/range', { key: base64('none') }, 10_000)).header.revision); }

  public close(): void { this.agent.destroy(); }

  private call(path: string, body: object, timeoutMs: number): Promise<any> {
    return new Promise((resolve, reject) => {
      const text = JSON.stringify(body);
      const request = https.request(`${this.url}${path}`, { method: 'POST', agent: this.agent, timeout: timeoutMs, headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) } }, response => {
        const parts: Buffer[] = [];
        response.on('data', part => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const answer = Buffer.concat(parts).toString();
          if (response.statusCode === 200) { resolve(JSON.parse(answer)); } else { reject(new Error(`${response.statusCode}: ${answer.slice(0, 200)}`)); }
        });
      });
      request.on('timeout', () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)));
      request.on('error', reject);
      request.end(text);
    });
  }
}

function base64(text: string | Buffer): string { return Buffer.from(text).toString('base64'); }
