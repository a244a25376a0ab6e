import { TALOS, TALOS_BUILT_IN_MODULES, TALOS_MANAGED_FILES, TALOS_NVIDIA, TALOS_REPLACED_FILES } from '../../../catalogue/talos-configuration';
import { toml } from '../../../formats/toml';
import { Problems } from '../../../input/problems';
import { RenderedFile } from '../rendered-file';

/** What the files of a machine become. */
export interface HostDocuments {
  readonly documents: object[];
  /** Files that lie on the machine under their own path. */
  readonly carried: RenderedFile[];
  /** Files that stay behind, and what does their work. */
  readonly left: Array<{ readonly path: string; readonly by: string }>;
}

const V1ALPHA1 = 'v1alpha1';

/** Settings of the machine as documents of Talos; what is neither a document nor replaced by Talos is a problem. */
export function hostDocuments(files: RenderedFile[], hasCards: boolean, problems: Problems): HostDocuments {
  const sysctls: { [name: string]: string } = hasCards ? { ...TALOS_NVIDIA.sysctls } : {};
  const sysfs: { [name: string]: string } = {};
  const modules = new Set<string>(hasCards ? TALOS_NVIDIA.modules : []);
  const documents: object[] = [];
  const carried: RenderedFile[] = [];
  const left: Array<{ path: string; by: string }> = [];
  for (const file of files) {
    const { path, content } = file;
    const replaced = TALOS_REPLACED_FILES.find(candidate => candidate.path.test(path));
    if (replaced !== undefined) {
      left.push({ path, by: replaced.by });
    } else if (path.startsWith('/etc/sysctl.d/')) {
      for (const [, name, value] of content.matchAll(/^([a-z][^=\s]*) = (.*)$/gm)) { sysctls[name] = name === RESERVED_PORTS ? withOwnPorts(value) : value; }
    } else if (path.startsWith('/etc/modules-load.d/')) {
      for (const name of content.split('\n').filter(line => line !== '' && !TALOS_BUILT_IN_MODULES.includes(line))) { modules.add(name); }
    } else if (path.endsWith('/containerd.service.d/20-limits.conf')) {
      documents.push(...openFiles(content));
    } else if (path.endsWith('/timesyncd.conf.d/95-thousand-node.conf')) {
      documents.push({ apiVersion: V1ALPHA1, kind: 'TimeSyncConfig', ntp: { servers: (/^NTP=(.*)$/m.exec(content)?.[1] ?? '').split(' ') } });
    } else if (path === '/etc/containerd/config.toml') {
      documents.push(sandboxImage(content));
      left.push({ path, by: 'containerd\'s configuration of Talos (cgroupfs; the runtime `nvidia` comes with NVIDIA\'s toolkit); the sandbox image is in a CRICustomizationConfig' });
    } else if (path.startsWith('/etc/containerd/certs.d/')) {
      documents.push(registryMirror(file, problems));
    } else if (path.endsWith('/thousand-node-huge-pages')) {
      Object.assign(sysfs, hugePages(content));
    } else if (path.endsWith('/thousand-node-huge-pages.service')) {
      left.push({ path, by: 'SysfsConfig' });
    } else if (path.startsWith('/etc/') && !/^\/etc\/(systemd|containerd)\//.test(path) && !TALOS_MANAGED_FILES.test(path)) {
      problems.require(file.owner === 'root:root', `${file.target.folder}: ${path} belongs to ${file.owner}, and Talos gives files to root; use Installer.ignition()`);
      documents.push({ apiVersion: V1ALPHA1, kind: 'EtcFileConfig', name: path.slice('/etc/'.length), mode: parseInt(file.mode, 8), contents: content });
      carried.push(file);
    } else {
      problems.add(`${file.target.folder}: ${path} has no place in Talos, which has neither shell nor systemd and keeps ${path.startsWith('/etc/') ? 'this folder of /etc' : 'everything outside /etc'} to itself; `
        + `use Installer.ignition() or Installer.cloudInit()${path.includes('thousand-node-local-disks') ? ', or leave local disks out and write a UserVolumeConfig' : ''}`);
    }
  }
  return {
    documents: [
      ...(Object.keys(sysctls).length === 0 ? [] : [{ apiVersion: V1ALPHA1, kind: 'SysctlConfig', params: sysctls }]),
      ...(Object.keys(sysfs).length === 0 ? [] : [{ apiVersion: V1ALPHA1, kind: 'SysfsConfig', params: sysfs }]),
      ...[...modules].map(name => ({ apiVersion: V1ALPHA1, kind: 'KernelModuleConfig', name })),
      ...documents,
    ],
    carried,
    left,
  };
}

