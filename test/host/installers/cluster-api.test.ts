import { Size, Testing } from 'cdk8s';
import { parse, parseAllDocuments } from 'yaml';
import { machinesOf, referenceCluster } from './reference-cluster';
import { ClusterFacts } from '../../../src/cluster/cluster-facts';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { MachineShape } from '../../../src/cluster/machine-shape';
import { NodePool } from '../../../src/cluster/node-pool';
import { NodePoolKubelet } from '../../../src/components/node-pool/node-pool-kubelet';
import { hostArtefacts } from '../../../src/host/host-artefacts';
import { HostChange } from '../../../src/host/host-change';
import { HostFile } from '../../../src/host/host-file';
import { HostTarget } from '../../../src/host/host-target';
import { renderClusterApi } from '../../../src/host/installers/cluster-api/cluster-api';
import { ClusterApiOptions } from '../../../src/host/installers/cluster-api/infrastructure';
import { RenderedTree } from '../../../src/host/installers/rendered-file';

const reference = (kind: string, name: string) => ({ apiGroup: 'infrastructure.cluster.x-k8s.io', kind, name });

const OPTIONS: ClusterApiOptions = {
  infrastructureCluster: reference('AWSCluster', 'shop'),
  controlPlaneTemplate: reference('AWSMachineTemplate', 'shop-control-plane'),
  poolTemplates: Object.fromEntries(['compute', 'memory', 'gpu', 'general'].map(name => [name, reference('AWSMachineTemplate', `shop-${name}`)])),
  autoscaledPools: ['general'],
};

function render(options: Partial<ClusterApiOptions> = {}, release?: KubernetesRelease) {
  const cluster = referenceCluster(release);
  const artefacts = hostArtefacts(machinesOf(cluster));
  return { artefacts, cluster, tree: renderClusterApi(artefacts, cluster, { ...OPTIONS, ...options }) };
}

function objects(tree: RenderedTree, path: string): any[] {
  return parseAllDocuments(tree.documents!.find(document => document.path === path)!.content).map(document => document.toJS());
}

function object(tree: RenderedTree, path: string, kind: string): any {
  return objects(tree, path).find(candidate => candidate.kind === kind);
}

const args = (list: Array<{ name: string; value: string }>) => Object.fromEntries(list.map(({ name, value }) => [name, value]));

