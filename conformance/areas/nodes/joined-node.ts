import * as fs from 'node:fs';
import * as net from 'node:net';
import * as path from 'node:path';
import { HostTree } from '../../control-plane/host-tree';
import { KubeClient } from '../../kube-client';
import { logTail } from '../../processes';
import { Scene } from '../../scene';
import { until } from '../../waiting';

/** Form whose files lie on the node: ours as they are, or those that kubeadm makes of them. */
export type JoiningForm = 'plain' | 'kubeadm';

/** What somebody careless did to the node: to its files before they are used, and as shell lines once it has joined. */
export interface Carelessness {
  readonly texts?: { readonly [hostPath: string]: { readonly from: string; readonly to: string } };
  readonly afterwards?: string[];
}

const POOL = 'general';
const READY_SECONDS = 120;
const TOKEN = { 'token-id': 'abcdef', 'token-secret': '0123456789abcdef' };
const TOKEN_FILE = '/etc/kubernetes/bootstrap-token';
/** Where each guide wants the cluster's authority before a node joins. */
const AUTHORITY = { plain: '/etc/kubernetes/pki/ca.crt', kubeadm: '/etc/kubernetes/discovery-ca.crt' };

/** What packages of Kubernetes bring and kubeadm relies on: the unit, and the arguments of its drop-in (kubernetes/release, cmd/krel/templates/latest/kubeadm). */
const PACKAGED_UNIT = '/usr/lib/systemd/system/kubelet.service';
const PACKAGED_COMMAND = '/usr/bin/kubelet --bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf --config=/var/lib/kubelet/config.yaml';

/** Lets nodes join the run's control plane, as the guides say: our bindings, a token, and what `kubeadm init` leaves in the cluster. */
export async function letNodesJoin(scene: Scene, client: KubeClient): Promise<void> {
  const bindings = scene.objects().filter(object => object.kind === 'ClusterRoleBinding' && /^thousand-node-(node-bootstrapper|approve-)/.test(object.metadata.name));
  for (const binding of bindings) { await client.apply(`/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/${binding.metadata.name}`, binding); }
  await client.post('/api/v1/namespaces/kube-system/secrets', {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'bootstrap.kubernetes.io/token',
    metadata: { name: `bootstrap-token-${TOKEN['token-id']}`, namespace: 'kube-system' },
    stringData: { ...TOKEN, 'usage-bootstrap-authentication': 'true', 'auth-extra-groups': 'system:bootstrappers:kubeadm:default-node-token' },
  });
  const { ca, cert, key } = scene.controlPlane.adminFiles;
  const kubeconfig = scene.file('joining/admin.conf', JSON.stringify({
    'apiVersion': 'v1',
    'kind': 'Config',
    'clusters': [{ name: 'c', cluster: { 'server': scene.controlPlane.apiServerUrl, 'certificate-authority': ca } }],
    'users': [{ name: 'admin', user: { 'client-certificate': cert, 'client-key': key } }],
    'contexts': [{ name: 'c', context: { cluster: 'c', user: 'admin' } }],
    'current-context': 'c',
  }));
  const documents = scene.file('joining/kubeadm-init.yaml', scene.kubeadm.text(scene.kubeadm.at('/etc/kubernetes/kubeadm-init.yaml')[0]));
  for (const phase of [['upload-config', 'kubeadm'], ['upload-config', 'kubelet'], ['bootstrap-token', '--skip-token-print']]) {
    const done = await scene.processes.run(scene.binaries.kubeadm.path, ['init', 'phase', ...phase, '--config', documents, '--kubeconfig', kubeconfig]);
    if (done.code !== 0) { throw new Error(`kubeadm init phase ${phase.join(' ')}: ${done.stderr.trim().slice(-600)}`); }
  }
}

/**
 * A node of a pool that has just joined: files at their own paths, and a real kubelet that started by them, got its certificate from the run's
 * control plane and waits for a container runtime, which is silent. It has mounts, processes and a name of its own, which end with it.
 */
export class JoinedNode {
  public readonly folder: string;
  private readonly root: string;

  constructor(private readonly scene: Scene, private readonly form: JoiningForm, private readonly label: string, private readonly careless: Carelessness = {}) {
    this.folder = path.join(scene.folder, label);
    this.root = path.join(this.folder, 'root');
  }

