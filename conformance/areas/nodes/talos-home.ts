import * as fs from 'node:fs';
import * as path from 'node:path';
import { App, Chart, Size } from 'cdk8s';
import {
  ClusterFacts, Containerd, ControlPlaneKubelet, EtcdCluster, HostChange, HostFile, HostFiles, HostTarget, HugePages, ImageRegistry, Installer,
  KubernetesRelease, MachineShape, NodePool, NodePoolKubelet, NodeSwap,
  TaintEffect, TunedApiServer,
} from '../../../src';
import { Scene } from '../../scene';

/** Twelve nodes and one machine of the control plane on the oldest release that Talos runs, in two families of addresses, with everything that a machine can be told. */
export function talosHome(scene: Scene): string {
  const host = path.join(scene.folder, 'talos-home');
  if (!fs.existsSync(host)) { HostFiles.of(machines()).write(host, Installer.talos()); }
  return path.join(host, 'talos');
}

function machines(): Chart {
  const member = { name: 'cp', address: '192.168.1.5', secondaryAddress: 'fd00:30::5' };
  const pool = NodePool.of('general', { nodes: 12, machine: MachineShape.of({ cpu: 8, memory: Size.gibibytes(64), numaNodes: 2 }) });
  const cluster = ClusterFacts.of({
    name: 'home',
    release: KubernetesRelease.V1_32,
    imageRegistry: ImageRegistry.mirror('mirror.example.com/k8s'),
    network: { podCidr: '10.0.0.0/16', serviceCidr: '10.1.0.0/16', nodeCidr: '192.168.1.0/24', secondaryPodCidr: 'fd00:10::/40', secondaryServiceCidr: 'fd00:20::/112', secondaryNodeCidr: 'fd00:30::/64' },
    controlPlane: { endpoint: 'api.home.example.com:6443', members: [member] },
    pools: [pool],
  });
  const chart = new Chart(new App({ outdir: '/dev/null' }), 'home');
  const etcd = new EtcdCluster(chart, 'etcd', { cluster, eventsMembers: [] });
  new TunedApiServer(chart, 'api-server', { cluster, etcd, certSans: ['k8s.example.com', '198.51.100.7'] });
  new ControlPlaneKubelet(chart, 'cp', { cluster, member });
  new NodePoolKubelet(chart, 'general', {
    cluster,
    pool,
    startupTaints: [{ key: 'example.com/agents', value: 'missing', effect: TaintEffect.NO_EXECUTE }],
    containerd: Containerd.of({ mirrors: [{ registry: 'docker.io', endpoints: ['https://a.example.com', 'https://b.example.com/v2/docker'], fallBack: false }, { registry: '_default', endpoints: ['http://c.example.com:5000'] }] }),
    timeServers: ['ntp1.example.com', '192.0.2.1'],
    swap: NodeSwap.LIMITED,
    hugePages: HugePages.of({ pagesOf2Mi: 512, pagesOf1Gi: 2 }),
  });
  new HostFile(chart, 'multipath', { target: HostTarget.pool('general'), path: '/etc/multipath.conf', content: 'defaults {\n  user_friendly_names yes\n}\n', onChange: HostChange.reboot() });
  return chart;
}
