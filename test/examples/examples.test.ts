import { App } from 'cdk8s';
import { parse, parseAllDocuments } from 'yaml';
import * as checks from './object-checks';
import { hostFilesOf, KubeObject, objectsOf } from './synthesised';
import { adopt } from '../../examples/adopt-one-construct/platform';
import { description as seedArticle } from '../../examples/seed-article/cluster';
import { description as thousandNode } from '../../examples/thousand-node/cluster';
import { forms } from '../../examples/thousand-node/forms';
import { Installer, KubernetesRelease, ThousandNodeCluster, ThousandNodeClusterProps } from '../../src';
import { schemaErrors } from '../fixtures/upstream/validate';

const chartOf = (id: string, description: ThousandNodeClusterProps) => {
  const app = new App();
  const cluster = new ThousandNodeCluster(app, id, description);
  return { app, cluster, objects: objectsOf(app) };
};

const main = chartOf('shop', thousandNode);
const seed = chartOf('k8s-prod', seedArticle);
const adopted = (() => {
  const app = new App();
  return { app, ...adopt(app), objects: objectsOf(app) };
})();

const EXAMPLES: Array<[name: string, objects: KubeObject[], release: string]> = [
  ['thousand-node', main.objects, '1.37'],
  ['seed-article', seed.objects, '1.22'],
  ['adopt-one-construct', adopted.objects, '1.35'],
];

// Every API server has these from its first start.
const BUILT_IN = [
  'ClusterRole /system:auth-delegator',
  'ClusterRole /system:certificates.k8s.io:certificatesigningrequests:nodeclient',
  'ClusterRole /system:certificates.k8s.io:certificatesigningrequests:selfnodeclient',
  'ClusterRole /system:node-bootstrapper',
  'Namespace /default', 'Namespace /kube-system',
  'PriorityClass /system-cluster-critical', 'PriorityClass /system-node-critical',
  'PriorityLevelConfiguration /catch-all', 'PriorityLevelConfiguration /leader-election', 'PriorityLevelConfiguration /system', 'PriorityLevelConfiguration /workload-high',
  'Role kube-system/extension-apiserver-authentication-reader',
];

// What the output names and somebody else brings; the comment says where the user reads of it.
const PRECONDITIONS: { [example: string]: string[] } = {
  'thousand-node': [
    'Deployment shop/frontend', // SmartHpaProps.target
    'Namespace /calico-system', // made by the operator
    'Namespace /shop', // of the user's workload
    'Secret logging/elasticsearch-writer', // ElasticsearchOutput.userSecret
    'Secret monitoring/etcd-client', // ThanosMonitoringProps.etcdClientSecret
    'Secret monitoring/thanos-bucket', // ThanosMonitoringProps.objectStorage
  ],
  'seed-article': ['Deployment default/frontend', 'Namespace /calico-system', 'Secret monitoring/etcd-client', 'Secret monitoring/thanos-bucket'],
  'adopt-one-construct': ['Namespace /shop'],
};

describe.each(EXAMPLES)('%s', (name, objects, release) => {
  test('every object has the shape that its release knows', () => {
    expect(objects.flatMap(object => schemaErrors(release, object).map(error => `${checks.identity(object)} ${error}`))).toEqual([]);
  });

  test('objects have a namespace where their kind needs one, and none where it has none', () => {
    expect(checks.namespaceErrors(objects)).toEqual([]);
  });

  test('no two objects have one identity', () => {
    expect(checks.doubleErrors(objects)).toEqual([]);
  });

  test('ConfigMaps are smaller than 1 MiB', () => {
    expect(checks.sizeErrors(objects)).toEqual([]);
  });

  test('every object of the library carries the recommended labels and its wave', () => {
    const ours = name === 'adopt-one-construct' ? objects.filter(object => object.metadata.labels?.['app.kubernetes.io/managed-by']) : objects;
    expect(ours.length).toBeGreaterThan(1);
    expect(checks.labelErrors(ours)).toEqual([]);
  });

  test('objects stand in the order of their waves, and behind their namespaces', () => {
    // Waves order one chart; the three charts of this app are applied one by one.
    if (name !== 'adopt-one-construct') { expect(checks.orderErrors(objects)).toEqual([]); }
  });

  test('selectors match their templates, and only those', () => {
    expect(checks.selectorErrors(objects, ['calico-system', 'tigera-operator', 'shop', 'default'])).toEqual([]);
  });

  test('what pods and bindings name is in the output or a stated precondition', () => {
    expect(checks.missingReferences(objects).filter(reference => !BUILT_IN.includes(reference))).toEqual(PRECONDITIONS[name]);
  });

  test('mounts, probes and Services point at something', () => {
    expect([...checks.podErrors(objects).filter(error => name !== 'adopt-one-construct' || !error.includes('shop/shop-frontend')), ...checks.serviceErrors(objects)]).toEqual([]);
  });
});

