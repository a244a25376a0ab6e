import { machinesOf, referenceCluster } from './installers/reference-cluster';
import { KubernetesRelease } from '../../src/cluster/kubernetes-release';
import { hostArtefacts } from '../../src/host/host-artefacts';

// Oracle: pkg/apis/scheduling/types.go (the highest priority of a user, twice; node-critical a thousand above) and groupByPriority in pkg/kubelet/nodeshutdown, which
// looks at the number alone and takes 0 for none.
const SYSTEM_CRITICAL = 2 * 1_000_000_000;

test.each(KubernetesRelease.all().map(release => [release] as const))('%s: a machine that shuts down ends its static pods last', release => {
  const specs = hostArtefacts(machinesOf(referenceCluster(release))).staticPods.map(pod => (pod.manifest() as { spec: object }).spec);
  expect(specs.length).toBeGreaterThan(0);
  for (const spec of specs) { expect(spec).toMatchObject({ priority: SYSTEM_CRITICAL + 1000, priorityClassName: 'system-node-critical' }); }
});
