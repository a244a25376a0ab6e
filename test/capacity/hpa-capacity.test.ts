import * as fc from 'fast-check';
import {
  KUBERNETES_DEFAULT,
  metricResolution,
  metricsServerCpu,
  metricsServerMemory, metricsServerMemoryLimit,
  promotionBehavior,
  promotionStep,
  scalingPath,
  ScalingRules,
  secondsToMax,
  secondsToMin,
  secondsToPeak,
  STEADY_BEHAVIOR,
} from '../../src/capacity/hpa-capacity';
import { stated } from '../../src/derivation/derivation';

// The reference article's rules.
const ARTICLE_UP: ScalingRules = {
  selectPolicy: 'Max',
  stabilizationWindowSeconds: 0,
  policies: [{ type: 'Percent', value: 20, periodSeconds: 60 }, { type: 'Pods', value: 10, periodSeconds: 60 }],
};
const ARTICLE_DOWN: ScalingRules = {
  selectPolicy: 'Min',
  stabilizationWindowSeconds: 300,
  policies: [{ type: 'Percent', value: 10, periodSeconds: 60 }, { type: 'Pods', value: 5, periodSeconds: 60 }],
};
const ARTICLE = { scaleUp: ARTICLE_UP, scaleDown: ARTICLE_DOWN };
const promotion = (maxReplicas: number) => promotionBehavior(promotionStep('web', maxReplicas));

describe('way of the replicas under rate limits', () => {
  test.each([
    // from, to, rules, steps, full periods, first immediate, oracle
    [10, 200, ARTICLE_UP, 12, 720, 660, 'hpa.md section 1: article, 12 minutes'],
    [10, 200, KUBERNETES_DEFAULT.scaleUp, 5, 75, 60, 'hpa.md section 1: Kubernetes default'],
    [200, 10, ARTICLE_DOWN, 43, 43 * 60, 42 * 60, 'hpa.md section 1: 43 periods, 42 min if immediate'],
    [10, 200, promotion(200).scaleUp, 4, 60, 45, 'by hand: +20, x2, x2, capped'],
    [2, 200, KUBERNETES_DEFAULT.scaleUp, 7, 105, 90, 'by hand: 6, 12, 24, 48, 96, 192, 200'],
    [2, 200, promotion(200).scaleUp, 5, 75, 60, 'by hand: 22, 44, 88, 176, 200'],
    [200, 10, KUBERNETES_DEFAULT.scaleDown, 1, 15, 0, 'by hand: 100 % at once'],
    [10, 10, ARTICLE_UP, 0, 0, 0, 'nothing to do'],
  ] as Array<[number, number, ScalingRules, number, number, number, string]>)('%i -> %i takes the documented time (%#)', (from, to, rules, steps, full, immediate) => {
    const path = scalingPath(from, to, rules)!;
    expect([path.replicas.length - 1, path.secondsFullPeriods, path.secondsFirstImmediate]).toEqual([steps, full, immediate]);
  });

  test('counts are those of the documented series, rounded up on the way up', () => {
    expect(scalingPath(10, 200, ARTICLE_UP)!.replicas).toEqual([10, 20, 30, 40, 50, 60, 72, 87, 105, 126, 152, 183, 200]);
    expect(scalingPath(10, 200, KUBERNETES_DEFAULT.scaleUp)!.replicas).toEqual([10, 20, 40, 80, 160, 200]);
  });

  test('counts are rounded towards zero on the way down', () => {
    // 200 to 50 by 5 (30 periods), then 45, 40, and 90 % of each: 36, 32, 28, 25, 22, 19, 17, 15, 13, 11, 10.
    expect(scalingPath(200, 10, ARTICLE_DOWN)!.replicas.slice(-14)).toEqual([50, 45, 40, 36, 32, 28, 25, 22, 19, 17, 15, 13, 11, 10]);
  });

  test('a short period and a long one: the controller sees a free period at its next look, every 15 seconds', () => {
    // Pods 1 per 20 s: looks at 0, 15, 30: the period of the first step (0 to 20) is over at 30.
    const rules: ScalingRules = { selectPolicy: 'Max', stabilizationWindowSeconds: 0, policies: [{ type: 'Pods', value: 1, periodSeconds: 20 }] };
    expect(scalingPath(1, 4, rules)!.secondsFirstImmediate).toBe(60);
  });

  test('with Min a long period holds a fast policy back', () => {
    // 10 per 15 s, but 15 per 60 s: 10 at 0, 5 at 15 (the minute is full), then again at 60 and 75.
    const rules: ScalingRules = {
      selectPolicy: 'Min', stabilizationWindowSeconds: 0, policies: [{ type: 'Pods', value: 10, periodSeconds: 15 }, { type: 'Pods', value: 15, periodSeconds: 60 }],
    };
    expect(scalingPath(10, 40, rules)).toMatchObject({ replicas: [10, 20, 25, 35, 40], secondsFirstImmediate: 75 });
  });

  test('a disabled direction never arrives', () => {
    expect(scalingPath(10, 200, { ...ARTICLE_UP, selectPolicy: 'Disabled' })).toBeUndefined();
    expect(secondsToMin('web', 1, 9, { ...ARTICLE, scaleDown: { ...ARTICLE_DOWN, selectPolicy: 'Disabled' } })).toBeUndefined();
  });

  test('a larger end never takes less time, and every path ends where it should', () => {
    const [start, growth, share, length] = [[1, 50], [0, 500], [1, 200], [1, 1800]].map(([min, max]) => fc.integer({ min, max }));
    fc.assert(fc.property(start, growth, share, length, (from, more, percent, period) => {
      const rules: ScalingRules = { selectPolicy: 'Max', stabilizationWindowSeconds: 0, policies: [{ type: 'Percent', value: percent, periodSeconds: period }] };
      const near = scalingPath(from, from + more, rules)!;
      const far = scalingPath(from, from + more + 1, rules)!;
      expect(near.replicas[near.replicas.length - 1]).toBe(from + more);
      expect(far.secondsFirstImmediate).toBeGreaterThanOrEqual(near.secondsFirstImmediate);
    }), { numRuns: 200 });
  });
});

