import { Connection, FlowWorld, Peer } from './flow-world';
import { Check, failed, Outcome, passed } from '../../check';
import { Scene } from '../../scene';

const NAME = 'app.kubernetes.io/name';
const COMPONENT = 'app.kubernetes.io/component';

/** What cyclonus makes of the policies: whether each connection is let through. */
async function verdicts(scene: Scene, world: FlowWorld, connections: Connection[], policies = world.policies): Promise<boolean[]> {
  const input = scene.file('network/connections.json', JSON.stringify({
    policies, namespaces: world.namespaces, connections: connections.map(({ from, to, port, protocol }) => ({ from, to, port, protocol })),
  }));
  const { stdout, code, stderr } = await scene.processes.run('sh', ['-c', `exec "${scene.binaries['network-policy-check'].path}" < "${input}"`]);
  if (code !== 0) { throw new Error(stderr); }
  const lines = stdout.trim().split('\n').map(line => JSON.parse(line).allowed as boolean);
  if (lines.length !== connections.length) { throw new Error(`${lines.length} verdicts for ${connections.length} connections`); }
  return lines;
}

function text({ what, from, to, port, protocol }: Connection): string {
  const name = (peer: Peer) => (peer.namespace === undefined ? peer.ip : `${peer.namespace}/${Object.values(peer.labels!)[0]}`);
  return `${what}: ${name(from)} to ${name(to)} at ${protocol} ${port}`;
}

/** Every closed pod that opens connections asks for names, in all three ways. */
function dnsConnections(world: FlowWorld): Connection[] {
  const servers = [{ ip: '169.254.20.10' }, { ip: '10.96.0.10' }, world.pod('kube-system', { 'k8s-app': 'kube-dns' })];
  const clients = world.pods.filter(pod => world.isClosed(pod) && world.flows.some(
    flow => flow.from.namespace === pod.namespace && Object.entries(flow.from.labels).every(([label, value]) => pod.labels![label] === value),
  ));
  return clients.flatMap(from => servers.flatMap(to => ['UDP', 'TCP'].map(protocol => ({ what: 'names', from, to, port: 53, protocol }))));
}

/** Connections that nobody has a reason for. */
function unwanted(world: FlowWorld, tunnelPool = false): Connection[] {
  const shop = world.pod('shop', { app: 'frontend' });
  const inMonitoring = (labels: { [label: string]: string }) => world.pod('monitoring', labels);
  const prometheus = inMonitoring({ [COMPONENT]: 'prometheus' });
  const [query, store, compactor] = ['thanos-query', 'thanos-store', 'thanos-compactor'].map(name => inMonitoring({ [NAME]: name }));
  const [states, podStates] = ['kube-state-metrics', 'kube-state-metrics-pods'].map(name => inMonitoring({ [NAME]: name }));
  const metricsServer = world.pod('kube-system', { [NAME]: 'metrics-server' });
  const autoscaler = world.pod('kube-system', { [NAME]: 'cluster-autoscaler' });
  const provisioner = world.pod('local-storage', { [NAME]: 'local-volume-provisioner' });
  const cards = world.pod('nvidia-gpus', { [NAME]: 'dcgm-exporter' });
  const stranger: Peer = { ip: '10.0.255.1', namespace: 'monitoring', labels: { app: 'debug' } };
  const to = (what: string, from: Peer, peer: Peer, ...ports: number[]): Connection[] => ports.map(port => ({ what, from, to: peer, port, protocol: 'TCP' }));
  return [
    // The endpoint that reloads Prometheus can stop it; blocks and series are everybody's secrets at once.
    ...[shop, query, compactor, states, world.worker, world.outside, stranger].flatMap(from => to('Prometheus', from, prometheus, 9090)),
    ...[shop, compactor, world.outside].flatMap(from => to('Thanos inside', from, store, 10901, 10902)),
    ...[shop, store, world.worker].flatMap(from => to('sidecar', from, prometheus, 10901)),
    ...[shop, query, world.outside].flatMap(from => to('state of objects', from, states, 8080, 8081)),
    ...[world.worker, world.outside].flatMap(from => to('queries from outside of the pods', from, query, 10902)),
    ...to('gRPC of the queries', shop, query, 10901),
    ...[states, world.worker, world.outside].flatMap(from => to('metrics API past the API servers', from, metricsServer, 10250)),
    // With the default pool a pod has an address that a machine's tunnel could have.
    ...(tunnelPool ? to('metrics API past the API servers', shop, metricsServer, 10250) : []),
    ...[shop, world.outside].flatMap(from => to('autoscaler', from, autoscaler, 8085)),
    ...[shop, world.outside].flatMap(from => to('provisioner', from, provisioner, 8080)),
    ...[shop, world.outside].flatMap(from => to('cards', from, cards, 9400)),
    // What leaves: only parts with a bucket or a cloud have a reason to.
    ...[query, states, podStates, metricsServer, provisioner, cards, stranger].flatMap(from => [...to('to the internet', from, world.outside, 443), ...to('to an application', from, shop, 8080)]),
    ...[query, cards, stranger].flatMap(from => to('API servers', from, world.controlPlane, 6443)),
    ...[query, states, provisioner].flatMap(from => to('kubelets', from, world.worker, 10250)),
    ...[states, metricsServer, provisioner, stranger].flatMap(from => to('etcd', from, world.controlPlane, 2379)),
    ...['UDP', 'TCP'].map(protocol => ({ what: 'names of a stranger', from: stranger, to: { ip: '169.254.20.10' }, port: 53, protocol })),
  ];
}

