import { KubernetesRelease } from './kubernetes-release';

/** Versions of the components that go with one Kubernetes minor. */
export interface ComponentVersions {
  readonly etcd: string;
  /** Tag of the etcd image: before 3.7 images carry a rebuild number. */
  readonly etcdImageTag: string;
  readonly pause: string;
  readonly coreDns: string;
  readonly nodeCache: string;
  readonly calico: string;
  readonly tigeraOperator: string;
  /** Undefined where no image for that minor has a source. */
  readonly clusterAutoscaler: string;
  readonly clusterProportionalAutoscaler: string;
  readonly metricsServer: string;
  readonly kubeStateMetrics: string;
  readonly localVolumeProvisioner: string;
  readonly prometheus: string;
  readonly thanos: string;
  readonly nodeExporter: string;
  readonly fluentBit: string;
  readonly nvidiaDevicePlugin: string;
  /** NVIDIA's library below the exporter; both stand in the tag of its image. */
  readonly dcgm: string;
  readonly dcgmExporter: string;
  /** Where a pair was never tested together upstream: the sentence for the report. */
  readonly notes: string[];
}

interface Row {
  readonly etcd: string;
  readonly etcdImageTag: string;
  readonly pause: string;
  readonly coreDns: string;
  readonly calico: [version: string, operator: string];
  readonly clusterAutoscaler: string;
  readonly metricsServer: string;
  readonly kubeStateMetrics: string;
}

/*
 * One row per Kubernetes minor. Recorded 2026-11-23.
 *
 * etcd          newest 3.5 patch with a published kubeadm image up to 1.33 (3.5.24-0: kubeadm constants, minimum of external etcd today), 3.6.8-0 for
 *               1.34 to 1.36 (image that kubeadm 1.36.2 prints), 3.7.0 for 1.37. Never the .0 etcd of 1.22 to 1.24 (data inconsistency, postmortem of 3.5).
 *               The tag of 3.7 has two spellings in upstream's sources (v3.7.0 in sample-apiserver, 3.7.0-0 in Cluster API's tests); kubeadm's is used.
 * coreDns       what kubeadm ships (coredns/deployment CoreDNS-k8s_version.md)
 * calico        built and tested with that minor or the nearest newer pair (calico metadata.mk by tag); operator by tigera/operator tags
 * autoscaler    newest patch of the minor (kubernetes/autoscaler tags); 1.37 is expected and not published: 1.36.1 stands in, with a note
 * metricsServer its README's compatibility table
 * ksm           its README: one minor each from 2.16 (1.32) to 2.20 (1.36)
 * pause         kubespray and Cluster API test images; before 1.34 the newest that those minors' kubeadm accepts is not recorded: 3.10.1 serves them, since
 *               the pause image has no dependency on the minor
 */
const ROWS: { [minor: number]: Row } = {
  22: row('3.5.24', 'pause 3.10.1', '1.8.4', ['3.22.0', '1.25.0'], '1.22.3', '0.5.2', '2.16.0'),
  23: row('3.5.24', 'pause 3.10.1', '1.8.6', ['3.24.0', '1.28.0'], '1.23.1', '0.5.2', '2.16.0'),
  24: row('3.5.24', 'pause 3.10.1', '1.8.6', ['3.26.1', '1.32.0'], '1.24.3', '0.5.2', '2.16.0'),
  25: row('3.5.24', 'pause 3.10.1', '1.9.3', ['3.26.1', '1.32.0'], '1.25.3', '0.6.4', '2.16.0'),
  26: row('3.5.24', 'pause 3.10.1', '1.9.3', ['3.28.0', '1.34.0'], '1.26.8', '0.6.4', '2.16.0'),
  27: row('3.5.24', 'pause 3.10.1', '1.10.1', ['3.28.0', '1.34.0'], '1.27.8', '0.7.2', '2.16.0'),
  28: row('3.5.24', 'pause 3.10.1', '1.10.1', ['3.28.0', '1.34.0'], '1.28.7', '0.7.2', '2.16.0'),
  29: row('3.5.24', 'pause 3.10.1', '1.11.1', ['3.29.0', '1.36.0'], '1.29.5', '0.7.2', '2.16.0'),
  30: row('3.5.24', 'pause 3.10.1', '1.11.1', ['3.29.0', '1.36.0'], '1.30.7', '0.7.2', '2.16.0'),
  31: row('3.5.24', 'pause 3.10.1', '1.11.3', ['3.30.0', '1.38.0'], '1.31.5', '0.8.0', '2.16.0'),
  32: row('3.5.24', 'pause 3.10.1', '1.11.3', ['3.30.0', '1.38.0'], '1.32.7', '0.8.0', '2.16.0'),
  33: row('3.5.24', 'pause 3.10.1', '1.12.0', ['3.31.0', '1.40.0'], '1.33.6', '0.8.0', '2.17.0'),
  34: row('3.6.8', 'pause 3.10.1', '1.12.1', ['3.32.0', '1.42.0'], '1.34.5', '0.9.0', '2.18.0'),
  35: row('3.6.8', 'pause 3.10.1', '1.13.1', ['3.32.0', '1.42.0'], '1.35.2', '0.9.0', '2.19.0'),
  36: row('3.6.8', 'pause 3.10.2', '1.14.2', ['3.32.0', '1.42.0'], '1.36.1', '0.9.0', '2.20.0'),
  37: row('3.7.0', 'pause 3.10.2', '1.14.6', ['3.32.0', '1.42.0'], '1.36.1', '0.9.0', '2.20.0'),
};

