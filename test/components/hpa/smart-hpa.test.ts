import { App, Chart, Duration, JsonPatch, Testing } from 'cdk8s';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { HpaBehavior, HpaPolicy, HpaSelectPolicy } from '../../../src/components/hpa/hpa-behavior';
import { HpaMetric } from '../../../src/components/hpa/hpa-metric';
import { SmartHpa, SmartHpaProps } from '../../../src/components/hpa/smart-hpa';
import { ScaleTargetKind } from '../../../src/contracts/scale-target';
import { schemaErrors } from '../../fixtures/upstream/validate';
import { clusterOn } from '../cluster-on';

const MINIMAL: SmartHpaProps = { target: { name: 'frontend', namespace: 'shop' }, minReplicas: 10, maxReplicas: 200 };
const minute = Duration.minutes(1);
const article = () => HpaBehavior.custom({
  scaleUp: { policies: [HpaPolicy.percent(20, minute), HpaPolicy.pods(10, minute)], stabilizationWindow: Duration.seconds(0) },
  scaleDown: {
    policies: [HpaPolicy.percent(10, minute), HpaPolicy.pods(5, minute)], selectPolicy: HpaSelectPolicy.MIN, stabilizationWindow: Duration.minutes(5),
  },
});
const ALL: Required<Omit<SmartHpaProps, 'cluster'>> = {
  target: { name: 'frontend', namespace: 'shop', kind: ScaleTargetKind.STATEFUL_SET, podLabels: { app: 'frontend' } },
  minReplicas: 2,
  maxReplicas: 300,
  metrics: [HpaMetric.cpuUtilization(70), HpaMetric.podsMetric('http_requests_per_second', 500), HpaMetric.containerCpu('app', 55)],
  behavior: article(),
  maxUnavailablePercent: 25,
};

function emit(props: Partial<SmartHpaProps> = {}): any[] {
  const chart = new Chart(new App(), 'test');
  new SmartHpa(chart, 'web', { ...MINIMAL, ...props });
  return Testing.synth(chart);
}
const on = (release: KubernetesRelease) => ({ cluster: clusterOn(release) });

describe('the object', () => {
  test('minimal props: one autoscaler in the target\'s namespace, CPU utilization, no budget', () => {
    const objects = emit();
    expect(objects.map(o => [o.apiVersion, o.kind, o.metadata.namespace, o.metadata.name])).toEqual([['autoscaling/v2', 'HorizontalPodAutoscaler', 'shop', 'frontend']]);
    expect(objects[0].spec).toMatchObject({
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'frontend' },
      minReplicas: 10,
      maxReplicas: 200,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } }],
    });
  });

  test('all props reach it', () => {
    const [hpa, budget] = emit(ALL);
    expect(hpa.spec.scaleTargetRef.kind).toBe('StatefulSet');
    expect(hpa.spec.metrics).toEqual([
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
      { type: 'Pods', pods: { metric: { name: 'http_requests_per_second' }, target: { type: 'AverageValue', averageValue: '500' } } },
      { type: 'ContainerResource', containerResource: { name: 'cpu', container: 'app', target: { type: 'Utilization', averageUtilization: 55 } } },
    ]);
    expect(hpa.spec.behavior).toEqual({
      scaleUp: {
        selectPolicy: 'Max',
        stabilizationWindowSeconds: 0,
        policies: [{ type: 'Percent', value: 20, periodSeconds: 60 }, { type: 'Pods', value: 10, periodSeconds: 60 }],
      },
      scaleDown: {
        selectPolicy: 'Min',
        stabilizationWindowSeconds: 300,
        policies: [{ type: 'Percent', value: 10, periodSeconds: 60 }, { type: 'Pods', value: 5, periodSeconds: 60 }],
      },
    });
    expect(budget).toMatchObject({
      apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'frontend', namespace: 'shop' }, spec: { maxUnavailable: '25%', selector: { matchLabels: { app: 'frontend' } } },
    });
  });

  test.each(Object.entries(ALL).filter(([name]) => name !== 'maxUnavailablePercent'))('prop %s changes the output', (name, value) => {
    expect(emit({ [name]: value })).not.toEqual(emit());
  });

  test('prop maxUnavailablePercent changes the output', () => {
    expect(emit({ target: ALL.target, maxUnavailablePercent: 25 })).not.toEqual(emit({ target: ALL.target }));
  });

  test.each([[0.5, '500m'], [500, '500'], [1.5, '1500m'], [0.1 + 0.2, '300m'], [1e12, '1000000000000']])('an average of %d is written as %s', (value, text) => {
    expect(emit({ metrics: [HpaMetric.podsMetric('queue', value)] })[0].spec.metrics[0].pods.target.averageValue).toBe(text);
  });

  test('a user\'s patch reaches the output', () => {
    const chart = new Chart(new App(), 'test');
    new SmartHpa(chart, 'web', MINIMAL).autoscaler.addJsonPatch(JsonPatch.add('/spec/fieldOfTheFuture', 1));
    expect(Testing.synth(chart)[0].spec.fieldOfTheFuture).toBe(1);
  });

  test('the order in which labels were written does not matter', () => {
    const labels = (podLabels: { [key: string]: string }) => JSON.stringify(emit({ target: { ...MINIMAL.target, podLabels } }));
    expect(labels({ b: '1', a: '2' })).toBe(labels({ a: '2', b: '1' }));
  });
});

