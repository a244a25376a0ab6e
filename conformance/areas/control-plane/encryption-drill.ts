import * as fs from 'node:fs';
import * as path from 'node:path';
import { Plane } from './api-server-plane';
import { drillKubeconfig } from './drill-kubeconfig';
import { expectExit } from './etcd-rehearsal';
import { failed, Outcome, passed } from '../../check';
import { Finished } from '../../processes';
import { Scene } from '../../scene';
import { until } from '../../waiting';
import { metrics, total } from '../brain/load-scene';

const SCRIPT = '/usr/local/sbin/thousand-node-encryption-config';
const FILE = '/etc/kubernetes/pki/encryption.yaml';
const AUDIT = '/var/log/kubernetes/audit';
const RELOADS = 'apiserver_encryption_config_controller_automatic_reloads_total';
const SECRETS = '/api/v1/namespaces/default/secrets';
const ROLES = '/apis/rbac.authorization.k8s.io/v1/clusterroles';

/** Words that are looked for; each stands in one object only. */
const TEXT = { secret: 'word-that-only-the-secret-holds', map: 'word-that-only-the-configmap-holds', role: 'word-that-only-the-role-holds' };
/** Secrets beside, so that writing again is more than one object. */
const OTHERS = 20;

/** Secrets in etcd and in the audit log, before and after the key is rotated by the script; beside them objects whose content must be found. */
export function secretsUnreadable(shared: Scene): Promise<Outcome> {
  return Plane.onDrillMachines(shared, async plane => {
    const problems: string[] = [];
    const must = (holds: boolean, problem: string) => { if (!holds) { problems.push(problem); } };
    await plane.startApiServer('ours');
    await fill(plane);

    const before = await raw(plane, '/registry/secrets/default/drill');
    must(prefix(before) === 'k8s:enc:secretbox:v1:key1:', `the Secret begins with ${prefix(before)}`);
    must(!before.includes(TEXT.secret), 'the Secret stands in etcd as plain text');
    must((await raw(plane, '/registry/configmaps/default/drill')).includes(TEXT.map), 'the ConfigMap is not found as plain text');
    const files = etcdFiles(plane);
    must(!files.some(file => file.includes(TEXT.secret)), 'a file of etcd holds the Secret as plain text');
    must(files.some(file => file.includes(TEXT.map)), 'no file of etcd holds the ConfigMap as plain text');
    const audited = await auditLog(plane, must);

    const rotation = await rotate(plane, shared.extent.ci, must);
    const after = await raw(plane, '/registry/secrets/default/drill');
    const left = await olderThan(plane, 'key2');
    must(prefix(after) === 'k8s:enc:secretbox:v1:key2:', `after the rotation the Secret begins with ${prefix(after)}`);
    must(left.length === 0, `not written with the new key: ${left.join(', ')}`);
    const read = await plane.admin.get(`${SECRETS}/drill`);
    must(read.body?.data?.text === base64(TEXT.secret), `the Secret is not read after the rotation: ${read.status}`);
    const listed = await plane.admin.get(SECRETS);
    must(listed.body?.items?.length === OTHERS + 1, `${listed.body?.items?.length} of ${OTHERS + 1} Secrets are listed after the rotation`);
    const lost = await withoutTheKey(plane);
    must(lost === 'unreadable', `with another key of the same name the Secret is ${lost}`);

    const figures = {
      before_rotation: { value: prefix(before), unit: 'begins the raw value' },
      after_rotation: { value: prefix(after), unit: 'begins the raw value' },
      secrets: { value: OTHERS + 1, unit: 'Secrets written again, all with the new key', goal: String(OTHERS + 1), met: left.length === 0 },
      audit_lines: { value: audited, unit: 'lines of the audit log searched' },
      reencrypt: { value: rotation.reencrypt, unit: 's' },
      ...(rotation.reloads.length === 0 ? {} : { reload: { value: Math.max(...rotation.reloads), unit: 's until a changed file is in use, without a restart', goal: '60', met: Math.max(...rotation.reloads) <= 61 } }),
    };
    const text = `${prefix(before)} became ${prefix(after)}; etcd's files and the audit log hold no word of it, but those of a ConfigMap and a ClusterRole`;
    return problems.length === 0 ? passed(text, figures) : failed(problems.join('; '), figures);
  });
}

async function fill({ admin }: Plane): Promise<void> {
  const create = async (where: string, body: object) => {
    const answer = await admin.post(where, body);
    if (answer.status !== 201) { throw new Error(`POST ${where}: ${JSON.stringify(answer.body).slice(0, 300)}`); }
  };
  const secret = (name: string, text: string) => create(SECRETS, { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData: { text } });
  await secret('drill', TEXT.secret);
  for (let i = 0; i < OTHERS; i++) { await secret(`other-${i}`, `other text ${i}`); }
  await create('/api/v1/namespaces/default/configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'drill' }, data: { text: TEXT.map } });
  const rules = [{ apiGroups: [''], resources: ['configmaps'], resourceNames: [TEXT.role], verbs: ['get'] }];
  await create(ROLES, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'drill' }, rules });
}

/** A value as it lies in etcd. */
async function raw({ scene }: Plane, key: string): Promise<string> {
  const done = await scene.controlPlane.etcdctl('main', 'get', key, '--write-out=json');
  const found = done.code === 0 ? JSON.parse(done.stdout).kvs?.[0]?.value : undefined;
  if (found === undefined) { throw new Error(`etcd has no ${key}: ${done.stderr.slice(-300)}`); }
  return Buffer.from(found, 'base64').toString('latin1');
}