function row(
  etcd: string, pause: string, coreDns: string, calico: [string, string], clusterAutoscaler: string, metricsServer: string, kubeStateMetrics: string,
): Row {
  return { etcd, etcdImageTag: `${etcd}-0`, pause: pause.replace('pause ', ''), coreDns, calico, clusterAutoscaler, metricsServer, kubeStateMetrics };
}

/** Minor of Kubernetes that a Calico release was built and tested with (calico metadata.mk by tag). */
const CALICO_TESTED_WITH: { [calico: string]: number } = {
  '3.22': 22, '3.24': 23, '3.26': 24, '3.28': 28, '3.29': 29, '3.30': 32, '3.31': 33, '3.32': 35,
};

/** Companion versions of a Kubernetes release. */
export function componentVersions(release: KubernetesRelease): ComponentVersions {
  const { calico: [calico, tigeraOperator], ...versions } = ROWS[release.minor];
  return {
    ...versions,
    calico,
    tigeraOperator,
    // Independent of the Kubernetes minor: newest recorded tag (facts of 2026-08: kubernetes/dns, local-static-provisioner, upstream tags).
    nodeCache: '1.26.7',
    clusterProportionalAutoscaler: '1.8.9',
    localVolumeProvisioner: '2.9.0',
    prometheus: '3.14.0',
    thanos: '0.42.4',
    nodeExporter: '1.12.1',
    fluentBit: '5.1.1',
    // Newest tags of NVIDIA/k8s-device-plugin and NVIDIA/dcgm-exporter; neither names a minor of Kubernetes above 1.10.
    nvidiaDevicePlugin: '0.20.0',
    dcgm: '4.5.3',
    dcgmExporter: '4.8.2',
    notes: pairNotes(release, calico, versions),
  };
}

function pairNotes(release: KubernetesRelease, calico: string, versions: { clusterAutoscaler: string; kubeStateMetrics: string }): string[] {
  const notes: string[] = [];
  const calicoMinor = calico.split('.').slice(0, 2).join('.');
  if (CALICO_TESTED_WITH[calicoMinor] !== release.minor) {
    notes.push(`Calico ${calico} was built and tested with Kubernetes 1.${CALICO_TESTED_WITH[calicoMinor]}, not with ${release.version}`);
  }
  if (!versions.clusterAutoscaler.startsWith(`${release.version}.`)) {
    notes.push(`no Cluster Autoscaler ${release.version} was published when this table was recorded (2026-11-23); ${versions.clusterAutoscaler} stands in`);
  }
  const ksmKubernetes = Number(versions.kubeStateMetrics.split('.')[1]) + 16;
  if (ksmKubernetes !== release.minor) {
    notes.push(`kube-state-metrics ${versions.kubeStateMetrics} was tested with Kubernetes 1.${ksmKubernetes}, not with ${release.version}`);
  }
  return notes;
}
