import * as fs from 'node:fs';
import * as path from 'node:path';

/** One binary of the toolchain and how it is made from its wrapper module. */
export interface Tool {
  /** Folder beside this file that holds the wrapper's `go.mod` and `go.sum`. */
  readonly wrapper: string;

  /** Module in that `go.mod` whose version is the tool's version. */
  readonly module: string;

  /** Main package given to `go build`; the binary takes the tool's name, whatever the package is called. */
  readonly package: string;

  /** Go variables set at link time, by import path, for a version such as `v1.37.2`. */
  readonly stamps?: (version: string) => Readonly<Record<string, string>>;

  /** Go build tags. */
  readonly tags?: readonly string[];

  /** Release a module version stands for, where upstream counts the two differently. */
  readonly release?: (moduleVersion: string) => string;

  /** Arguments that make the binary print its version and end. */
  readonly versionArgs: readonly string[];
}

const ETCD = {
  wrapper: 'etcd',
  module: 'go.etcd.io/etcd/server/v3',
} as const;

const CONTAINERD = {
  wrapper: 'containerd',
  module: 'github.com/containerd/containerd/v2',
} as const;

const KUBERNETES = {
  wrapper: 'kubernetes',
  module: 'k8s.io/kubernetes',
  stamps: kubernetesStamps,
} as const;

/** What a node runs, and what judges its files; most of their packages are compiled already for the binaries above. */
const KUBERNETES_NODE = { ...KUBERNETES, wrapper: 'kubernetes-node' } as const;

/** Control plane of an earlier minor, from a wrapper of its own. */
const earlierKubernetes = (minor: string, binary: string) => ({ ...KUBERNETES, wrapper: `kubernetes-${minor}`, package: `k8s.io/kubernetes/cmd/${binary}`, versionArgs: ['--version'] });

/** The judge of kubelet configurations, compiled with the packages of an earlier minor. */
const earlierKubeletCheck = (minor: string) => ({ ...KUBERNETES, wrapper: `kubernetes-${minor}`, package: './cmd/kubelet-config-check', versionArgs: ['--version'] });

/** The server of an earlier minor, from a wrapper of its own. */
const earlierEtcd = (minor: string) => ({ ...ETCD, wrapper: `etcd-${minor}`, package: 'go.etcd.io/etcd/server/v3', versionArgs: ['--version'] });

/** The runtime of machines of earlier releases, whose layout of the configuration is another one. */
const earlierContainerd = (minor: string, module: string) => ({ wrapper: `containerd-${minor}`, module, package: `${module}/cmd/containerd`, versionArgs: ['--version'] });

/** CoreDNS of earlier releases, as their kubeadm ships it. */
const earlierCoreDns = (minor: string) => ({
  wrapper: `coredns-${minor}`, module: 'github.com/coredns/coredns', package: 'github.com/coredns/coredns', versionArgs: ['-version'],
});

/** What releases before the default one run on, built only where a check asks for it by name. */
const EARLIER = {
  'etcd-3.6': earlierEtcd('3.6'),
  'etcd-3.5': earlierEtcd('3.5'),
  'coredns-1.12': earlierCoreDns('1.12'),
  'coredns-1.11': earlierCoreDns('1.11'),
  'kube-apiserver-1.36': earlierKubernetes('1.36', 'kube-apiserver'),
  'kube-controller-manager-1.36': earlierKubernetes('1.36', 'kube-controller-manager'),
  'kube-scheduler-1.36': earlierKubernetes('1.36', 'kube-scheduler'),
  'kube-apiserver-1.35': earlierKubernetes('1.35', 'kube-apiserver'),
  'kube-controller-manager-1.35': earlierKubernetes('1.35', 'kube-controller-manager'),
  'kube-scheduler-1.35': earlierKubernetes('1.35', 'kube-scheduler'),
  'kubelet-config-check-1.36': earlierKubeletCheck('1.36'),
  'kubelet-config-check-1.35': earlierKubeletCheck('1.35'),
  // The last one that knows the older form of its documents only.
  'kubeadm-1.30': { ...earlierKubernetes('1.30', 'kubeadm'), versionArgs: ['version', '--output=short'] },
  'containerd-2.2': earlierContainerd('2.2', 'github.com/containerd/containerd/v2'),
  'containerd-1.7': earlierContainerd('1.7', 'github.com/containerd/containerd'),
} as const satisfies Record<string, Tool>;