export const flowChecks: Check[] = [
  {
    id: 'needed-flows-pass',
    drill: '3',
    judge: 'component',
    component: 'network-policy-check',
    run: async (scene): Promise<Outcome> => {
      const denied: Connection[] = [];
      let tried = 0;
      for (const tunnelPool of [false, true]) {
        const world = new FlowWorld({ tunnelPool });
        const connections = [...world.flows.flatMap(flow => world.connectionsOf(flow)), ...dnsConnections(world)];
        const allowed = await verdicts(scene, world, connections);
        denied.push(...connections.filter((_, i) => !allowed[i]));
        tried += connections.length;
      }
      const figures = { flows: { value: new FlowWorld().flows.length, unit: 'flows' }, connections: { value: tried, unit: 'connections' } };
      return denied.length === 0 ? passed('every flow of a contract passes, names too', figures) : failed(`${denied.length} denied: ${denied.slice(0, 6).map(text).join(' | ')}`, figures);
    },
  },
  {
    id: 'unwanted-flows-are-denied',
    drill: '3',
    judge: 'component',
    component: 'network-policy-check',
    run: async (scene): Promise<Outcome> => {
      const open: Connection[] = [];
      let tried = 0;
      for (const tunnelPool of [false, true]) {
        const world = new FlowWorld({ tunnelPool });
        const connections = unwanted(world, tunnelPool);
        const allowed = await verdicts(scene, world, connections);
        open.push(...connections.filter((_, i) => allowed[i]));
        tried += connections.length;
      }
      const figures = { denied: { value: tried - open.length, unit: 'connections', goal: String(tried), met: open.length === 0 } };
      return open.length === 0 ? passed('no way in or out that a contract does not name', figures) : failed(`${open.length} pass: ${open.slice(0, 6).map(text).join(' | ')}`, figures);
    },
  },
];

export const flowNegatives: Check[] = [
  {
    id: 'flow-without-its-rule-is-denied',
    drill: 'N3',
    judge: 'component',
    component: 'network-policy-check',
    run: async (scene): Promise<Outcome> => {
      const world = new FlowWorld();
      const connections = world.flows.filter(flow => flow.name === 'queries of Thanos').flatMap(flow => world.connectionsOf(flow));
      const policies = world.policies.map(policy => ({
        ...policy,
        spec: {
          ...policy.spec,
          ingress: policy.spec.ingress?.map(
            (rule: any) => ({ ...rule, ports: rule.ports?.filter((port: any) => port.port !== 10901) }),
          ).filter((rule: any) => rule.ports?.length !== 0),
        },
      }));
      const allowed = await verdicts(scene, world, connections, policies);
      return allowed.every(is => !is) && connections.length > 0 ? passed(`${connections.length} connections of queries are denied without the port in the rules`) : failed(`${allowed.filter(is => is).length} of ${connections.length} pass`);
    },
  },
  {
    id: 'policies-of-the-namespace-alone-let-unwanted-flows-pass',
    drill: 'N3',
    judge: 'component',
    component: 'network-policy-check',
    run: async (scene): Promise<Outcome> => {
      // What ThanosMonitoring writes for itself: nobody from outside, but everybody inside and every way out.
      const world = new FlowWorld({ isolated: false });
      const connections = unwanted(world);
      const allowed = await verdicts(scene, world, connections);
      const open = allowed.filter(is => is).length;
      return open > 0 && open < connections.length ? passed(`${open} of ${connections.length} pass`) : failed(`${open} of ${connections.length} pass`);
    },
  },
];
