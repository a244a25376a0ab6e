import { App, Chart, Testing } from 'cdk8s';
import { inClusterObject } from '../../src/in-cluster/in-cluster-object';
import { WAVE } from '../../src/in-cluster/wave';

const owner = { name: 'x', component: 'y', cluster: 'shop', wave: WAVE.dns };
const synth = (kind: string, apiVersion: string, namespace?: string) => {
  const chart = new Chart(new App(), 'c', { namespace });
  inClusterObject(chart, 'o', owner, { apiVersion, kind, metadata: { name: 'n' } });
  return Testing.synth(chart)[0].metadata;
};

test('a namespace of the chart reaches objects that live in one, and no others', () => {
  expect(synth('ConfigMap', 'v1', 'team').namespace).toBe('team');
  for (const [kind, apiVersion] of [['ClusterRole', 'rbac.authorization.k8s.io/v1'], ['FlowSchema', 'flowcontrol.apiserver.k8s.io/v1'], ['Namespace', 'v1']]) {
    expect(synth(kind, apiVersion, 'team').namespace).toBeUndefined();
    expect(synth(kind, apiVersion).namespace).toBeUndefined();
  }
});

test('recommended labels and the wave are on every object', () => {
  expect(synth('ConfigMap', 'v1').labels).toEqual({
    'app.kubernetes.io/name': 'x',
    'app.kubernetes.io/component': 'y',
    'app.kubernetes.io/part-of': 'shop',
    'app.kubernetes.io/managed-by': 'cdk8s-thousand-node',
    'thousand-node.io/wave': '20-dns',
  });
});