describe('releases', () => {
  test('v2beta2 on 1.22, v2 from 1.23 (HPA-01)', () => {
    expect(emit(on(KubernetesRelease.V1_22))[0].apiVersion).toBe('autoscaling/v2beta2');
    expect(emit(on(KubernetesRelease.V1_23))[0].apiVersion).toBe('autoscaling/v2');
  });

  test('tolerance of the preset from 1.35, left out before', () => {
    expect(emit(on(KubernetesRelease.V1_34))[0].spec.behavior.scaleUp.tolerance).toBeUndefined();
    expect(emit(on(KubernetesRelease.V1_35))[0].spec.behavior.scaleUp.tolerance).toBe('50m');
  });

  test('a tolerance that the user asked for is refused before 1.35', () => {
    const behavior = HpaBehavior.custom({ scaleUp: { policies: [HpaPolicy.pods(4, minute)], tolerance: 0.2 } });
    expect(() => emit({ ...on(KubernetesRelease.V1_34), behavior })).toThrow(/behavior.scaleUp.tolerance needs Kubernetes 1.35, the cluster runs 1.34; leave it out/);
    expect(emit({ ...on(KubernetesRelease.V1_35), behavior })[0].spec.behavior.scaleUp.tolerance).toBe('200m');
  });

  test('CPU of one container from 1.27, refused before', () => {
    const metrics = [HpaMetric.containerCpu('app', 60)];
    expect(() => emit({ ...on(KubernetesRelease.V1_26), metrics })).toThrow(/containerCpu needs Kubernetes 1.27, the cluster runs 1.26; use cpuUtilization/);
    expect(emit({ ...on(KubernetesRelease.V1_27), metrics })[0].spec.metrics[0].type).toBe('ContainerResource');
  });

  test('drains may evict pods that were never ready from 1.27 (HPA-07)', () => {
    const policy = (release: KubernetesRelease) => emit({ ...on(release), target: ALL.target })[1].spec.unhealthyPodEvictionPolicy;
    expect([policy(KubernetesRelease.V1_26), policy(KubernetesRelease.V1_27)]).toEqual([undefined, 'AlwaysAllow']);
  });

  test.each(KubernetesRelease.all().map(release => [release.version, release] as const))('every object fits the schema of %s', (version, release) => {
    const served = release.minor >= 27 ? ALL.metrics : ALL.metrics.slice(0, 2);
    const inputs: Array<Partial<SmartHpaProps>> = [{ target: ALL.target }, { ...ALL, metrics: served }, { behavior: HpaBehavior.steady() }];
    for (const object of inputs.flatMap(input => emit({ ...on(release), ...input }))) {
      expect(schemaErrors(version, object)).toEqual([]);
    }
  });
});

