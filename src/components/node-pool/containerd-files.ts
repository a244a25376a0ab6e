import { Containerd, RegistryMirror } from './containerd';
import { KubeletSubject } from './kubelet-subject';
import { ContainerdLayout, containerdLayout, leastContainerd } from '../../catalogue/containerd-configuration';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { UPSTREAM_IMAGES } from '../../cluster/image-registry';
import { toml, TomlTable } from '../../formats/toml';
import { HostChange } from '../../host/host-change';
import { HostFileProps } from '../../host/host-file';
import { HostTarget } from '../../host/host-target';

const MIRRORS = '/etc/containerd/certs.d';

/** The runtime's own files of one machine or pool, by construct id. */
export function containerdFiles(
  target: HostTarget, cluster: ClusterFacts, subject: KubeletSubject, containerd: Containerd,
): Array<[id: string, file: HostFileProps]> {
  if (!containerd.isWritten) { return []; }
  return [
    // Containers outlive a restart, but those of the old cgroup driver would be counted twice.
    ['Containerd', { target, path: '/etc/containerd/config.toml', content: containerdConfig(cluster, subject, containerd), onChange: HostChange.drainAndRestart('containerd.service') }],
    ...containerd.mirrors.map((mirror): [string, HostFileProps] =>
      // Read at each pull.
      [`Mirror-${mirror.registry.replace(/[^a-z0-9]/g, '-')}`, { target, path: `${MIRRORS}/${mirror.registry}/hosts.toml`, content: mirrorHosts(mirror), onChange: HostChange.nothing() }]),
  ];
}

export function containerdConfig(cluster: ClusterFacts, { pool, release }: KubeletSubject, containerd: Containerd): string {
  const version = containerd.version ?? leastContainerd(release.version);
  const layout = containerdLayout(version);
  const cards = pool?.gpu?.vendor === 'nvidia';
  const runtime = {
    containerd: {
      default_runtime_name: 'runc',
      runtimes: {
        runc: { runtime_type: 'io.containerd.runc.v2', options: { SystemdCgroup: true } },
        ...Object.fromEntries(containerd.runtimes.map(
          ({ name, type, options }) => [name, { runtime_type: type, options: Object.keys(options).length > 0 ? options : undefined }],
        )),
        // Not the default: an image that asks for all cards would get them without the scheduler's knowledge.
        ...(cards ? { nvidia: { runtime_type: 'io.containerd.runc.v2', options: { BinaryName: '/usr/bin/nvidia-container-runtime', SystemdCgroup: true } } } : {}),
      },
    },
  };
  const images = {
    ...sandbox(layout, cluster.imageRegistry.image(UPSTREAM_IMAGES.pause, cluster.versions.pause)),
    // Written without mirrors too: then a mirror is a new file and no restart.
    registry: { config_path: MIRRORS },
  };
  return toml({
    version: layout.version,
    plugins: layout.imagePlugin === layout.runtimePlugin
      ? { [layout.imagePlugin]: { ...images, ...runtime } }
      : { [layout.imagePlugin]: images, [layout.runtimePlugin]: runtime },
  }, [`For containerd ${version}${layout.version === 2 ? ' and newer, which convert this layout' : ' and newer'}.`]);
}

function sandbox({ sandboxImage: [first, ...rest] }: ContainerdLayout, image: string): TomlTable {
  return { [first]: rest.reduceRight<string | TomlTable>((value, key) => ({ [key]: value }), image) };
}

function mirrorHosts({ endpoints, caFile, fallBack }: RegistryMirror): string {
  const entry = (endpoint: string) => ({
    capabilities: ['pull', 'resolve'],
    ca: caFile,
    // A mirror below a path has its own /v2 in it, or none.
    override_path: /^https?:\/\/[^/]+\/./.test(endpoint) ? true : undefined,
  });
  // The server is asked last; without the line it is the registry itself, and its fields stand at the top.
  const server = fallBack === false ? endpoints[endpoints.length - 1] : undefined;
  const others = server === undefined ? endpoints : endpoints.slice(0, -1);
  return toml({
    ...(server === undefined ? {} : { server, ...entry(server) }),
    host: others.length === 0 ? undefined : Object.fromEntries(others.map(endpoint => [endpoint, entry(endpoint)])),
  });
}
