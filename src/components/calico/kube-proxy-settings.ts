import type { CalicoEbpfProps } from './calico-options';
import { KubeProxyMode } from './kube-proxy-options';
import { proxyConntrackPerCore } from '../../capacity/calico-map-capacity';
import { CALICO_OPERATOR_FEATURES } from '../../catalogue/calico-operator-fields';
import { IPVS_OFF_BY_DEFAULT, KUBE_PROXY_MODES, ProxyModeRow } from '../../catalogue/kube-proxy-modes';
import { compareVersions, inRange } from '../../catalogue/version-range';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { Derivation, given } from '../../derivation/derivation';
import { wholeNumberProblem } from '../../input/numbers';
import { Problems } from '../../input/problems';

export interface ProxySettings {
  readonly mode: KubeProxyMode;
  readonly conntrackPerCore: Derivation;
  /** `calicoNetwork.linuxDataplane` that goes with it. */
  readonly dataplane: 'Iptables' | 'Nftables';
}

export function proxySettings(cluster: ClusterFacts, props: CalicoEbpfProps, problems: Problems): ProxySettings | undefined {
  const options = props.kubeProxy;
  if (!options) { return undefined; }
  const { version } = cluster.release;
  const calicoKnows = inRange(cluster.versions.calico, CALICO_OPERATOR_FEATURES.nftables);
  const stable = compareVersions(version, KUBE_PROXY_MODES.nftables.stableIn) >= 0;
  const mode = options.mode ?? (stable && calicoKnows ? KubeProxyMode.NFTABLES : KubeProxyMode.IPTABLES);
  if (options.conntrackMaxPerCore !== undefined) {
    problems.add(wholeNumberProblem('kubeProxy.conntrackMaxPerCore', options.conntrackMaxPerCore, { min: 1024, max: 4_194_304, why: 'entries for each core' }));
  }
  const { largestMaxPods, connectionsPerPod } = cluster.fleet;
  const cores = Math.min(...cluster.pools.map(pool => pool.machine.cpu));
  return {
    mode,
    dataplane: mode === KubeProxyMode.NFTABLES ? 'Nftables' : 'Iptables',
    conntrackPerCore: given(options.conntrackMaxPerCore, proxyConntrackPerCore(largestMaxPods, connectionsPerPod, cores)),
  };
}

/** Modes that the release or Calico does not have. */
export function checkProxy(cluster: ClusterFacts, props: CalicoEbpfProps, problems: Problems): void {
  const mode = props.kubeProxy?.mode;
  if (mode === undefined) { return; }
  const { release, versions: { calico } } = cluster;
  const row: ProxyModeRow = KUBE_PROXY_MODES[mode];
  if (row.added !== undefined && compareVersions(release.version, row.added) < 0) {
    problems.add(`kubeProxy.mode ${mode} is not in kube-proxy of Kubernetes ${release} without a feature gate (from ${row.added} on); use KubeProxyMode.IPTABLES`);
  }
  if (row.removed !== undefined && compareVersions(release.version, row.removed) >= 0) {
    problems.add(`kubeProxy.mode ${mode} was removed in Kubernetes ${row.removed}, the cluster runs ${release}; use KubeProxyMode.NFTABLES`);
  }
  if (mode === KubeProxyMode.NFTABLES && !inRange(calico, CALICO_OPERATOR_FEATURES.nftables)) {
    problems.add(`kubeProxy.mode nftables goes with the nftables data plane of Calico, which ${calico} lacks (from 3.29 on); use KubeProxyMode.IPTABLES`);
  }
}

/** What should be known of a mode that still works. */
export function proxyNotes(cluster: ClusterFacts, { mode }: ProxySettings): string[] {
  const row: ProxyModeRow = KUBE_PROXY_MODES[mode];
  const { version } = cluster.release;
  return [
    ...(row.deprecatedIn !== undefined && compareVersions(version, row.deprecatedIn) >= 0
      ? [`kubeProxy.mode ${mode} is deprecated from Kubernetes ${row.deprecatedIn} on, off by default from ${IPVS_OFF_BY_DEFAULT} and removed in ${row.removed}: plan the change to nftables`] : []),
    ...(row.stableIn !== undefined && compareVersions(version, row.stableIn) < 0 ? [`kubeProxy.mode ${mode} is beta in Kubernetes ${version}, stable from ${row.stableIn} on`] : []),
    ...(row.kernel !== undefined ? [`kubeProxy.mode ${mode} needs Linux ${row.kernel} on every node`] : []),
  ];
}