describe('seconds between the bounds', () => {
  test('the window is part of it: the article needs 48 minutes from 200 back to 10', () => {
    expect(secondsToMin('web', 10, 200, ARTICLE)!.value).toBe(48 * 60);
    expect(secondsToMax('web', 10, 200, ARTICLE)!.value).toBe(720);
    expect(secondsToMax('web', 10, 200, STEADY_BEHAVIOR)!.value).toBe(60 + 75);
  });

  test('the formula names both ways to count', () => {
    expect(secondsToMax('web', 10, 200, ARTICLE)!.formula).toMatch(/720 s counting full periods, 660 s if the first step is immediate/);
    expect(secondsToMax('web', 10, 200, ARTICLE)!.id).toBe('hpa/web/seconds-to-max');
  });

  test('a promotion reaches 20 times the replicas within the two minutes that are the target', () => {
    expect(secondsToMax('web', 10, 200, promotion(200))!.value).toBeLessThanOrEqual(120 - 30);
  });
});

describe('from an ordinary hour to the peak', () => {
  const peak = (factor: number) => stated('load/peak-factor', factor, 'times', 'peak of a test');

  test.each([
    // maximum, peak, seconds, way by hand (full periods of 15 s)
    [200, 3, 30, '67 to 134, 200'],
    [200, 10, 60, '20 to 40, 80, 160, 200'],
    [200, 1, 0, 'nothing to do'],
    [4, 100, 15, '1 to 4 at once: four pods are allowed'],
  ])('up to %i replicas at %i times the load takes %i s (%s)', (most, factor, seconds) => {
    expect(secondsToPeak('web', most, peak(factor), promotion(most))!.value).toBe(seconds);
  });

  test('a higher peak never takes less time', () => {
    const times = [1, 2, 3, 5, 10, 50, 1000].map(factor => secondsToPeak('web', 500, peak(factor), ARTICLE)!.value);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  test('without a way up there is no time', () => {
    expect(secondsToPeak('web', 9, peak(3), { ...ARTICLE, scaleUp: { ...ARTICLE_UP, selectPolicy: 'Disabled' } })).toBeUndefined();
  });
});

describe('metrics-server', () => {
  test.each([
    // kubelets, millicores, MiB: hpa.md section 3, 100m/200Mi up to 100 nodes, then 1m and 2 MiB each
    [20, 100, 200],
    [100, 100, 200],
    [101, 101, 202],
    [1200, 1200, 2400],
    [5000, 5000, 10000],
  ])('%i kubelets need %i millicores and %i MiB', (kubelets, cpu, memory) => {
    expect([metricsServerCpu(kubelets).value, metricsServerMemory(kubelets).value]).toEqual([cpu, memory]);
    expect(metricsServerMemoryLimit(metricsServerMemory(kubelets)).value).toBe(memory * 1.5);
  });

  test('scrapes as often as the controller looks', () => {
    expect(metricResolution().value).toBe(15);
  });
});