describe('time from minimum to maximum', () => {
  const seconds = (behavior: HpaBehavior, minReplicas = 10, maxReplicas = 200) => {
    const hpa = new SmartHpa(new Chart(new App(), 'test'), 'web', { ...MINIMAL, minReplicas, maxReplicas, behavior });
    return [hpa.secondsToMax, hpa.secondsToMin];
  };

  test('the article\'s rules take 12 minutes up and 48 down (HPA-03, HPA-04)', () => {
    expect(seconds(article())).toEqual([720, 2880]);
  });

  test('the preset for promotions takes one minute up', () => {
    expect(seconds(HpaBehavior.promotion())[0]).toBe(60);
  });

  test('the steady preset adds its window of one minute to Kubernetes\' own 75 s', () => {
    expect(seconds(HpaBehavior.steady())[0]).toBe(135);
  });

  test('a disabled way down has no time', () => {
    const behavior = HpaBehavior.custom({
      scaleUp: { policies: [HpaPolicy.pods(4, minute)] }, scaleDown: { policies: [HpaPolicy.pods(1, minute)], selectPolicy: HpaSelectPolicy.DISABLED },
    });
    expect(seconds(behavior)[1]).toBeUndefined();
  });

  test('derivations carry the construct\'s id', () => {
    const hpa = new SmartHpa(new Chart(new App(), 'test'), 'checkout', MINIMAL);
    expect(hpa.derivations.map(d => d.id)).toEqual(expect.arrayContaining(['hpa/checkout/seconds-to-max', 'hpa/checkout/seconds-to-min', 'hpa/checkout/cpu-target']));
  });
});

