import * as fs from 'node:fs';
import * as https from 'node:https';
import { KubeClient } from '../../kube-client';
import { Scene } from '../../scene';

/** Objects of the example of some kinds, as a cluster would have them. */
export async function applyKinds(scene: Scene, client: KubeClient, kinds: { readonly [kind: string]: string }): Promise<void> {
  for (const object of scene.objects().filter(o => kinds[o.kind] !== undefined)) {
    const answer = await client.apply(`${kinds[object.kind]}/${object.metadata.name}`, object);
    if (answer.status >= 300) { throw new Error(`${object.kind} ${object.metadata.name}: ${JSON.stringify(answer.body).slice(0, 300)}`); }
  }
}

/** One sample of a metric. */
export interface Sample {
  readonly name: string;
  readonly labels: { readonly [label: string]: string };
  readonly value: number;
}

/** Samples of the API server's metrics with these names. */
export async function metrics(client: KubeClient, ...names: string[]): Promise<Sample[]> {
  const text: string = (await client.get('/metrics')).body;
  const wanted = new Set(names);
  return text.split('\n').flatMap(line => {
    const match = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (!match || !wanted.has(match[1])) { return []; }
    const labels = Object.fromEntries([...(match[2] ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(pair => [pair[1], pair[2]]));
    return [{ name: match[1], labels, value: Number(match[3]) }];
  });
}

/** Sum of the samples that have these labels. */
export function total(samples: Sample[], name: string, labels: { readonly [label: string]: string }): number {
  const wanted = Object.entries(labels);
  return samples
    .filter(sample => sample.name === name && wanted.every(([label, value]) => sample.labels[label] === value))
    .reduce((sum, sample) => sum + sample.value, 0);
}

/** Who asks: a client certificate, or the token of a service account, which a certificate beside it would hide. */
export interface Identity {
  readonly ca: string;
  readonly cert?: string;
  readonly key?: string;
  readonly token?: string;
}

/** Answer of a LIST in protobuf: status and bytes, without unpacking. */
export function protobufList(scene: Scene, path: string, who: Identity): Promise<{ status: number; bytes: number }> {
  return new Promise((resolve, reject) => {
    const request = https.request(`${scene.controlPlane.apiServerUrl}${path}`, {
      ca: fs.readFileSync(who.ca),
      ...(who.token === undefined ? { cert: fs.readFileSync(who.cert!), key: fs.readFileSync(who.key!) } : {}),
      headers: { accept: 'application/vnd.kubernetes.protobuf', ...(who.token === undefined ? {} : { authorization: `Bearer ${who.token}` }) },
      timeout: 60_000,
    }, response => {
      let bytes = 0;
      response.on('data', chunk => { bytes += chunk.length; });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, bytes }));
    });
    request.on('timeout', () => request.destroy(new Error(`${path}: no answer within 60 s`)));
    request.on('error', reject);
    request.end();
  });
}

/** Average bytes of an object as stored, from a LIST of some of them. */
export async function averageBytes(scene: Scene, client: KubeClient, path: string, sample = 50): Promise<number> {
  const items = (await client.get(`${path}?limit=${sample}`)).body.items.length;
  const { status, bytes } = await protobufList(scene, `${path}?limit=${sample}`, scene.controlPlane.adminFiles);
  if (status !== 200 || items === 0) { throw new Error(`LIST ${path}: status ${status}, ${items} objects`); }
  return bytes / items;
}

/** What etcdctl says of the main ring as JSON; a member that is busy gets a second and a third chance. */
async function etcdJson(scene: Scene, ...args: string[]): Promise<any> {
  let said = '';
  for (let attempt = 0; attempt < 3; attempt++) {
    const done = await scene.controlPlane.etcdctl('main', '--command-timeout=60s', ...args, '--write-out=json');
    if (done.code === 0) { return JSON.parse(done.stdout); }
    said = done.stderr.slice(-300);
    await new Promise(resolve => setTimeout(resolve, 2000));
  }
  throw new Error(`etcdctl ${args.join(' ')}: ${said}`);
}

/** Bytes in use of the main ring, as its first member has them: the value of etcd_mvcc_db_total_size_in_use_in_bytes. */
export async function mainInUse(scene: Scene): Promise<number> {
  return (await etcdJson(scene, 'endpoint', 'status'))[0].Status.dbSizeInUse;
}

/** Throw away all history of the main ring and wait until its pages are free. */
export async function compactMain(scene: Scene): Promise<void> {
  const revision: number = (await etcdJson(scene, 'endpoint', 'status'))[0].Status.header.revision;
  const done = await scene.controlPlane.etcdctl('main', '--command-timeout=60s', 'compact', '--physical', String(revision));
  if (done.code !== 0) { throw new Error(`etcdctl compact: ${done.stderr.slice(-300)}`); }
  // Freed pages count from the next commits on.
  await new Promise(resolve => setTimeout(resolve, 3000));
}

/** Keys of the main ring below a prefix. */
export async function keysBelow(scene: Scene, prefix: string): Promise<number> {
  // etcdctl counts in this form only.
  const counted = await scene.controlPlane.etcdctl('main', '--command-timeout=60s', 'get', prefix, '--prefix', '--count-only', '--write-out=fields');
  const count = /^"Count" : (\d+)$/m.exec(counted.stdout);
  if (!count) { throw new Error(`etcdctl get ${prefix}: ${counted.stdout.slice(0, 200)}${counted.stderr.slice(-200)}`); }
  return Number(count[1]);
}
