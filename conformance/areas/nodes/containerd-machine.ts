import * as fs from 'node:fs';
import * as path from 'node:path';
import { ContainerdNode } from './containerd-pools';
import { logTail, Server } from '../../processes';
import { Scene } from '../../scene';
import { until } from '../../waiting';

/** What a running containerd answers a kubelet. */
export interface RuntimeStatus {
  readonly version: string;
  readonly conditions: { readonly [type: string]: string };
  /** Runtimes by name, with what they can; undefined where the runtime is not there. */
  readonly handlers: { readonly [name: string]: { readonly user_namespaces?: boolean } | undefined };
  readonly cgroupDriver: string;
  readonly config: any;
}

/** Answers what containerd asks of every runtime: what it can. The real one needs NVIDIA's driver. */
const NVIDIA_RUNTIME = `#!/bin/sh
[ "$1" = features ] && echo '{"ociVersionMin":"1.0.0","ociVersionMax":"1.2.0","linux":{"namespaces":["user"],"mountExtensions":{"idmap":{"enabled":true}}}}'
`;

/**
 * A node's containerd, started as its unit does: without an argument, with the node's files at their own paths. It has mounts of its own,
 * which end with it; nothing outside the run's folder is written.
 */
export class ContainerdMachine {
  /** `change` may alter the node's files before the start, below the folder that stands for `/`. */
  public static async start(scene: Scene, label: string, node: ContainerdNode, change: (root: string) => void = () => {}): Promise<ContainerdMachine> {
    const folder = path.join(scene.folder, label);
    const root = path.join(folder, 'root');
    fs.cpSync(node.root, root, { recursive: true });
    for (const name of ['root/etc', 'root/usr/bin', 'root/var/lib/containerd', 'work/etc', 'work/usr/bin', 'work/var', 'data', 'run']) { fs.mkdirSync(path.join(folder, name), { recursive: true }); }
    fs.writeFileSync(path.join(root, 'usr/bin/nvidia-container-runtime'), NVIDIA_RUNTIME, { mode: 0o755 });
    change(root);
    const script = path.join(folder, 'machine.sh');
    // Layers of images cannot lie on an overlay, so the runtime's data gets a folder that is none.
    fs.writeFileSync(script, `set -eu
${['etc', 'usr/bin', 'var'].map(place => `mount -t overlay overlay -o lowerdir=/${place},upperdir=${root}/${place},workdir=${folder}/work/${place} /${place}`).join('\n')}
mount --bind ${folder}/data /var/lib/containerd
mount --bind ${folder}/run /run
mount -t tmpfs tmpfs /opt
PATH="${path.dirname(scene.binaries['containerd-shim-runc-v2'].path)}:$PATH"
exec ${scene.binaries.containerd.path}
`);
    const server = scene.processes.start(label, 'unshare', ['--mount', 'sh', script]);
    const machine = new ContainerdMachine(scene, server, path.join(folder, 'run/containerd/containerd.sock'));
    await until('containerd answers', 60, async () => (await machine.ask('status', [])).code === 0, [server], 300).catch(error => { throw new Error(`${error.message}: ${logTail(server)}`); });
    return machine;
  }

  private constructor(private readonly scene: Scene, private readonly server: Server, private readonly socket: string) {}

  public async status(): Promise<RuntimeStatus> {
    const done = await this.ask('status', []);
    if (done.code !== 0) { throw new Error(`containerd does not answer: ${done.stderr}`); }
    return JSON.parse(done.stdout);
  }

  /** Digest of the image's configuration, or the runtime's reason why it is not to be had. */
  public async pull(image: string): Promise<{ digest?: string; reason?: string }> {
    const done = await this.ask('pull', [image]);
    return done.code === 0 ? { digest: JSON.parse(done.stdout).image } : { reason: done.stderr.trim() };
  }

  public end(): Promise<void> { return this.server.stop(); }

  private ask(question: string, args: string[]) {
    return this.scene.processes.run(this.scene.binaries['containerd-check'].path, [question, this.socket, ...args]);
  }
}
