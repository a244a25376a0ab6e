import { createSign, generateKeyPairSync } from 'node:crypto';
import * as fs from 'node:fs';
import * as https from 'node:https';
import { AddressInfo } from 'node:net';
import * as path from 'node:path';
import { describeControlPlane, drillCluster } from './drill-cluster';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { ApiServerOptions } from '../../../src/components/api-server/api-server-options';
import { ClaimMapping } from '../../../src/components/api-server/structured-authentication';
import { HostFiles } from '../../../src/host/host-files';
import { Installer } from '../../../src/host/installers/installer';
import { Check, failed, Outcome, passed } from '../../check';
import { ControlPlane } from '../../control-plane/control-plane';
import { HostTree } from '../../control-plane/host-tree';
import { KubeClient } from '../../kube-client';
import { Finished } from '../../processes';
import { Scene } from '../../scene';
import { until } from '../../waiting';

/** One machine with the API server as these choices make it, etcd and API server started. */
async function withChoices<T>(
  shared: Scene, choices: ApiServerOptions, work: (plane: ControlPlane, admin: KubeClient, scene: Scene) => Promise<T>,
): Promise<T> {
  const scene = new Scene(shared.binaries, shared.extent);
  try {
    const plane = laidOut(scene, choices);
    await plane.prepare();
    plane.startEtcd();
    await plane.startApiServer();
    const admin = await plane.adminClient();
    try {
      return await work(plane, admin, scene);
    } finally {
      admin.close();
    }
  } finally {
    await scene.end(false);
  }
}

function laidOut(scene: Scene, choices: ApiServerOptions): ControlPlane {
  const folder = path.join(scene.folder, 'choices');
  HostFiles.of(describeControlPlane(drillCluster(), {}, choices)).write(folder, Installer.plain());
  return new ControlPlane(new HostTree(path.join(folder, 'plain')), scene.folder, scene.binaries, scene.processes);
}

/** An issuer of tokens on this machine: discovery document, keys, and a signature for any claims. */
class Issuer {
  public static async start(scene: Scene): Promise<Issuer> {
    const folder = path.dirname(scene.file('issuer/.keep', ''));
    const openssl = async (...args: string[]) => {
      const done = await scene.processes.run('openssl', args);
      if (done.code !== 0) { throw new Error(`openssl ${args[0]}: ${done.stderr}`); }
    };
    const [cert, key] = [`${folder}/tls.crt`, `${folder}/tls.key`];
    await openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=issuer', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert);
    const issuer = new Issuer(fs.readFileSync(cert, 'utf8'), fs.readFileSync(key, 'utf8'));
    await new Promise<void>(resolve => issuer.server.listen(0, '127.0.0.1', resolve));
    return issuer;
  }

  private readonly pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  private readonly server: https.Server;

  private constructor(public readonly certificate: string, key: string) {
    this.server = https.createServer({ cert: certificate, key }, (request, response) => {
      const documents: { [url: string]: object } = {
        '/.well-known/openid-configuration': { issuer: this.url, jwks_uri: `${this.url}/keys`, response_types_supported: ['id_token'], subject_types_supported: ['public'], id_token_signing_alg_values_supported: ['RS256'] },
        '/keys': { keys: [{ ...this.pair.publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }] },
      };
      const document = documents[request.url ?? ''];
      response.writeHead(document ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(document ?? {}));
    });
  }

  public get url(): string { return `https://localhost:${(this.server.address() as AddressInfo).port}`; }

