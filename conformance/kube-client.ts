import * as fs from 'node:fs';
import * as https from 'node:https';

/** Answer of the API server. */
export interface Answer {
  readonly status: number;
  readonly body: any;
}

/** A small client of the API server: certificate, keep-alive, JSON. */
export class KubeClient {
  private readonly agent: https.Agent;

  constructor(private readonly server: string, files: { ca: string; cert: string; key: string }, maxSockets = 32) {
    this.agent = new https.Agent({
      keepAlive: true, maxSockets, ca: fs.readFileSync(files.ca), cert: fs.readFileSync(files.cert), key: fs.readFileSync(files.key),
    });
  }

  public get(path: string): Promise<Answer> { return this.request('GET', path); }
  public post(path: string, body: object): Promise<Answer> { return this.request('POST', path, body); }
  public delete(path: string): Promise<Answer> { return this.request('DELETE', path); }

  /** Server-side apply with strict field validation. */
  public apply(path: string, body: object): Promise<Answer> {
    return this.request('PATCH', `${path}?fieldManager=conformance&fieldValidation=Strict&force=true`, body, 'application/apply-patch+yaml');
  }

  public close(): void { this.agent.destroy(); }

  private request(method: string, path: string, body?: object, contentType = 'application/json'): Promise<Answer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const request = https.request(`${this.server}${path}`, {
        method, agent: this.agent, timeout: 60_000, headers: text === undefined ? {} : { 'content-type': contentType, 'content-length': Buffer.byteLength(text) },
      }, response => {
        const chunks: Buffer[] = [];
        response.on('data', chunk => chunks.push(chunk));
        response.on('end', () => {
          const content = Buffer.concat(chunks).toString('utf8');
          const isJson = (response.headers['content-type'] ?? '').includes('json');
          resolve({ status: response.statusCode ?? 0, body: isJson && content ? JSON.parse(content) : content });
        });
      });
      request.on('timeout', () => request.destroy(new Error(`${method} ${path}: no answer within 60 s`)));
      request.on('error', reject);
      request.end(text);
    });
  }
}