const RESERVED_PORTS = 'net.ipv4.ip_local_reserved_ports';

// A list of ours replaces that of Talos: without its own ports an outgoing connection could take them before apid listens.
function withOwnPorts(value: string): string {
  const given = value.split(',');
  return [...given, ...TALOS.reservedPorts.map(String).filter(port => !given.includes(port))].join(',');
}

/** The limit that containers inherit, where it is not the one that machined has anyway. */
function openFiles(content: string): object[] {
  const limit = Number(/^LimitNOFILE=(\d+)$/m.exec(content)?.[1]);
  return limit === TALOS.openFiles ? [] : [{ apiVersion: V1ALPHA1, kind: 'CRIBaseRuntimeSpecConfig', overrides: { process: { rlimits: [{ type: 'RLIMIT_NOFILE', hard: limit, soft: limit }] } } }];
}

function sandboxImage(config: string): object {
  const sandbox = /^sandbox(?:_image)? = "(.+)"$/m.exec(config)![1];
  return { apiVersion: V1ALPHA1, kind: 'CRICustomizationConfig', name: 'thousand-node', content: toml({ plugins: { 'io.containerd.cri.v1.images': { pinned_images: { sandbox } } } }) };
}

/** hosts.toml of a registry, as containerd-files writes it. */
function registryMirror({ target, path, content }: RenderedFile, problems: Problems): object {
  const registry = path.split('/')[4];
  problems.require(!/^ca = /m.test(content), `${target.folder}: mirrors of '${registry}' name a caFile, and Talos takes certificates as text only; leave caFile out and add a TrustedRootsConfig, or use Installer.ignition()`);
  const own = /^server = "(.+)"$/m.exec(content)?.[1];
  const [top, ...hosts] = content.split(/^\[host\./m);
  const others = hosts.map(host => ({ url: /^"(.+)"\]/.exec(host)![1], ...overridden(host) }));
  return {
    apiVersion: V1ALPHA1,
    kind: 'RegistryMirrorConfig',
    name: registry === '_default' ? '*' : registry,
    endpoints: [...others, ...(own === undefined ? [] : [{ url: own, ...overridden(top) }])],
    ...(own === undefined ? {} : { skipFallback: true }),
  };
}

function overridden(block: string): object {
  return /^override_path = true$/m.test(block) ? { overridePath: true } : {};
}

/** What the script of the huge pages writes: equal shares of the NUMA nodes, the first ones one more. */
function hugePages(script: string): { [name: string]: string } {
  const constant = (name: string) => Number(new RegExp(`^readonly ${name}=(\\d+)$`, 'm').exec(script)![1]);
  const nodes = constant('NUMA_NODES');
  const sizes: Array<[string, number]> = [['2048kB', constant('PAGES_2MI')], ['1048576kB', constant('PAGES_1GI')]];
  return Object.fromEntries(sizes.filter(([, pages]) => pages > 0).flatMap(([size, pages]) => Array.from({ length: nodes }, (_, node): [string, string] => [
    `devices.system.node.node${node}.hugepages.hugepages-${size}.nr_hugepages`, String(Math.floor(pages / nodes) + (node < pages % nodes ? 1 : 0)),
  ])));
}