const prefix = (value: string) => /^(?:k8s:enc:[a-z0-9]+:v\d:[^:]*:|k8s\0)/.exec(value)?.[0].replace('\0', '') ?? JSON.stringify(value.slice(0, 20));
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** Secrets that another key than this one wrote. */
async function olderThan({ scene }: Plane, key: string): Promise<string[]> {
  const done = await scene.controlPlane.etcdctl('main', 'get', '/registry/secrets/', '--prefix', '--write-out=json');
  const values: Array<{ key: string; value: string }> = JSON.parse(done.stdout).kvs ?? [];
  return values.filter(pair => !Buffer.from(pair.value, 'base64').toString('latin1').startsWith(`k8s:enc:secretbox:v1:${key}:`))
    .map(pair => Buffer.from(pair.key, 'base64').toString('utf8'));
}

/** Database and write-ahead log of the running member. */
function etcdFiles({ scene }: Plane): Buffer[] {
  const { controlPlane } = scene;
  const flag = controlPlane.argv(controlPlane.pods('etcd').find(pod => pod.name === 'etcd-main' && pod.machine === controlPlane.first)!).find(argument => argument.startsWith('--data-dir='))!;
  return filesBelow(flag.slice('--data-dir='.length)).map(file => fs.readFileSync(file));
}

function filesBelow(folder: string): string[] {
  return fs.readdirSync(folder, { withFileTypes: true, recursive: true }).filter(entry => entry.isFile()).map(entry => path.join(entry.parentPath, entry.name));
}

/** Lines of the log, once the requests have reached it; the request stands there, the content of a Secret does not. */
async function auditLog({ scene }: Plane, must: (holds: boolean, problem: string) => void): Promise<number> {
  const folder = path.join(scene.controlPlane.placement.root(scene.controlPlane.first), AUDIT);
  const text = () => filesBelow(folder).map(file => fs.readFileSync(file, 'utf8')).join('');
  const lineOf = (resource: string, name: string) => text().split('\n').filter(line => line !== '').map(line => JSON.parse(line))
    .find(event => event.verb === 'create' && event.objectRef?.resource === resource && (event.objectRef.name === name || event.requestObject?.metadata?.name === name));
  await until('the audit log has the last request', 15, async () => lineOf('clusterroles', 'drill') !== undefined);
  const secret = lineOf('secrets', 'drill');
  must(secret !== undefined, 'the audit log does not name the Secret that was created');
  must(secret?.user?.username !== undefined && secret?.responseStatus?.code === 201, 'the audit log does not say who created the Secret, and with what answer');
  const hidden = [TEXT.secret, base64(TEXT.secret), TEXT.map, base64(TEXT.map)].filter(word => text().includes(word));
  must(hidden.length === 0, `the audit log holds ${hidden.join(', ')}`);
  must(text().includes(TEXT.role), 'the audit log does not hold the content of the ClusterRole');
  return text().trim().split('\n').length;
}

interface Rotation { readonly reencrypt: number; readonly reloads: number[] }

/** The runbook: each step, and between the steps the server has to know the file. The short form restarts it instead of waiting for its minute. */
async function rotate(plane: Plane, short: boolean, must: (holds: boolean, problem: string) => void): Promise<Rotation> {
  const { scene } = plane;
  const reloads: number[] = [];
  const known = async (step: string) => {
    expectExit(await script(scene, step), 0);
    if (short) {
      await plane.startApiServer('ours');
      return;
    }
    const before = await reloaded(plane);
    reloads.push(Math.round(await until(`the server has the file of ${step}`, 90, async () => await reloaded(plane) > before, [plane.server], 500)));
  };
  must((await script(scene, 'drop-old')).code === 1, 'drop-old without a rotation is not refused');
  await known('add-key');
  must((await script(scene, 'drop-old')).code === 1, 'drop-old before promote is not refused');
  await known('promote');
  must((await olderThan(plane, 'key2')).length === OTHERS + 1, 'Secrets were written again before anybody asked for it');
  const start = Date.now();
  expectExit(await script(scene, 'reencrypt'), 0);
  const reencrypt = Math.round((Date.now() - start) / 100) / 10;
  await known('drop-old');
  return { reencrypt, reloads };
}

async function reloaded({ admin }: Plane): Promise<number> {
  return total(await metrics(admin, RELOADS), RELOADS, { status: 'success' });
}

function script(scene: Scene, step: string): Promise<Finished> {
  const { controlPlane } = scene;
  const root = controlPlane.placement.root(controlPlane.first);
  const tools = path.join(scene.folder, 'kubectl');
  if (!fs.existsSync(tools)) {
    fs.mkdirSync(tools);
    fs.symlinkSync(scene.binaries.kubectl.path, path.join(tools, 'kubectl'));
  }
  return scene.processes.run(path.join(root, SCRIPT), [step], {
    env: { THOUSAND_NODE_ROOT: root, PATH: `${tools}:${process.env.PATH}`, HOME: scene.folder, KUBECONFIG: drillKubeconfig(scene, 'kubectl-admin', controlPlane.apiServerUrl) },
  });
}

/** The twin: a key of the same name that is another one, as a machine has it to which nobody copied the file. */
async function withoutTheKey(plane: Plane): Promise<string> {
  const { controlPlane } = plane.scene;
  fs.rmSync(path.join(controlPlane.placement.root(controlPlane.first), FILE));
  expectExit(await script(plane.scene, 'make'), 0);
  await plane.killApiServer();
  const pod = controlPlane.pod('kube-apiserver');
  const server = plane.start(pod, 'kube-apiserver-ours', plane.argv(pod, 'ours'), 'without-the-key');
  let answer = { status: 0, body: undefined as any };
  await until('an answer about the Secret', 60, async () => {
    answer = await plane.admin.get(`${SECRETS}/drill`);
    return answer.status === 200 || answer.status === 500;
  }, [server]);
  return answer.status === 200 ? 'read' : 'unreadable';
}
