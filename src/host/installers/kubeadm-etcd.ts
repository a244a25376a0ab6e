import { KUBEADM_PATHS } from './kubeadm-paths';
import { KUBELET_BINARY, KUBELET_UNIT } from './kubelet-files';
import { RenderedFile } from './rendered-file';
import { neededOnCommandLine } from '../../catalogue/kubelet-command-line';
import { kubeletFieldUsed } from '../../catalogue/kubelet-field-use';
import { HOST_PATHS } from '../../cluster/host-paths';
import { KubernetesRelease } from '../../cluster/kubernetes-release';
import { systemdCommand, systemdUnit } from '../../formats/systemd-unit';
import { yamlDocuments } from '../../formats/yaml-document';
import { HostChange } from '../host-change';
import { HostTarget } from '../host-target';

/**
 * A kubelet without API server that runs the etcd pods of a machine until kubeadm starts the real one: kubeadm wants etcd to answer before
 * it begins. It gives way by itself (Conflicts), and the containers stay, because a static pod keeps its identity.
 */
export function etcdKubeletFiles(target: HostTarget, release: KubernetesRelease): RenderedFile[] {
  const file = (path: string, content: string): RenderedFile =>
    ({ target, path, content, mode: '0644', owner: 'root:root', onChange: HostChange.nothing() });
  return [
    file(KUBEADM_PATHS.etcdKubeletConfig, yamlDocuments([{
      apiVersion: 'kubelet.config.k8s.io/v1beta1',
      kind: 'KubeletConfiguration',
      // Nobody can ask this kubelet anything: it has no ports, so that kubeadm's check for free ports passes.
      enableServer: false,
      healthzPort: 0,
      authentication: { anonymous: { enabled: false }, webhook: { enabled: false } },
      authorization: { mode: 'AlwaysAllow' },
      cgroupDriver: 'systemd',
      staticPodPath: HOST_PATHS.staticPods,
      ...(kubeletFieldUsed('containerRuntimeEndpoint', release.version) ? { containerRuntimeEndpoint: HOST_PATHS.containerdSocket } : {}),
    }])),
    file(`/etc/systemd/system/${KUBEADM_PATHS.etcdKubeletUnit}`, systemdUnit([
      {
        name: 'Unit',
        settings: [
          ['Description', 'Kubelet that runs etcd before the control plane exists'],
          ['Wants', 'network-online.target containerd.service'],
          ['After', 'network-online.target containerd.service'],
          ['Conflicts', KUBELET_UNIT],
        ],
      },
      {
        name: 'Service',
        settings: [
          ['ExecStart', systemdCommand([
            KUBELET_BINARY,
            `--config=${KUBEADM_PATHS.etcdKubeletConfig}`,
            ...(neededOnCommandLine('container-runtime', release.version) ? ['--container-runtime=remote'] : []),
            ...(neededOnCommandLine('container-runtime-endpoint', release.version) ? [`--container-runtime-endpoint=${HOST_PATHS.containerdSocket}`] : []),
          ])],
          ['Restart', 'on-failure'],
          ['RestartSec', 10],
        ],
      },
      { name: 'Install', settings: [['WantedBy', 'multi-user.target']] },
    ])),
  ];
}
