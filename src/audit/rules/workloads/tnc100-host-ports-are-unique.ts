import { HOST_PORTS } from '../../../cluster/ports';
import { AuditSeverity } from '../../audit-severity';
import { containersOf, PodSpec, selectsNode } from '../../pod-spec';
import { Breach, NOT_APPLICABLE, Rule } from '../../rule';

/** Two pods that want one port of a node. */
export const hostPortsAreUnique: Rule = {
  id: 'TNC100',
  severity: AuditSeverity.ERROR,
  title: 'No two pods of a node want the same host port',
  why: 'The second pod stays pending, or dies at bind on every node at once; on a control-plane machine it may be the API server that loses.',
  remedy: 'Give one of them another port',
  source: 'src/cluster/ports.ts',
  check: tree => {
    const claims = tree.pods.filter(pods => pods.owner.kind === 'DaemonSet').map(pods => ({ pods, ports: claimedPorts(pods.spec) })).filter(claim => claim.ports.length > 0);
    if (claims.length === 0) { return NOT_APPLICABLE; }
    // Of every machine: kubelet and what Calico's agent opens. Of the control plane: what the static pods listen at.
    const every = [HOST_PORTS.kubelet, HOST_PORTS.kubeletHealthz].map(port => ({ owner: 'the kubelet', port: `${port}/TCP` }));
    const control = tree.processes.flatMap(pod => staticPorts(pod.flags).map(port => ({ owner: pod.podName, port: `${port}/TCP` })));
    const found = new Map<string, Breach>();
    for (const node of tree.nodeKinds) {
      const here = claims.filter(claim => selectsNode(claim.pods.spec, node));
      const taken = [...every, ...(node.name === 'control plane' ? control : [])];
      for (const { pods, ports } of here) {
        for (const port of ports) {
          const owner = taken.find(other => other.port === port)?.owner;
          if (owner !== undefined && owner !== pods.name) { found.set(`${pods.name} ${port}`, { at: pods, detail: `port ${port} belongs to ${owner} on ${node.name}` }); }
          taken.push({ owner: pods.name, port });
        }
      }
    }
    return [...found.values()];
  },
};

function claimedPorts(spec: PodSpec): string[] {
  // The node cache listens at addresses of its own, so its DNS ports are no claim on the machine's.
  return containersOf(spec).filter(c => !(c.args ?? []).some(arg => /^-?-localip$/.test(arg))).flatMap(c => (c.ports ?? [])
    .filter(port => spec.hostNetwork === true || port.hostPort !== undefined)
    .map(port => `${port.hostPort ?? port.containerPort}/${port.protocol ?? 'TCP'}`));
}

function staticPorts(flags: { readonly [name: string]: string }): string[] {
  const urls = ['listen-client-urls', 'listen-peer-urls', 'listen-metrics-urls'].flatMap(flag => (flags[flag] ?? '').split(',')).flatMap(url => /:(\d+)\/?$/.exec(url)?.[1] ?? []);
  return [...new Set([...urls, ...(flags['secure-port'] === undefined ? [] : [flags['secure-port']])])];
}