describe('the control plane', () => {
  test.each([KubernetesRelease.V1_30, KubernetesRelease.V1_37])('%s: every flag of the static pods is carried but for those of each machine', release => {
    const { tree, artefacts } = render({}, release);
    const spec = object(tree, 'cluster.yaml', 'KubeadmControlPlane').spec.kubeadmConfigSpec.clusterConfiguration;
    const flagsOf = (component: string, without: string[]) => Object.fromEntries(
      artefacts.staticPods.find(pod => pod.target.name === 'cp-a' && pod.props.component === component)!.props.flags
        .filter(flag => !without.includes(flag.name)).map(flag => [flag.name, flag.value]));
    expect({ ...args(spec.apiServer.extraArgs), 'etcd-servers': spec.etcd.external.endpoints.join(',') })
      .toEqual(flagsOf('kube-apiserver', ['advertise-address', 'secure-port', 'service-cluster-ip-range', 'etcd-cafile', 'etcd-certfile', 'etcd-keyfile']));
    expect(args(spec.controllerManager.extraArgs)).toEqual(flagsOf('kube-controller-manager', ['cluster-name', 'service-cluster-ip-range']));
    expect(args(spec.scheduler.extraArgs)).toEqual(flagsOf('kube-scheduler', []));
  });

  test('ranges stand in the Cluster, and both addons stay away at init and at upgrades', () => {
    const { tree } = render();
    expect(object(tree, 'cluster.yaml', 'Cluster').spec).toMatchObject({
      clusterNetwork: { pods: { cidrBlocks: ['10.0.0.0/11'] }, services: { cidrBlocks: ['10.96.0.0/16'] } },
      controlPlaneEndpoint: { host: 'api.shop.example.com', port: 6443 },
    });
    const controlPlane = object(tree, 'cluster.yaml', 'KubeadmControlPlane');
    expect(controlPlane.spec.kubeadmConfigSpec.initConfiguration.skipPhases).toEqual(['addon/coredns', 'addon/kube-proxy']);
    expect(Object.keys(controlPlane.metadata.annotations)).toEqual(['controlplane.cluster.x-k8s.io/skip-coredns', 'controlplane.cluster.x-k8s.io/skip-kube-proxy']);
    expect(controlPlane.spec).toMatchObject({ replicas: 3, version: 'v1.37.2' });
  });

  test('nothing of a named machine is in the template: no address, name, zone or file of etcd', () => {
    const { tree } = render();
    const controlPlane = object(tree, 'cluster.yaml', 'KubeadmControlPlane');
    const { clusterConfiguration, ...rest } = controlPlane.spec.kubeadmConfigSpec;
    expect(JSON.stringify(rest)).not.toMatch(/172\.16\.0\.1[123]|cp-[abc]|topology\.kubernetes\.io\/zone=/);
    expect(clusterConfiguration.apiServer.certSANs).toEqual(['127.0.0.1', 'api.shop.example.com', 'localhost']);
    expect(rest.files.map((file: any) => file.path).filter((path: string) => path.includes('etcd'))).toEqual([]);
    expect(tree.installGuide).toContain('Set it up on `cp-a`, `cp-b`, `cp-c` with `host/plain`');
  });

  test('the key of encryption comes from a Secret, never from the manifest', () => {
    const { tree } = render();
    const file = object(tree, 'cluster.yaml', 'KubeadmControlPlane').spec.kubeadmConfigSpec.files.find((candidate: any) => candidate.path === '/etc/kubernetes/pki/encryption.yaml');
    expect(file).toEqual({
      path: '/etc/kubernetes/pki/encryption.yaml', owner: 'root:root', permissions: '0600', contentFrom: { secret: { name: 'shop-encryption', key: 'encryption.yaml' } },
    });
    expect(tree.installGuide).toContain('| `shop-encryption` | `encryption.yaml` |');
  });

  test('every file that a flag names is there, made by kubeadm, or from a Secret', () => {
    const { tree } = render();
    const { clusterConfiguration: spec, files } = object(tree, 'cluster.yaml', 'KubeadmControlPlane').spec.kubeadmConfigSpec;
    const named = [...spec.apiServer.extraArgs, ...spec.controllerManager.extraArgs, ...spec.scheduler.extraArgs]
      .filter((argument: any) => argument.name !== 'audit-log-path').map((argument: any) => argument.value).filter((value: string) => value.startsWith('/etc/kubernetes/'));
    // Oracle: certificates, keys and kubeconfigs that `kubeadm init phase certs all` and `kubeconfig all` write.
    const ofKubeadm = /^\/etc\/kubernetes\/(pki\/(ca|sa|apiserver|apiserver-kubelet-client|front-proxy-ca|front-proxy-client)\.(crt|key|pub)|(controller-manager|scheduler)\.conf)$/;
    expect(named.filter((path: string) => !ofKubeadm.test(path) && !files.some((file: any) => file.path === path))).toEqual([]);
  });

  test('probes keep the address that kubeadm writes', () => {
    const { tree } = render();
    const patch = object(tree, 'cluster.yaml', 'KubeadmControlPlane').spec.kubeadmConfigSpec.files.find((file: any) => file.path.endsWith('/kube-apiserver0+strategic.yaml'));
    const [container] = parse(patch.content).spec.containers;
    expect(container.livenessProbe.httpGet.host).toBeUndefined();
    expect(container.livenessProbe.failureThreshold).toBeGreaterThan(0);
  });

  test('a file that differs between machines is refused, with the forms that can carry it', () => {
    const cluster = referenceCluster();
    const chart = machinesOf(cluster);
    new HostFile(chart, 'Rack', { target: HostTarget.machine('cp-a'), path: '/etc/rack', content: 'r1', onChange: HostChange.nothing() });
    expect(() => renderClusterApi(hostArtefacts(chart), cluster, OPTIONS)).toThrow(
      'installer cluster-api: /etc/rack differs between the control-plane machines, and Cluster API has one template for all of them; use Installer.kubeadm()');
  });
});

