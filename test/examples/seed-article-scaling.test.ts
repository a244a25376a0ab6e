import { newest, provesDefault, provesError, provesImpossible, provesRule, seed, seedWith } from './seed-proofs';
import { description } from '../../examples/seed-article/cluster';
import { Autoscaling, AutoscalerProvider, HpaBehavior, ScaledAutoscalerProps, ThousandNodeClusterProps } from '../../src';
import { Draft } from '../audit/mutations';

const provider = AutoscalerProvider.aws({ region: 'us-east-1' });
const pod = (written = seed()) => written.manifest('Deployment', 'cluster-autoscaler').spec.template.spec;
const args = (written = seed()) => pod(written).containers[0].args as string[];
const container = (draft: Draft) => draft.objects.find(o => o.kind === 'Deployment' && o.metadata.name === 'cluster-autoscaler').spec.template.spec.containers[0];
const withoutFlag = (name: RegExp) => (draft: Draft) => { const c = container(draft); c.args = c.args.filter((arg: string) => !name.test(arg)); };
const hpa = (draft: Draft) => draft.objects.find(o => o.kind === 'HorizontalPodAutoscaler');
const facts = (change: object) => (draft: Draft) => { draft.facts = Object.assign(Object.create(Object.getPrototypeOf(draft.facts)), draft.facts, change); };

provesError('CA-01', /'expander' is managed by this construct/);
provesDefault('CA-02', () => {
  for (const kind of ['ServiceAccount', 'ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding']) {
    expect(`${kind} ${seed().all(kind).some(manifest => manifest.metadata.name.includes('cluster-autoscaler'))}`).toBe(`${kind} true`);
  }
});
provesError('CA-03', /'node-group-auto-discovery' is managed by this construct|name must be lower-case letters/);
provesRule('CA-04', 'TNC151', { article: withoutFlag(/^--max-nodes-total=/) });
provesDefault('CA-05', () => expect(args()).toContain('--scale-down-delay-after-delete=1m0s'));
provesImpossible('CA-06', () => {
  // @ts-expect-error no such prop: it reacts to pods that wait
  const props: ScaledAutoscalerProps = { provider, metrics: ['http_requests_per_second'] };
  expect(args(seedWith({ autoscaling: Autoscaling.clusterAutoscaler(props) })).join()).not.toContain('http_requests');
});
provesDefault('CA-07', () => {
  expect(args(newest())).toEqual(expect.arrayContaining(['--max-drain-parallelism=10', '--max-scale-down-parallelism=50']));
  // 1.22 has the one flag of before.
  expect(args()).toContain('--max-empty-bulk-delete=50');
});
provesRule('CA-08', 'TNC153', { article: d => { const c = container(d); c.args = c.args.map((arg: string) => arg.replace(/^(--skip-nodes-with-local-storage)=.*/, '$1=false')); } });
provesDefault('CA-09', () => {
  // 1,024 + 4 x 1,200 MiB, rounded up to 512.
  expect(pod().containers[0].resources).toEqual({ requests: { cpu: '1000m', memory: '6144Mi' }, limits: { memory: '6144Mi' } });
});
provesDefault('CA-10', () => expect(args(newest())).toEqual(expect.arrayContaining(['--kube-client-qps=50', '--kube-client-burst=100'])));
provesRule('CA-11', 'TNC112', { article: d => { container(d).image = 'k8s.gcr.io/autoscaling/cluster-autoscaler:v1.22.0'; } });
provesDefault('CA-12', () => {
  expect(pod().priorityClassName).toBe('system-cluster-critical');
  expect(pod().topologySpreadConstraints.map((c: any) => c.topologyKey)).toEqual(['kubernetes.io/hostname', 'topology.kubernetes.io/zone']);
  expect(pod().securityContext.runAsNonRoot).toBe(true);
  expect(pod().containers[0].livenessProbe.httpGet.path).toBe('/health-check');
  expect(pod().containers[0].ports).toEqual([{ containerPort: 8085, name: 'metrics' }]);
  expect(seed().all('PodDisruptionBudget', 'cluster-autoscaler')).toHaveLength(1);
});
provesRule('CA-13', 'TNC158', { article: withoutFlag(/^--(startup|ignore)-taint=/) });

// The newest release: on 1.22 the version still exists.
provesRule('HPA-01', 'TNC107', { on: newest, article: d => { hpa(d).apiVersion = 'autoscaling/v2beta2'; } });
provesRule('HPA-02', 'TNC109', { right: d => { hpa(d).spec.metrics = hpa(d).spec.metrics.filter((metric: any) => metric.type === 'Resource'); } });
provesRule('HPA-03', 'TNC139', { right: d => { delete hpa(d).spec.behavior; } });
provesDefault('HPA-04', () => {
  const [frontend] = description.hpas!;
  const own = seedWith({ hpas: [{ ...frontend, behavior: undefined }] });
  expect(own.manifest('HorizontalPodAutoscaler', 'frontend').spec.behavior.scaleDown).toEqual({
    policies: [{ periodSeconds: 60, type: 'Percent', value: 10 }], selectPolicy: 'Max', stabilizationWindowSeconds: 600,
  });
  expect(seedWith({ hpas: [{ ...frontend, behavior: HpaBehavior.promotion() }] }).text).toBe(own.text);
});
provesError('HPA-05', /target\.namespace must be/);
provesDefault('HPA-06', () => {
  expect(newest().flags('kube-controller-manager')['concurrent-horizontal-pod-autoscaler-syncs']).toBe('10');
  // The flag is of 1.26.
  expect(Object.keys(seed().flags('kube-controller-manager'))).not.toContain('concurrent-horizontal-pod-autoscaler-syncs');
});
provesRule('HPA-07', 'TNC140', {
  article: d => { d.objects.push({ apiVersion: 'autoscaling.k8s.io/v1', kind: 'VerticalPodAutoscaler', metadata: { name: 'frontend', namespace: 'default' }, spec: { targetRef: hpa(d).spec.scaleTargetRef } }); },
});
provesRule('HPA-08', 'TNC145', { right: d => { hpa(d).spec.minReplicas = 50; } });

// In waves 500 nodes are 1,200 when all of them are there; the article adds 200 at a time.
provesRule('TEXT-01', 'TNC210', { right: facts({ nodesToday: 1200 }) });
provesImpossible('TEXT-02', () => {
  // @ts-expect-error the total is no input
  const props: Partial<ThousandNodeClusterProps> = { nodes: 1000 };
  // 128 + 256 + 32 + 784.
  expect(seedWith(props).tree.facts.nodes).toBe(1200);
});
provesRule('TEXT-03', 'TNC047', { article: d => { for (const p of d.staticPods.filter(x => x.component === 'kube-controller-manager')) { delete p.flags['node-monitor-grace-period']; } } });
const small: (draft: Draft) => void = d => { for (const k of d.kubelets) { k.configuration.maxPods = 110; } };
provesRule('TEXT-04', 'TNC082', { right: small, article: d => { small(d); facts({ nodes: 5001 })(d); } });
// 1,200 nodes with 250 pods each: twice what is tested, so the rule asks for a rehearsal.
provesRule('TEXT-05', 'TNC082', { right: small, article: d => { small(d); facts({ pods: 300_000 })(d); } });
