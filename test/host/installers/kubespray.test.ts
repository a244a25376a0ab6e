import { readFileSync } from 'fs';
import { join } from 'path';
import { Size, Testing } from 'cdk8s';
import { parse } from 'yaml';
import { machinesOf, referenceCluster } from './reference-cluster';
import { ClusterFacts } from '../../../src/cluster/cluster-facts';
import { Gpu } from '../../../src/cluster/gpu';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { MachineShape } from '../../../src/cluster/machine-shape';
import { NodePool } from '../../../src/cluster/node-pool';
import { NodePoolKubelet } from '../../../src/components/node-pool/node-pool-kubelet';
import { hostArtefacts } from '../../../src/host/host-artefacts';
import { renderKubespray } from '../../../src/host/installers/kubespray/kubespray';
import { renderPlain } from '../../../src/host/installers/plain';
import { RenderedTree } from '../../../src/host/installers/rendered-file';

const NAMES = new Set(readFileSync(join(__dirname, '../../fixtures/installers/kubespray-variables.txt'), 'utf8').split('\n').filter(line => /^[a-z]/.test(line)));
const POOLS = ['big-memory', 'compute', 'gpu'];

function cluster(release = KubernetesRelease.V1_35): ClusterFacts {
  return ClusterFacts.of({
    name: 'shop',
    release,
    network: { podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20' },
    controlPlane: { endpoint: 'api.shop.example.com:6443', members: [1, 2, 3].map(i => ({ name: `cp-${i}`, address: `172.16.0.1${i}` })) },
    pools: [
      NodePool.of('compute', { nodes: 128, machine: MachineShape.of({ cpu: 64, memory: Size.gibibytes(128), numaNodes: 2 }) }),
      NodePool.of('big-memory', { nodes: 20, machine: MachineShape.of({ cpu: 32, memory: Size.gibibytes(512) }) }),
      NodePool.of('gpu', { nodes: 32, gpu: Gpu.nvidia('T4', 4), machine: MachineShape.of({ cpu: 32, memory: Size.gibibytes(128) }) }),
    ],
  });
}

const render = (facts = cluster()) => renderKubespray(hostArtefacts(machinesOf(facts)), facts);
const variables = (group: string, tree = render()) => parse(tree.documents!.find(document => document.path === `group_vars/${group}/thousand-node.yml`)!.content);

/** Variables that kubespray does not know. */
function unknown(tree: RenderedTree): string[] {
  return tree.documents!.filter(document => document.path.startsWith('group_vars/')).flatMap(document => Object.keys(parse(document.content))).filter(name => !NAMES.has(name));
}

/** The kubelet's configuration as kubespray's template puts it together, of the fields that we give it. */
function configuration(group: any): any {
  const reserved = (scope: string) => Object.fromEntries(['cpu', 'memory', 'ephemeral-storage', 'pid']
    .map(resource => [resource, group[`${scope}_${resource.replace('-', '_')}_reserved`]]).filter(([, amount]) => amount !== undefined));
  return { maxPods: group.kubelet_max_pods, evictionHard: group.eviction_hard, kubeReserved: reserved('kube'), systemReserved: reserved('system'), clusterDNS: [group.manual_dns_server] };
}

describe('kubespray', () => {
  test('every variable is one of kubespray; a misspelt one would be found', () => {
    expect(unknown(render())).toEqual([]);
    expect(unknown({ ...render(), documents: [{ path: 'group_vars/all/x.yml', content: 'kubelet_max_pod: 3\n', readBy: 'Ansible' }] })).toEqual(['kubelet_max_pod']);
  });

  test.each(POOLS)('pool %s: what kubespray puts together is the configuration of the plain form', name => {
    const facts = cluster();
    const files = renderPlain(hostArtefacts(machinesOf(facts)), facts).files.filter(file => file.target.folder === `pools/${name}`);
    const plain = parse(files.find(file => file.path === '/var/lib/kubelet/config.yaml')!.content);
    const group = variables(`pool_${name.replace('-', '_')}`);
    expect(configuration(group)).toEqual(Object.fromEntries(Object.keys(configuration(group)).map(field => [field, plain[field]])));
    for (const [field, value] of Object.entries(group.kubelet_config_extra_args)) { expect([field, value]).toEqual([field, plain[field]]); }
    const sysctls = files.find(file => file.path.startsWith('/etc/sysctl.d/'))!.content.split('\n').filter(line => / = /.test(line) && !line.startsWith('#'));
    expect(group.additional_sysctl.map((entry: any) => `${entry.name} = ${entry.value}`)).toEqual(sysctls);
  });

  test('labels, taints, and flags of the control plane', () => {
    expect(variables('pool_gpu')).toMatchObject({ node_labels: { 'thousand-node.io/pool': 'gpu' }, node_taints: ['nvidia.com/gpu=present:NoSchedule'] });
    const controlPlane = variables('kube_control_plane');
    expect(controlPlane.kube_kubeadm_apiserver_extra_args).toMatchObject({ 'goaway-chance': '0.001', 'max-requests-inflight': expect.stringMatching(/^\d+$/) });
    expect(controlPlane.kube_apiserver_enable_admission_plugins).toContain('NodeRestriction');
    expect(Object.keys(controlPlane.kube_kubeadm_apiserver_extra_args).filter(flag => /file|etcd|audit/.test(flag))).toEqual([]);
    expect(variables('etcd')).toMatchObject({ etcd_quota_backend_bytes: 8589934592, etcd_heartbeat_interval: 100 });
    expect(variables('all')).toMatchObject({ etcd_events_cluster_enabled: true, kubeadm_init_phases_skip: ['addon/coredns', 'addon/kube-proxy'] });
  });

  test('the inventory has members with addresses and an empty group for each pool', () => {
    const { all } = parse(render().documents!.find(document => document.path === 'inventory.yaml')!.content);
    expect(all.hosts['cp-1']).toEqual({ ansible_host: '172.16.0.11', ip: '172.16.0.11', etcd_member_name: 'cp-1' });
    expect(Object.keys(all.children.kube_node.children).sort()).toEqual(['pool_big_memory', 'pool_compute', 'pool_gpu']);
  });

  test('what no variable carries is said, also a release that kubespray does not have', () => {
    expect(render().installGuide).toContain('kube-scheduler `config` (');
    expect(render().installGuide).toContain('kube-apiserver `encryption-provider-config` (');
    expect(render().installGuide).not.toContain('it refuses that release');
    expect(render(cluster(KubernetesRelease.newest())).installGuide).toContain('it refuses that release');
  });

  test('pools of another release are refused with the form that can', () => {
    expect(() => render(referenceCluster())).toThrow(/installer kubespray: pool 'memory': its release .* differs .*use Installer\.kubeadm\(\)/);
  });

  test('twelve nodes at home', () => {
    const home = ClusterFacts.of({
      name: 'home',
      controlPlane: { endpoint: 'api.home.example.com:6443', members: [{ name: 'cp', address: '10.0.0.5' }] },
      network: { nodeCidr: '10.0.0.0/24' },
      pools: [NodePool.of('general', { nodes: 12, machine: MachineShape.of({ cpu: 4, memory: Size.gibibytes(8) }) })],
    });
    const chart = Testing.chart();
    new NodePoolKubelet(chart, 'general', { cluster: home, pool: home.pools[0] });
    expect(unknown(renderKubespray(hostArtefacts(chart), home))).toEqual([]);
  });
});