describe('pools', () => {
  test('the kubelet configuration is a patch of the pool\'s own, files have the content of the plain form', () => {
    const { tree, artefacts } = render();
    const { files, joinConfiguration, preKubeadmCommands } = object(tree, 'pools/gpu.yaml', 'KubeadmConfigTemplate').spec.template.spec;
    const content = (path: string) => files.find((file: any) => file.path === path).content;
    const { staticPodPath, ...patch } = parse(content('/etc/kubernetes/patches/kubeletconfiguration0+merge.yaml'));
    expect(staticPodPath).toBeNull();
    expect(patch).toEqual(JSON.parse(JSON.stringify(artefacts.kubelets.find(kubelet => kubelet.target.name === 'gpu')!.document())));
    expect(content('/etc/sysctl.d/95-thousand-node.conf')).toBe(artefacts.files.find(file => file.target.name === 'gpu' && file.path.endsWith('95-thousand-node.conf'))!.content);
    expect(joinConfiguration.nodeRegistration.taints).toEqual([{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }]);
    expect(joinConfiguration.discovery).toBeUndefined();
    expect(preKubeadmCommands).toContain('sysctl --system');
  });

  test('a template with another content has another name, so that its machines are replaced', () => {
    const name = (options?: Partial<ClusterApiOptions>, release?: KubernetesRelease) => object(render(options, release).tree, 'pools/general.yaml', 'KubeadmConfigTemplate').metadata.name;
    expect(name()).toBe(name({ namespace: 'fleet' }));
    expect(name(undefined, KubernetesRelease.V1_26)).not.toBe(name());
    const { tree } = render();
    expect(object(tree, 'pools/general.yaml', 'MachineDeployment').spec.template.spec.bootstrap.configRef.name).toBe(name());
  });

  test('the autoscaler owns the size of a pool that is given to it: bounds, capacity, no replicas', () => {
    const { tree } = render();
    const scaled = object(tree, 'pools/general.yaml', 'MachineDeployment');
    expect(scaled.spec.replicas).toBeUndefined();
    expect(scaled.metadata.annotations).toMatchObject({
      'cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size': '384',
      'cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size': '784',
      'capacity.cluster-autoscaler.kubernetes.io/cpu': '16',
      'capacity.cluster-autoscaler.kubernetes.io/memory': '65536Mi',
    });
    const fixed = object(tree, 'pools/memory.yaml', 'MachineDeployment');
    expect(fixed.spec.replicas).toBe(256);
    expect(fixed.metadata.annotations).toBeUndefined();
    // The pool lags one minor, and its machines say so.
    expect(fixed.spec.template.spec.version).toMatch(/^v1\.36\./);
  });

  test('a tenth of a pool rolls at a time, and more unhealthy machines than that are left alone', () => {
    const { tree } = render();
    expect(object(tree, 'pools/compute.yaml', 'MachineDeployment').spec.rollout.strategy.rollingUpdate).toEqual({ maxSurge: 12, maxUnavailable: 0 });
    expect(object(tree, 'pools/compute.yaml', 'MachineHealthCheck').spec).toMatchObject({
      selector: { matchLabels: { 'thousand-node.io/pool': 'compute' } }, remediation: { triggerIf: { unhealthyLessThanOrEqualTo: 12 } },
    });
  });

  test('pools alone join a cluster that somebody else made', () => {
    const cluster = referenceCluster();
    const chart = Testing.chart();
    new NodePoolKubelet(chart, 'general', { cluster, pool: cluster.pools[3] });
    const tree = renderClusterApi(hostArtefacts(chart), cluster, OPTIONS);
    expect(tree.documents!.map(document => document.path)).toEqual(['pools/general.yaml']);
    expect(tree.installGuide).toContain('no API server is part of this tree');
  });
});

describe('bad input', () => {
  test('all at once, in the words of the user', () => {
    const { compute, ...others } = OPTIONS.poolTemplates;
    const broken = { namespace: 'Fleet', controlPlaneTemplate: { ...OPTIONS.controlPlaneTemplate, kind: 'AWS Machine' }, poolTemplates: { ...others, gpus: compute }, autoscaledPools: ['web'] };
    expect(() => render(broken)).toThrow(/installer cluster-api: 5 problems/);
    expect(() => render(broken)).toThrow('poolTemplates must name a template for pool \'compute\'');
    expect(() => render(broken)).toThrow('poolTemplates: there is no pool \'gpus\'; the pools are compute, memory, gpu, general');
    expect(() => render(broken)).toThrow('autoscaledPools: there is no pool \'web\'');
    expect(() => render(broken)).toThrow('controlPlaneTemplate.kind must be a kind such as AWSMachineTemplate, got "AWS Machine"');
  });

  test('a release whose kubeadm cannot patch the kubelet is refused, with the form that can', () => {
    expect(() => render({}, KubernetesRelease.V1_24)).toThrow('cannot patch the kubelet\'s configuration; use Installer.kubeadm()');
    expect(() => render({}, KubernetesRelease.V1_26)).not.toThrow();
  });
});

