import { watchedResources } from '../../src/catalogue/kube-state-metrics-resources';
import { apiRequestLatencyMetric } from '../../src/catalogue/metric-names';

test.each([
  // Oracle: pkg/endpoints/metrics/metrics.go of kubernetes/apiserver by tag, and perf-tests prometheus-rules.yaml
  ['1.22', 'apiserver_request_duration_seconds'],
  ['1.23', 'apiserver_request_slo_duration_seconds'],
  ['1.25', 'apiserver_request_slo_duration_seconds'],
  ['1.26', 'apiserver_request_sli_duration_seconds'],
  ['1.37', 'apiserver_request_sli_duration_seconds'],
])('Kubernetes %s measures API latency as %s', (release, expected) => {
  expect(apiRequestLatencyMetric(release)).toBe(expected);
});

test('kube-state-metrics watches HorizontalPodAutoscalers only where autoscaling/v2 is served, from 1.23 on', () => {
  const autoscaling = (release: string) => watchedResources(release).find(group => group.group === 'autoscaling');
  expect(autoscaling('1.22')).toBeUndefined();
  expect(autoscaling('1.23')).toEqual({ group: 'autoscaling', resources: ['horizontalpodautoscalers'] });
});

test('kube-state-metrics may never read Secrets', () => {
  expect(watchedResources('1.37').flatMap(group => group.resources)).not.toContain('secrets');
});