  public token(claims: object): string {
    const now = Math.floor(Date.now() / 1000);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${part({ alg: 'RS256', kid: 'one', typ: 'JWT' })}.${part({ iss: this.url, aud: 'kubernetes', iat: now, exp: now + 600, ...claims })}`;
    return `${text}.${createSign('RSA-SHA256').update(text).sign(this.pair.privateKey).toString('base64url')}`;
  }

  public end(): void { this.server.close(); }
}

const curl = (scene: Scene, plane: ControlPlane, url: string, ...words: string[]): Promise<Finished> =>
  scene.processes.run('curl', ['-sS', '--max-time', '10', '--cacert', plane.adminFiles.ca, '-w', '\n%{http_code}', ...words, `${plane.apiServerUrl}${url}`]);

const REVIEW = JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' });

/** Tokens of an issuer: who they make, and who they never make. */
async function tokensOfAnIssuer(shared: Scene): Promise<Outcome> {
  const issuer = await Issuer.start(shared);
  try {
    const jwtIssuers = [{
      url: issuer.url, audiences: ['kubernetes'], certificateAuthority: issuer.certificate, username: ClaimMapping.claim('sub', 'idp:'), groups: ClaimMapping.expression('claims.teams'), requiredClaims: { tenant: 'shop' },
    }];
    return await withChoices(shared, { jwtIssuers }, async (plane, _admin, scene) => {
      const whoIs = (claims: object) => curl(scene, plane, '/apis/authentication.k8s.io/v1/selfsubjectreviews', '-X', 'POST', '-H', 'content-type: application/json',
        '-H', `authorization: Bearer ${issuer.token(claims)}`, '-d', REVIEW);
      const right = { sub: 'alice', teams: ['dev'], tenant: 'shop' };
      await until('the issuer\'s keys', 60, async () => / *"username": *"idp:alice"/.test((await whoIs(right)).stdout));
      const alice = await whoIs(right);
      const wrong: Array<[string, object]> = [
        ['group of the system', { ...right, teams: ['system:masters'] }], ['another tenant', { ...right, tenant: 'other' }], ['another audience', { ...right, aud: 'other' }], ['an expired token', { ...right, exp: 1 }],
      ];
      const answers = await Promise.all(wrong.map(async ([who, claims]) => ({ who, answer: (await whoIs(claims)).stdout })));
      const taken = answers.filter(({ answer }) => !/\n401$/.test(answer));
      return /"dev"/.test(alice.stdout) && taken.length === 0
        ? passed(`idp:alice of group dev; 401 for ${wrong.map(([who]) => who).join(', ')}`)
        : failed(`${alice.stdout.slice(0, 200)}; taken all the same: ${taken.map(({ who, answer }) => `${who} ${answer.slice(-80)}`).join('; ')}`);
    });
  } finally {
    issuer.end();
  }
}

/** Whoever says nothing about himself reaches the health checks and nothing else. */
function anonymousAtHealthChecks(shared: Scene): Promise<Outcome> {
  return withChoices(shared, {}, async (plane, _admin, scene) => {
    const code = async (url: string) => Number((await curl(scene, plane, url)).stdout.split('\n').pop());
    const found = { '/livez': await code('/livez'), '/readyz': await code('/readyz'), '/livez?exclude=kms-providers': await code('/livez?exclude=kms-providers'), '/version': await code('/version'), '/api/v1/nodes': await code('/api/v1/nodes') };
    const right = found['/livez'] === 200 && found['/readyz'] === 200 && found['/livez?exclude=kms-providers'] === 200 && found['/version'] === 401 && found['/api/v1/nodes'] === 401;
    return right ? passed(JSON.stringify(found)) : failed(JSON.stringify(found));
  });
}

/** Events of one client beyond its rate are refused; of another they are not. */
function eventsLimited(shared: Scene): Promise<Outcome> {
  return withChoices(shared, { eventRateLimits: { perUser: 2, perNamespace: 20, perServer: 100 } }, async (_plane, admin) => {
    const event = (namespace: string, i: number) => ({
      apiVersion: 'v1', kind: 'Event', metadata: { name: `event-${i}` }, involvedObject: { kind: 'Pod', namespace, name: 'a' }, reason: 'Drill', message: String(i), source: { component: 'drill' }, type: 'Normal',
    });
    await until('namespace default', 60, async () => (await admin.get('/api/v1/namespaces/default')).status === 200);
    const codes: number[] = [];
    for (let i = 0; i < 60; i++) { codes.push((await admin.post('/api/v1/namespaces/default/events', event('default', i))).status); }
    const [taken, refused] = [codes.filter(code => code === 201).length, codes.filter(code => code === 429).length];
    const others = await admin.post('/api/v1/namespaces/default/configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'drill' } });
    // 2/s with ten seconds saved up: 20, and a few more while they are written.
    return taken >= 20 && taken < 40 && taken + refused === 60 && others.status === 201
      ? passed(`${taken} of 60 events taken, ${refused} refused with 429; other objects are not limited`)
      : failed(`${taken} taken, ${refused} refused of 60; ConfigMap ${others.status}`);
  });
}

/** A newer binary behaves as the release before. */
function emulates(shared: Scene): Promise<Outcome> {
  return withChoices(shared, { emulatedRelease: KubernetesRelease.V1_36 }, async (_plane, admin) => {
    const version = (await admin.get('/version')).body;
    return version.emulationMinor === '36' && version.minor === '37' ? passed(`binary 1.${version.minor}, behaves as 1.${version.emulationMinor}`) : failed(JSON.stringify(version));
  });
}

/** The synthesised arguments with one thing wrong; the API server has to end by itself, for that reason. */
async function ends(shared: Scene, choices: ApiServerOptions, change: (args: string[], scene: Scene) => string[], reason: RegExp): Promise<Outcome> {
  const scene = new Scene(shared.binaries, shared.extent);
  try {
    const plane = laidOut(scene, choices);
    await plane.prepare();
    // Admission is read after the storage was reached.
    plane.startEtcd();
    const right = plane.argv(plane.pod('kube-apiserver'));
    const args = change(right, scene);
    if (args.join() === right.join()) { throw new Error('the twin does not differ'); }
    const done = await scene.processes.run(scene.binaries['kube-apiserver'].path, args, { timeoutMs: 30_000 });
    const line = `${done.stdout}\n${done.stderr}`.split('\n').find(text => reason.test(text));
    return done.code !== 0 && done.code !== null && line ? passed(line.trim().slice(0, 300)) : failed(`exit ${done.code}: ${done.stderr.trim().slice(-300)}`);
  } finally {
    await scene.end(false);
  }
}

const emulating = (version: string) => (args: string[]) => [...args, `--emulated-version=kube=${version}`];

/** A file that a flag names, with another text. */
const changedFile = (flag: string, change: (text: string) => string) => (args: string[], scene: Scene) => args.map(argument => {
  if (!argument.startsWith(`--${flag}=`)) { return argument; }
  const text = fs.readFileSync(argument.slice(flag.length + 3), 'utf8');
  if (change(text) === text) { throw new Error(`nothing to change in ${flag}`); }
  return `--${flag}=${scene.file(`choices/${flag}.yaml`, change(text))}`;
});

const component = { judge: 'component', component: 'kube-apiserver' } as const;

/** Choices of TunedApiServer, each with what the API server refuses beside it. */
export const apiServerChoicesChecks: Check[] = [
  { id: 'tokens-of-an-issuer', drill: '17', ...component, run: tokensOfAnIssuer },
  { id: 'anonymous-at-health-checks', drill: '17', ...component, run: anonymousAtHealthChecks },
  { id: 'events-limited', drill: '17', ...component, run: eventsLimited },
  { id: 'release-emulated', drill: '17', ...component, run: emulates },
  { id: 'emulation-too-far-refused', drill: 'N17', ...component, run: scene => ends(scene, {}, emulating('1.33'), /emulation version 1\.33 is not between \[1\.34/) },
  {
    id: 'authentication-field-misspelt-refused',
    drill: 'N17',
    ...component,
    run: scene => ends(scene, {}, changedFile('authentication-config', text => text.replace('conditions:', 'condition:')), /unknown field \\?"anonymous\.condition/),
  },
  {
    id: 'event-limit-without-rate-refused',
    drill: 'N17',
    ...component,
    run: scene => ends(scene, {}, changedFile('admission-control-config-file', text => text.replace(/qps: \d+/, 'qps: 0')), /limits\[0\]\.qps: Invalid value: 0: must be positive/),
  },
];