/** What every run has, in the order in which it is built: what most checks wait for comes first. Continuous integration builds no other. */
const CORE = {
  'etcd': { ...ETCD, package: 'go.etcd.io/etcd/server/v3', versionArgs: ['--version'] },
  'etcdctl': { ...ETCD, package: 'go.etcd.io/etcd/etcdctl/v3', versionArgs: ['version'] },
  'etcdutl': { ...ETCD, package: 'go.etcd.io/etcd/etcdutl/v3', versionArgs: ['version'] },
  'kube-apiserver': { ...KUBERNETES, package: 'k8s.io/kubernetes/cmd/kube-apiserver', versionArgs: ['--version'] },
  'kube-controller-manager': {
    ...KUBERNETES,
    package: 'k8s.io/kubernetes/cmd/kube-controller-manager',
    versionArgs: ['--version'],
  },
  'kube-scheduler': { ...KUBERNETES, package: 'k8s.io/kubernetes/cmd/kube-scheduler', versionArgs: ['--version'] },
  'kubectl': { ...KUBERNETES, package: 'k8s.io/kubernetes/cmd/kubectl', versionArgs: ['version', '--client'] },
  'kubeadm': { ...KUBERNETES, package: 'k8s.io/kubernetes/cmd/kubeadm', versionArgs: ['version', '--output=short'] },
  'kubelet-config-check': { ...KUBERNETES, package: './cmd/kubelet-config-check', versionArgs: ['--version'] },
  'kubelet': { ...KUBERNETES_NODE, package: 'k8s.io/kubernetes/cmd/kubelet', versionArgs: ['--version'] },
  'kube-proxy': { ...KUBERNETES_NODE, package: 'k8s.io/kubernetes/cmd/kube-proxy', versionArgs: ['--version'] },
  'kubelet-managers-check': { ...KUBERNETES_NODE, package: './cmd/kubelet-managers-check', versionArgs: ['--version'] },
  'kwok': {
    wrapper: 'kwok',
    module: 'sigs.k8s.io/kwok',
    package: 'sigs.k8s.io/kwok/cmd/kwok',
    stamps: (version) => ({ 'sigs.k8s.io/kwok/pkg/consts.Version': version }),
    versionArgs: ['--version'],
  },
  'promtool': {
    wrapper: 'promtool',
    module: 'github.com/prometheus/prometheus',
    package: 'github.com/prometheus/prometheus/cmd/promtool',
    stamps: (version) => ({ 'github.com/prometheus/common/version.Version': prometheusRelease(version).slice(1) }),
    // The cloud discoveries are most of the build and none of our configurations names one. A promtool
    // without them refuses more, never less. static_configs are part of the core.
    tags: ['remove_all_sd', 'enable_kubernetes_sd', 'enable_file_sd', 'enable_dns_sd', 'enable_http_sd'],
    release: prometheusRelease,
    versionArgs: ['--version'],
  },
  'coredns': {
    wrapper: 'coredns',
    module: 'github.com/coredns/coredns',
    package: 'github.com/coredns/coredns',
    versionArgs: ['-version'],
  },
  'register-history-check': {
    wrapper: 'porcupine',
    module: 'github.com/anishathalye/porcupine',
    package: './cmd/register-history-check',
    versionArgs: ['--version'],
  },
} as const satisfies Record<string, Tool>;