  /** Let the node join, run shell lines on it, end it. */
  public async run(lines: string[]): Promise<void> {
    this.layOut();
    const runtime = net.createServer();
    await new Promise<void>(resolve => { runtime.listen(path.join(this.folder, 'run/containerd/containerd.sock'), resolve); });
    const server = this.scene.processes.start(this.label, 'unshare', ['--mount', '--uts', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', this.script(lines)]);
    try {
      await until('the node done', 2 * READY_SECONDS, async () => server.exitCode() !== undefined);
      if (server.exitCode() !== 0) { throw new Error(`the node ended with ${server.exitCode()}: ${logTail(server, 6)} ${this.kubeletSays()}`); }
    } finally {
      await server.stop();
      runtime.close();
    }
  }

  /** The pool's files with their modes, and beside them what the guide wants from the user. */
  private layOut(): void {
    const { scene, root } = this;
    for (const name of ['root/etc', 'root/usr/bin', 'root/var', 'work/etc', 'work/usr', 'work/var', 'run/containerd']) { fs.mkdirSync(path.join(this.folder, name), { recursive: true }); }
    const tree: HostTree = scene[this.form];
    const put = (hostPath: string, content: string | Buffer, mode: number) => {
      const file = path.join(root, hostPath);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, content);
      fs.chmodSync(file, mode);
    };
    for (const entry of tree.entries.filter(({ pool }) => pool === POOL)) {
      const { from, to } = this.careless.texts?.[entry.path] ?? { from: '', to: '' };
      put(entry.path, tree.text(entry).replace(from, to), parseInt(entry.mode, 8));
    }
    put(AUTHORITY[this.form], fs.readFileSync(scene.controlPlane.adminFiles.ca), 0o644);
    put(TOKEN_FILE, Object.values(TOKEN).join('.'), 0o600);
    put('/usr/bin/kubelet', '', 0o755);
    const address = new URL(scene.controlPlane.apiServerUrl).hostname;
    put('/etc/hosts', `127.0.0.1 localhost\n${address} ${this.endpoint(tree)}\n`, 0o644);
    if (this.form === 'kubeadm') {
      put(PACKAGED_UNIT, `[Service]\nExecStart=${PACKAGED_COMMAND}\n`, 0o644);
      // kubeadm asks systemd, which does not run here, for nothing but the kubelet.
      put('/usr/local/sbin/systemctl', `#!/bin/sh
[ "$1" = restart ] || exit 0
. /var/lib/kubelet/kubeadm-flags.env
${PACKAGED_COMMAND} $KUBELET_KUBEADM_ARGS > ${this.kubeletLog} 2>&1 &
`, 0o755);
    }
  }

  /** Name of the API server in the pool's own files. */
  private endpoint(tree: HostTree): string {
    const entry = tree.entries.find(({ pool, path: hostPath }) => pool === POOL && /(bootstrap-kubelet|discovery)\.conf$/.test(hostPath))!;
    return /server: "?https:\/\/([^:"]+):/.exec(tree.text(entry))![1];
  }

  private script(lines: string[]): string {
    const { root, folder, scene } = this;
    const over = (place: string) => `mount -t overlay overlay -o lowerdir=/${place},upperdir=${root}/${place},workdir=${folder}/work/${place} /${place}`;
    const file = path.join(folder, 'node.sh');
    fs.writeFileSync(file, `set -eu
hostname ${this.label}
${['etc', 'usr', 'var'].map(over).join('\n')}
mount --bind ${folder}/run /run
mount --bind ${scene.binaries.kubelet.path} /usr/bin/kubelet
# The pool's kubelets want cgroup v2, whatever the machine of this run has.
mount -t cgroup2 cgroup2 /sys/fs/cgroup
PATH=/usr/local/sbin:$PATH
${this.start()}
tries=0
until [ -e /etc/kubernetes/kubelet.conf ]; do tries=$((tries + 1)); [ $tries -lt ${READY_SECONDS} ] || { echo 'the kubelet got no certificate' >&2; exit 1; }; sleep 1; done
ps -C kubelet > /dev/null || { echo 'the kubelet has ended' >&2; exit 1; }
! ps -C kube-proxy > /dev/null || { echo 'there is a kube-proxy' >&2; exit 1; }
${[...this.careless.afterwards ?? [], ...lines].join('\n')}
`);
    return file;
  }

  private start(): string {
    if (this.form === 'kubeadm') { return `${this.scene.binaries.kubeadm.path} join phase kubelet-start --config /etc/kubernetes/kubeadm-join.yaml`; }
    return `${/^ExecStart=(.*)$/m.exec(fs.readFileSync(path.join(this.root, '/etc/systemd/system/kubelet.service'), 'utf8'))![1]} > ${this.kubeletLog} 2>&1 &`;
  }

  private get kubeletLog(): string { return path.join(this.folder, 'kubelet.log'); }

  private kubeletSays(): string {
    return fs.existsSync(this.kubeletLog) ? fs.readFileSync(this.kubeletLog, 'utf8').trim().split('\n').slice(-2).join(' ') : '';
  }
}
