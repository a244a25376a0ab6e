import { RenderedFile } from './rendered-file';
import { neededOnCommandLine } from '../../catalogue/kubelet-command-line';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { HOST_PATHS } from '../../cluster/host-paths';
import { urlHost } from '../../cluster/ip-range';
import { LABELS } from '../../cluster/labels';
import { NodeTaint } from '../../cluster/node-pool';
import { HOST_PORTS } from '../../cluster/ports';
import { kubeconfig } from '../../formats/kubeconfig';
import { systemdCommand, systemdUnit } from '../../formats/systemd-unit';
import { yamlDocuments } from '../../formats/yaml-document';
import { HostChange } from '../host-change';
import { KubeletHost } from '../kubelet-host';

/** Where distribution packages put the kubelet. */
export const KUBELET_BINARY = '/usr/bin/kubelet';

/** Fragments of the machine image with lower numbers lie under it. */
const DROP_IN = `${HOST_PATHS.kubeletConfigDropIns}/50-thousand-node.conf`;

export const KUBELET_UNIT = 'kubelet.service';

/**
 * A kubelet without an installer: configuration, unit and the kubeconfig it starts from.
 *
 * A control-plane kubelet starts with a client certificate instead of a bootstrap token: a kubelet that waits for its certificate to be
 * signed runs no static pods, and then no API server would ever come up to sign it.
 */
export function kubeletFiles(kubelet: KubeletHost, cluster: ClusterFacts): RenderedFile[] {
  const change = kubelet.props.changeNeedsDrain ? HostChange.drainAndRestart(KUBELET_UNIT) : HostChange.restart(KUBELET_UNIT);
  const file = (path: string, content: string, mode: string, onChange: HostChange): RenderedFile =>
    ({ target: kubelet.target, path, content, mode, owner: 'root:root', onChange });
  return [
    file(kubelet.props.dropIn ? DROP_IN : HOST_PATHS.kubeletConfig, yamlDocuments([wholeDocument(kubelet)]), '0600', change),
    file(`/etc/systemd/system/${KUBELET_UNIT}`, kubeletUnit(kubelet), '0644', HostChange.restart(KUBELET_UNIT)),
    onOwnMachine(kubelet)
      ? file(HOST_PATHS.kubeletKubeconfig, machineKubeconfig(kubelet, cluster), '0600', HostChange.restart(KUBELET_UNIT))
      : file(HOST_PATHS.kubeletBootstrapKubeconfig, bootstrapKubeconfig(cluster), '0600', HostChange.nothing()),
  ];
}

/**
 * Arguments of the kubelet beside `--config` and its kubeconfigs, as name and value: what the release cannot read from the file.
 * kubeadm takes the same ones as `kubeletExtraArgs`.
 */
export function kubeletArguments(kubelet: KubeletHost): Array<{ name: string; value: string }> {
  const { release, nodeLabels, taints, nodeIp, secondaryNodeIp } = kubelet.props;
  const labels = Object.entries(nodeLabels).map(([key, value]) => `${key}=${value}`).sort();
  const wanted = [
    { name: 'container-runtime', value: 'remote' },
    { name: 'container-runtime-endpoint', value: HOST_PATHS.containerdSocket },
    { name: 'node-ip', value: [nodeIp, secondaryNodeIp].filter(address => address !== undefined).join(',') },
    { name: 'node-labels', value: labels.join(',') },
    { name: 'register-with-taints', value: taints.map(taintText).join(',') },
  ] as const;
  return wanted.filter(argument => argument.value !== '' && neededOnCommandLine(argument.name, release.version));
}

/** The command that gives a control-plane node its role label: no kubelet may set it itself (NodeRestriction). Undefined for pools. */
export function nodeRoleCommand(kubelet: KubeletHost): string | undefined {
  return onOwnMachine(kubelet) && kubelet.props.taints.some(taint => taint.key === LABELS.controlPlane)
    ? `kubectl label node ${kubelet.target.name} ${LABELS.controlPlane}=`
    : undefined;
}

// Taints stay out of the model's configuration: kubeadm keeps them in its own document.
function wholeDocument(kubelet: KubeletHost): object {
  const { release, taints } = kubelet.props;
  return taints.length === 0 || neededOnCommandLine('register-with-taints', release.version)
    ? kubelet.document()
    : { ...kubelet.document(), registerWithTaints: taints };
}

function kubeletUnit(kubelet: KubeletHost): string {
  const kubeconfigs = onOwnMachine(kubelet) ? [] : [`--bootstrap-kubeconfig=${HOST_PATHS.kubeletBootstrapKubeconfig}`];
  return systemdUnit([
    {
      name: 'Unit',
      settings: [
        ['Description', 'Kubernetes node agent'],
        ['Wants', 'network-online.target containerd.service'],
        ['After', 'network-online.target containerd.service'],
        // Restart for ever: a node that gave up during an outage of the API server would stay lost after it.
        ['StartLimitIntervalSec', 0],
      ],
    },
    {
      name: 'Service',
      settings: [
        ['ExecStart', systemdCommand([
          KUBELET_BINARY,
          ...kubeconfigs,
          kubelet.props.dropIn ? `--config-dir=${HOST_PATHS.kubeletConfigDropIns}` : `--config=${HOST_PATHS.kubeletConfig}`,
          `--kubeconfig=${HOST_PATHS.kubeletKubeconfig}`,
          ...kubeletArguments(kubelet).map(({ name, value }) => `--${name}=${value}`),
        ])],
        ['Restart', 'always'],
        ['RestartSec', 10],
      ],
    },
    { name: 'Install', settings: [['WantedBy', 'multi-user.target']] },
  ]);
}

// The API server of the same machine: the kubelet needs no load balancer to start it, and never meets an older API server than its own
// while the control plane is upgraded.
function machineKubeconfig(kubelet: KubeletHost, cluster: ClusterFacts): string {
  const server = kubelet.props.nodeIp ? `https://${urlHost(kubelet.props.nodeIp)}:${HOST_PORTS.apiServer}` : cluster.apiServerUrl;
  return kubeconfig({
    clusterName: cluster.name,
    server,
    caFile: HOST_PATHS.clusterCa,
    userName: `system:node:${kubelet.target.name}`,
    credentials: { certFile: HOST_PATHS.kubeletClientCert, keyFile: HOST_PATHS.kubeletClientKey },
  });
}

function bootstrapKubeconfig(cluster: ClusterFacts): string {
  return kubeconfig({
    clusterName: cluster.name,
    server: cluster.apiServerUrl,
    caFile: HOST_PATHS.clusterCa,
    userName: 'kubelet-bootstrap',
    credentials: { tokenFile: HOST_PATHS.kubeletBootstrapToken },
  });
}

function taintText(taint: NodeTaint): string {
  return `${taint.key}=${taint.value ?? ''}:${taint.effect}`;
}

/** Machines with a name are the control plane; pools join by bootstrap token. */
function onOwnMachine(kubelet: KubeletHost): boolean {
  return kubelet.target.group === 'machines';
}