describe('refused', () => {
  test.each<[string, Partial<SmartHpaProps>, RegExp]>([
    ['bounds reversed', { minReplicas: 201 }, /minReplicas 201 must not exceed maxReplicas 200/],
    ['zero replicas', { minReplicas: 0 }, /minReplicas must be a whole number between 1 .* got 0/],
    ['NaN', { maxReplicas: NaN }, /maxReplicas must be a whole number .* got NaN/],
    ['fraction', { minReplicas: 1.5 }, /minReplicas must be a whole number .* got 1.5/],
    ['more than the pools hold', { maxReplicas: 110_001 }, /maxReplicas must be .* between 1 and 110000 \(pods that all pools can hold/],
    ['utilization of 0', { metrics: [HpaMetric.cpuUtilization(0)] }, /cpuUtilization must be a whole number between 1 and 1000/],
    ['utilization of 5,000', { metrics: [HpaMetric.cpuUtilization(5000)] }, /cpuUtilization must be .* got 5000/],
    ['container name', { metrics: [HpaMetric.containerCpu('App\n', 50)] }, /containerCpu: container must be lower-case/],
    ['metric name with line break', { metrics: [HpaMetric.podsMetric('a\nb', 1)] }, /podsMetric: name must be a metric name/],
    ['metric name with slash', { metrics: [HpaMetric.podsMetric('a/b', 1)] }, /podsMetric: name must be a metric name/],
    ['average of 0', { metrics: [HpaMetric.podsMetric('a', 0)] }, /averagePerPod must be between 0.001/],
    ['no metrics', { metrics: [] }, /metrics must name at least one HpaMetric/],
    ['one metric twice', { metrics: [HpaMetric.cpuUtilization(50), HpaMetric.cpuUtilization(60)] }, /"cpu utilization" is named twice/],
    ['target name', { target: { name: 'front\nend', namespace: 'shop' } }, /target.name must be a DNS name/],
    ['target namespace', { target: { name: 'frontend', namespace: 'shop.prod' } }, /target.namespace must be lower-case/],
    ['empty labels', { target: { ...MINIMAL.target, podLabels: {} } }, /target.podLabels must not be empty/],
    ['label value', { target: { ...MINIMAL.target, podLabels: { app: 'a b' } } }, /target.podLabels: value of 'app'/],
    ['budget of nothing', { target: ALL.target, maxUnavailablePercent: 0 }, /maxUnavailablePercent must be .*\(a budget of 0 blocks every drain/],
    ['budget without labels', { maxUnavailablePercent: 10 }, /maxUnavailablePercent needs target.podLabels/],
    ['period of 0', { behavior: HpaBehavior.custom({ scaleUp: { policies: [HpaPolicy.pods(1, Duration.seconds(0))] } }) }, /scaleUp.policies\[0\]: period in seconds .* between 1 and 1800, got 0/],
    ['period of an hour', { behavior: HpaBehavior.custom({ scaleUp: { policies: [HpaPolicy.pods(1, Duration.hours(1))] } }) }, /period in seconds .* got 3600/],
    ['policy of 0 per cent', { behavior: HpaBehavior.custom({ scaleUp: { policies: [HpaPolicy.percent(0, minute)] } }) }, /policies\[0\]: percent must be .* got 0/],
    ['no policies', { behavior: HpaBehavior.custom({ scaleUp: { policies: [] } }) }, /scaleUp.policies must name at least one HpaPolicy/],
    ['window of two hours', { behavior: HpaBehavior.custom({ scaleUp: { policies: [HpaPolicy.pods(1, minute)], stabilizationWindow: Duration.hours(2) } }) }, /stabilizationWindow in seconds .* between 0 and 3600, got 7200/],
    ['tolerance of 10 (per cent meant)', { behavior: HpaBehavior.custom({ scaleUp: { policies: [HpaPolicy.pods(1, minute)], tolerance: 10 } }) }, /tolerance must be between 0 and 1 \(a share/],
    ['scaling up disabled', { behavior: HpaBehavior.custom({ scaleUp: { policies: [HpaPolicy.pods(1, minute)], selectPolicy: HpaSelectPolicy.DISABLED } }) }, /scaleUp must not be disabled: maxReplicas would never be reached/],
  ])('%s', (_name, props, message) => {
    expect(() => emit(props)).toThrow(message);
  });

  test('all problems in one error', () => {
    expect(() => emit({ minReplicas: 0, metrics: [], target: { name: '', namespace: 'shop' } })).toThrow(/3 problems[\s\S]*target.name[\s\S]*minReplicas[\s\S]*metrics/);
  });

  test('prototype keys as labels', () => {
    expect(() => emit({ target: { ...MINIMAL.target, podLabels: JSON.parse('{"__proto__": "x"}') } })).toThrow(/'__proto__' is not a usable key/);
  });
});

describe('contributions', () => {
  test('alerts name this autoscaler\'s own bounds and are unique among autoscalers', () => {
    const chart = new Chart(new App(), 'test');
    const groups = ['web', 'api'].flatMap(name => new SmartHpa(chart, name, { ...MINIMAL, target: { name, namespace: 'shop' } }).alertGroups);
    const alerts = groups.flatMap(group => group.alerts);
    expect(new Set(alerts.map(alert => alert.name)).size).toBe(alerts.length);
    expect(alerts.find(alert => alert.name === 'HpaAtMaximumShopWeb')!.expression).toContain('>= 200');
  });

  test('a missing metric, which stops every scale-down, is an alert (HPA-02)', () => {
    const hpa = new SmartHpa(new Chart(new App(), 'test'), 'web', { ...MINIMAL, metrics: ALL.metrics });
    expect(hpa.needsCustomMetrics).toBe(true);
    expect(hpa.alertGroups[0].alerts.map(alert => alert.name)).toContain('HpaMetricMissingShopFrontend');
  });
});