/** What one area needs beside them: it is built where that area is part of the run. */
const OF_AREAS = {
  'rolling-client': { ...KUBERNETES, package: './cmd/rolling-client', versionArgs: ['--version'] },
  'network-policy-check': {
    wrapper: 'network',
    module: 'github.com/mattfenwick/cyclonus',
    package: './cmd/network-policy-check',
    versionArgs: ['--version'],
  },
  // The newest of Calico's code that is served as a module; the selectors have not changed since but for operators.
  'calico-selector-check': {
    wrapper: 'network',
    module: 'github.com/projectcalico/libcalico-go',
    package: './cmd/calico-selector-check',
    versionArgs: ['--version'],
  },
  'butane-check': {
    wrapper: 'butane',
    module: 'github.com/coreos/butane',
    package: './cmd/butane-check',
    versionArgs: ['--version'],
  },
  'kops-document-check': {
    wrapper: 'kops',
    module: 'k8s.io/kops',
    package: './cmd/kops-document-check',
    versionArgs: ['--version'],
  },
  'talos-config-check': {
    wrapper: 'talos',
    module: 'github.com/siderolabs/talos/pkg/machinery',
    package: './cmd/talos-config-check',
    versionArgs: ['--version'],
  },
  'containerd': { ...CONTAINERD, package: 'github.com/containerd/containerd/v2/cmd/containerd', versionArgs: ['--version'] },
  'containerd-shim-runc-v2': { ...CONTAINERD, package: 'github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2', versionArgs: ['-v'] },
  'containerd-check': { ...CONTAINERD, package: './cmd/containerd-check', versionArgs: ['--version'] },
  'kube-bench': {
    wrapper: 'kube-bench',
    module: 'github.com/aquasecurity/kube-bench',
    package: 'github.com/aquasecurity/kube-bench',
    stamps: (version) => ({ 'github.com/aquasecurity/kube-bench/cmd.KubeBenchVersion': version }),
    versionArgs: ['version'],
  },
} as const satisfies Record<string, Tool>;

/** All tools. */
export const TOOLS = { ...CORE, ...OF_AREAS, ...EARLIER };

export type ToolName = keyof typeof TOOLS;

/** Tools that every run makes ready. */
export const CORE_TOOL_NAMES = Object.keys(CORE) as ToolName[];

export type AreaToolName = keyof typeof OF_AREAS;

/** Tools of single areas. */
export const AREA_TOOL_NAMES = Object.keys(OF_AREAS) as AreaToolName[];

export type EarlierToolName = keyof typeof EARLIER;

/** Tools of earlier releases, by name only: they take long to build. */
export const EARLIER_TOOL_NAMES = Object.keys(EARLIER) as EarlierToolName[];

/** Folder of a tool's wrapper module. */
export function wrapperFolder(name: ToolName): string {
  return path.join(__dirname, TOOLS[name].wrapper);
}

/** Version of the tool's module, read from the wrapper so that it is written down once. */
export function moduleVersion(name: ToolName): string {
  const tool: Tool = TOOLS[name];
  const goMod = fs.readFileSync(path.join(wrapperFolder(name), 'go.mod'), 'utf8');
  const versions = goMod.split('\n')
    .map((line) => line.trim().replace(/^require\s+/, '').split(/\s+/))
    .filter((words) => words[0] === tool.module && words[1] !== '=>')
    .map((words) => words[1]);
  if (versions.length !== 1) {
    throw new Error(`${tool.wrapper}/go.mod must require ${tool.module} exactly once, found ${versions.length}`);
  }
  return versions[0];
}

/** Release the tool belongs to, such as `v1.37.2`: what its binary is expected to print. */
export function pinnedVersion(name: ToolName): string {
  const tool: Tool = TOOLS[name];
  const version = moduleVersion(name);
  return tool.release ? tool.release(version) : version;
}

// kubeadm refuses to work, and version checks between components compare nonsense, when these are unset.
function kubernetesStamps(version: string): Record<string, string> {
  const [major, minor] = version.slice(1).split('.');
  return {
    'k8s.io/component-base/version.gitVersion': version,
    'k8s.io/component-base/version.gitMajor': major,
    'k8s.io/component-base/version.gitMinor': minor,
    'k8s.io/client-go/pkg/version.gitVersion': version,
  };
}

// Prometheus keeps its Go module below v1: release 3.14.0 is module v0.314.0.
function prometheusRelease(version: string): string {
  const [, minor, patch] = version.split('.');
  return `v${Number(minor.slice(0, -2))}.${Number(minor.slice(-2))}.${patch}`;
}