describe('a ClusterClass', () => {
  const CLASS: Partial<ClusterApiOptions> = { clusterClass: { name: 'shop-class', infrastructureVersion: 'v1beta2' }, infrastructureCluster: reference('AWSClusterTemplate', 'shop') };
  // The pool that lags in the reference cluster cannot: a cluster of a class has one version.
  const facts = ClusterFacts.of({
    name: 'shop',
    network: { podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20' },
    controlPlane: { endpoint: 'api.shop.example.com:6443', members: referenceCluster().controlPlaneMembers },
    pools: [
      NodePool.of('compute', { nodes: 128, zones: ['a', 'b'], machine: MachineShape.of({ cpu: 64, memory: Size.gibibytes(128) }) }),
      NodePool.of('general', { nodes: 784, nodesToday: 384, machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) }) }),
    ],
  });
  const poolTemplates = { compute: reference('AWSMachineTemplate', 'shop-compute'), general: reference('AWSMachineTemplate', 'shop-general') };
  const renderClass = (options: Partial<ClusterApiOptions> = {}) => renderClusterApi(
    hostArtefacts(machinesOf(facts)), facts, { ...OPTIONS, ...CLASS, poolTemplates, ...options },
  );
  const tree = renderClass();
  const single = renderClass({ clusterClass: undefined, infrastructureCluster: OPTIONS.infrastructureCluster });

  test('names every template that is written, and those of the provider with their version', () => {
    const { spec } = object(tree, 'cluster-class.yaml', 'ClusterClass');
    const controlPlane = object(tree, 'cluster-class.yaml', 'KubeadmControlPlaneTemplate');
    expect(spec.controlPlane.templateRef).toEqual({ apiVersion: 'controlplane.cluster.x-k8s.io/v1beta2', kind: 'KubeadmControlPlaneTemplate', name: controlPlane.metadata.name });
    expect(spec.infrastructure.templateRef).toEqual({ apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta2', kind: 'AWSClusterTemplate', name: 'shop' });
    expect(spec.controlPlane.machineInfrastructure.templateRef.name).toBe('shop-control-plane');
    for (const { class: pool, bootstrap, infrastructure } of spec.workers.machineDeployments) {
      expect(objects(tree, `pools/${pool}.yaml`).map(({ kind, metadata }) => [kind, metadata.name])).toEqual([['KubeadmConfigTemplate', bootstrap.templateRef.name]]);
      expect(infrastructure.templateRef.name).toBe(`shop-${pool}`);
    }
    expect(Object.keys(spec.controlPlane.metadata.annotations)).toEqual(['controlplane.cluster.x-k8s.io/skip-coredns', 'controlplane.cluster.x-k8s.io/skip-kube-proxy']);
  });

  test('holds what the single objects hold', () => {
    const template = object(tree, 'cluster-class.yaml', 'KubeadmControlPlaneTemplate').spec.template.spec;
    const controlPlane = object(single, 'cluster.yaml', 'KubeadmControlPlane').spec;
    expect(template.kubeadmConfigSpec).toEqual(controlPlane.kubeadmConfigSpec);
    expect(template.rollout).toEqual(controlPlane.rollout);
    const [{ topology, ...rest }] = objects(tree, 'cluster.yaml').map(({ spec }) => spec);
    const { controlPlaneRef: _, infrastructureRef: __, ...without } = object(single, 'cluster.yaml', 'Cluster').spec;
    expect(rest).toEqual(without);
    expect(topology).toMatchObject({ classRef: { name: 'shop-class' }, version: 'v1.37.2', controlPlane: { replicas: 3 } });
    const { checks, remediation } = object(single, 'pools/general.yaml', 'MachineHealthCheck').spec;
    expect(object(tree, 'cluster-class.yaml', 'ClusterClass').spec.workers.machineDeployments[1].healthCheck).toEqual({ checks, remediation });
  });

  test('a pool has its number or the bounds of the autoscaler, in each zone', () => {
    const [{ spec: { topology: { workers: { machineDeployments } } } }] = objects(tree, 'cluster.yaml');
    expect(machineDeployments.map((one: any) => [one.class, one.name, one.failureDomain, one.replicas])).toEqual([
      ['compute', 'compute-a', 'a', 64], ['compute', 'compute-b', 'b', 64], ['general', 'general', undefined, undefined],
    ]);
    expect(machineDeployments[2].metadata.annotations).toMatchObject({ 'cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size': '384', 'cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size': '784' });
  });

  test('the guide applies templates and class before the cluster, and names the feature gate', () => {
    expect(tree.installGuide.indexOf('-f pools -f cluster-class.yaml')).toBeLessThan(tree.installGuide.indexOf('-f cluster.yaml'));
    expect(tree.installGuide).toContain('ClusterTopology');
    expect(single.installGuide).not.toContain('ClusterTopology');
  });

  test('what a class cannot say is refused, all at once', () => {
    expect(() => render({ ...CLASS, infrastructureCluster: OPTIONS.infrastructureCluster, clusterClass: { name: 'Shop', infrastructureVersion: '2' } })).toThrow(
      /installer cluster-api: 4 problems[^]*clusterClass\.name[^]*infrastructureVersion must be a version[^]*must be a template such as AWSClusterTemplate[^]*pool 'memory': its release 1\.36 differs from 1\.37/);
    const chart = Testing.chart();
    new NodePoolKubelet(chart, 'general', { cluster: facts, pool: facts.pools[1] });
    expect(() => renderClusterApi(hostArtefacts(chart), facts, { ...OPTIONS, ...CLASS, poolTemplates })).toThrow('clusterClass needs a control plane in the tree');
  });
});