// The kubelet and the add-ons that Calico's operator starts; their ports stand in no object of ours. Source: HOST_PORTS, upstream defaults.
const OPERATOR_PORTS: checks.HostPort[] = [
  ['kubelet', '0.0.0.0', 10250], ['kubelet healthz', '127.0.0.1', 10248], ['calico-node metrics', '0.0.0.0', 9091], ['calico-node health', '127.0.0.1', 9099],
  ['typha', '0.0.0.0', 5473], ['typha health', '127.0.0.1', 9098], ['typha metrics', '0.0.0.0', 9093], ['kube-proxy replacement', '0.0.0.0', 10256],
].map(([owner, address, port]) => ({ owner: owner as string, address: address as string, port: port as number, protocol: 'TCP' }));

test.each([['thousand-node', main], ['seed-article', seed]] as const)('%s: no two programs of a node want one port of its host', (_, { cluster, objects }) => {
  const files = hostFilesOf(cluster);
  const machines = cluster.facts.controlPlaneMembers.map(({ name }) => {
    const manifests = Object.entries(files).filter(([path]) => path.startsWith(`machines/${name}/etc/kubernetes/manifests/`)).map(([, text]) => parse(text) as KubeObject);
    expect(manifests.map(manifest => manifest.metadata.name)).toContain('kube-apiserver');
    return [...manifests.flatMap(checks.staticPodPorts), ...checks.daemonSetPorts(objects, { 'node-role.kubernetes.io/control-plane': '' }), ...OPERATOR_PORTS];
  });
  const pools = cluster.facts.pools.map(pool => [...checks.daemonSetPorts(objects, pool.labels), ...OPERATOR_PORTS]);
  for (const ports of [...machines, ...pools]) {
    expect(ports.length).toBeGreaterThan(10);
    expect(checks.hostPortErrors(ports)).toEqual([]);
  }
});

test.each(KubernetesRelease.all().map(release => [release.version, release] as const))('thousand-node on %s: written without error, every object known to the release', (version, release) => {
  const { app, cluster, objects } = chartOf('shop', { ...thousandNode, release });
  expect(objects.flatMap(object => schemaErrors(version, object).map(error => `${checks.identity(object)} ${error}`))).toEqual([]);
  expect(checks.missingReferences(objects).filter(reference => !BUILT_IN.includes(reference))).toEqual(PRECONDITIONS['thousand-node']);
  expect([...checks.namespaceErrors(objects), ...checks.doubleErrors(objects), ...checks.podErrors(objects), ...checks.serviceErrors(objects)]).toEqual([]);
  for (const installer of [Installer.plain(), Installer.kubeadm()]) {
    expect(Object.keys(hostFilesOf(app, installer)).length).toBeGreaterThan(100);
  }
  expect(cluster.facts.versions.notes.every(note => note.includes(version))).toBe(true);
});

test('thousand-node writes its machines in three forms, each with every pool', () => {
  expect(forms.map(({ name }) => name)).toEqual(['plain', 'kubeadm', 'cluster-api']);
  const [plain, kubeadm, clusterApi] = forms.map(form => hostFilesOf(main.cluster, form));
  for (const { name } of thousandNode.pools) {
    expect(Object.keys(plain)).toContain(`pools/${name}/var/lib/kubelet/config.yaml`);
    expect(Object.keys(kubeadm)).toContain(`pools/${name}/etc/kubernetes/kubeadm-join.yaml`);
    const documents = parseAllDocuments(clusterApi[`pools/${name}.yaml`]).map(document => document.toJS() as KubeObject);
    expect(documents.map(({ kind }) => kind)).toEqual(['KubeadmConfigTemplate', 'MachineDeployment', 'MachineHealthCheck']);
    // The pool that still grows belongs to the autoscaler, the others have the number of today.
    const { nodes, nodesToday } = main.cluster.facts.pools.find(pool => pool.name === name)!;
    expect(documents[1].spec.replicas).toBe(nodesToday < nodes ? undefined : nodesToday);
    expect(documents[1].spec.template.spec.infrastructureRef.name).toBe(`shop-${name}`);
  }
  // etcd stays on machines with names, and the guide says on which.
  expect(Object.keys(clusterApi).filter(path => path.startsWith('machines/'))).toEqual([]);
  expect(clusterApi['install.md']).toContain('`control-plane-1`');
  const kinds = parseAllDocuments(clusterApi['cluster.yaml']).map(document => (document.toJS() as KubeObject).kind);
  expect(kinds).toEqual(['Cluster', 'KubeadmControlPlane', 'MachineHealthCheck']);
});

test('etcd adopted alone writes its machines and nothing else', () => {
  const files = Object.keys(hostFilesOf(adopted.etcd));
  expect(files.filter(path => path.endsWith('manifests/etcd-main.yaml'))).toHaveLength(3);
  expect(files.filter(path => path.startsWith('pools/'))).toEqual([]);
});

test('the adopted autoscaler reads the names of the Deployment that cdk8s-plus made, which leaves its replicas alone', () => {
  const [deployment] = adopted.objects.filter(object => object.kind === 'Deployment' && object.metadata.namespace === 'shop');
  const [autoscaler] = adopted.objects.filter(object => object.kind === 'HorizontalPodAutoscaler');
  expect(autoscaler.spec.scaleTargetRef.name).toBe(deployment.metadata.name);
  expect(deployment.spec).not.toHaveProperty('replicas');
  // Doubling every 15 seconds from 10: 20, 40, 80, 160, 200.
  expect(adopted.shop.secondsToMax).toBe(60);
});
