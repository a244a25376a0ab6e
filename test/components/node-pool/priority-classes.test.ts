import { App, Chart, Duration, Testing } from 'cdk8s';
import { emitKubelet, machineOf } from './emitted-kubelet';
import { Audit, NodePool, PodPriorities, PodPriority, PriorityClasses } from '../../../src';
import { schemaErrors } from '../../fixtures/upstream/validate';

const SHOP: PodPriority = { name: 'shop', value: 1_000_000, description: 'what customers wait for', shutdownGrace: Duration.seconds(60), isDefault: true };
const BATCH: PodPriority = { name: 'batch', value: -10, description: 'may wait', shutdownGrace: Duration.seconds(10), preempts: false };
const objectsOf = (...classes: PodPriority[]) => {
  const chart = new Chart(new App(), 'test');
  new PriorityClasses(chart, 'priorities', { priorities: PodPriorities.of(classes) });
  return { chart, objects: Testing.synth(chart) };
};

test.each(['1.22', '1.37'])('objects are those of %s', release => {
  const { objects } = objectsOf(SHOP, BATCH);
  expect(objects.flatMap(object => schemaErrors(release, object))).toEqual([]);
  expect(objects.map(({ kind, metadata: { name }, value, globalDefault, preemptionPolicy }) => [kind, name, value, globalDefault, preemptionPolicy])).toEqual([
    ['PriorityClass', 'shop', 1_000_000, true, undefined], ['PriorityClass', 'batch', -10, undefined, 'Never'],
  ]);
});

test('kubelets end the lowest class first, and the cluster\'s own last', () => {
  const pool = NodePool.of('general', { nodes: 10, machine: machineOf(16, 64) });
  const { config } = emitKubelet({ pool, shutdownByPriority: PodPriorities.of([SHOP, BATCH], Duration.seconds(30)).shutdownByPriority });
  // Oracle: groupByPriority of pkg/kubelet/nodeshutdown: a pod belongs to the highest priority that is not above its own.
  expect(config.shutdownGracePeriodByPodPriority).toEqual([
    { priority: -10, shutdownGracePeriodSeconds: 10 }, { priority: 1_000_000, shutdownGracePeriodSeconds: 60 }, {
      priority: 2_000_000_000, shutdownGracePeriodSeconds: 30,
    },
  ]);
});

test('what cannot be is refused, all at once', () => {
  expect(() => PodPriorities.of([])).toThrow('PodPriorities: classes must name at least one class');
  const refused = () => PodPriorities.of([{ ...SHOP, name: 'system-shop' }, { ...SHOP, name: 'Shop', value: 2_000_000_000 }, { ...BATCH, value: 1_000_000, isDefault: true }]);
  expect(refused).toThrow(/PodPriorities: 5 problems/);
  for (const sentence of ['starts with system-', 'classes[1].name must be a DNS name', 'classes[1].value must be a whole number', 'value 1000000 stands there twice', 'are each the default']) { expect(refused).toThrow(sentence); }
});

test('a pod that names a class of these is no finding', () => {
  const { chart } = objectsOf(SHOP);
  expect(Audit.of(chart).findings).toEqual([]);
});
