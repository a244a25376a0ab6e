import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as https from 'node:https';
import { AddressInfo } from 'node:net';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import { Scene } from '../../scene';

const ARCHITECTURES: { [node: string]: string } = { x64: 'amd64', arm64: 'arm64' };

const digestOf = (content: Buffer) => `sha256:${createHash('sha256').update(content).digest('hex')}`;

/** A registry's mirror on loopback with one image, for all names and tags below its path; it remembers what it was asked. */
export class ImageMirror {
  /** Below its own path, as mirrors of several registries are. */
  public static async start(scene: Scene): Promise<ImageMirror> {
    const folder = path.join(scene.folder, 'mirror');
    fs.mkdirSync(path.join(folder, 'layer'), { recursive: true });
    const [key, certificate] = [path.join(folder, 'mirror.key'), path.join(folder, 'mirror.crt')];
    const made = await scene.processes.run('openssl', [
      'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=mirror', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', certificate,
    ]);
    if (made.code !== 0) { throw new Error(`openssl req: ${made.stderr}`); }
    fs.writeFileSync(path.join(folder, 'layer', 'from-the-mirror'), 'one file\n');
    await scene.processes.run('tar', ['-cf', path.join(folder, 'layer.tar'), '-C', path.join(folder, 'layer'), '.']);
    const mirror = new ImageMirror(certificate, fs.readFileSync(path.join(folder, 'layer.tar')));
    await new Promise<void>(resolve => {
      mirror.server = https.createServer({ key: fs.readFileSync(key), cert: fs.readFileSync(certificate) }, (request, response) => {
        mirror.requests.push(`${request.method} ${request.url}`);
        const { status, type, content } = mirror.answer(request.url ?? '');
        response.writeHead(status, { 'content-type': type, 'content-length': content.length, 'docker-content-digest': digestOf(content) });
        response.end(request.method === 'HEAD' ? undefined : content);
      }).listen(0, '127.0.0.1', () => resolve());
    });
    scene.atEnd(async () => mirror.end());
    return mirror;
  }

  public readonly requests: string[] = [];
  /** What a runtime names the image by, once it has it. */
  public readonly imageDigest: string;
  private server!: https.Server;
  private readonly blobs: { readonly [digest: string]: Buffer };
  private readonly manifest: Buffer;

  private constructor(public readonly certificate: string, layer: Buffer) {
    const config = Buffer.from(JSON.stringify({ architecture: ARCHITECTURES[process.arch], os: 'linux', config: {}, rootfs: { type: 'layers', diff_ids: [digestOf(layer)] } }));
    const compressed = gzipSync(layer);
    const part = (mediaType: string, content: Buffer) => ({ mediaType: `application/vnd.oci.image.${mediaType}`, digest: digestOf(content), size: content.length });
    this.manifest = Buffer.from(JSON.stringify({
      schemaVersion: 2, mediaType: 'application/vnd.oci.image.manifest.v1+json', config: part('config.v1+json', config), layers: [part('layer.v1.tar+gzip', compressed)],
    }));
    this.blobs = { [digestOf(config)]: config, [digestOf(compressed)]: compressed };
    this.imageDigest = digestOf(config);
  }

  public get endpoint(): string { return `https://127.0.0.1:${(this.server.address() as AddressInfo).port}/v2/cache`; }

  public end(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private answer(url: string): { status: number; type: string; content: Buffer } {
    const [, kind, name] = /^\/v2\/cache\/[a-z/-]+\/(manifests|blobs)\/([^?]+)/.exec(url) ?? [];
    const content = kind === 'manifests' ? this.manifest : this.blobs[name];
    return content === undefined
      ? { status: 404, type: 'application/json', content: Buffer.from('{}') }
      : { status: 200, type: kind === 'manifests' ? 'application/vnd.oci.image.manifest.v1+json' : 'application/octet-stream', content };
  }
}
