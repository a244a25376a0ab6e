import { Size } from 'cdk8s';
import { AuditCertificate, AuditFile, AuditKubelet, auditObject, AuditStaticPod, AuditTree } from '../../src/audit/audit-tree';
import { ClusterFacts, ClusterFactsProps } from '../../src/cluster/cluster-facts';
import { MachineShape } from '../../src/cluster/machine-shape';
import { NodePool, NodePoolProps } from '../../src/cluster/node-pool';

/** A tree written by hand: only what a case is about. */
export interface Parts {
  readonly facts?: ClusterFacts;
  readonly objects?: object[];
  readonly staticPods?: AuditStaticPod[];
  readonly kubelets?: AuditKubelet[];
  readonly certificates?: AuditCertificate[];
  readonly files?: AuditFile[];
}

export function treeOf(parts: Parts): AuditTree {
  return new AuditTree({
    facts: parts.facts ?? facts(),
    objects: (parts.objects ?? []).map(manifest => auditObject(manifest)),
    staticPods: parts.staticPods ?? [],
    kubelets: parts.kubelets ?? [],
    certificates: parts.certificates ?? [],
    files: parts.files ?? [],
  });
}

/** One case of a rule: what holds, what breaks it, and the last or first value at the border. */
export interface Case {
  readonly id: string;
  readonly passing: Parts;
  readonly failing: Parts;
  /** What lies at the border, the tree, and how many findings it gives. */
  readonly boundary: [string, Parts, number];
}

export const SMALL = MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) });

export function pool(nodes: number, props: Partial<NodePoolProps> = {}): NodePool {
  return NodePool.of('general', { nodes, machine: SMALL, ...props });
}

/** 1,000 nodes of 16 cores and 64 GiB, three control-plane machines in three zones. */
export function facts(props: Partial<ClusterFactsProps> = {}): ClusterFacts {
  return ClusterFacts.of({
    name: 'test',
    network: { podCidr: '10.0.0.0/14', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20' },
    controlPlane: { endpoint: 'api.test.example.com:6443', members: members(3) },
    pools: [pool(1000)],
    ...props,
  });
}

export function members(count: number, zones = ['a', 'b', 'c']) {
  return Array.from({ length: count }, (_, i) => ({ name: `cp-${i + 1}`, address: `172.16.0.${11 + i}`, zone: zones[i % zones.length] }));
}

export function staticPod(component: string, props: Partial<AuditStaticPod> = {}): AuditStaticPod {
  const podName = props.podName ?? component;
  return {
    name: `${podName} on ${props.machine ?? 'cp-1'}`,
    machine: 'cp-1',
    podName,
    component,
    image: `registry.k8s.io/${component}:v1.37.2`,
    flags: {},
    mounts: [],
    cpu: 1,
    memory: 2 ** 30,
    livenessPath: '/livez',
    terminationGraceSeconds: 135,
    ring: component === 'etcd' ? podName : '',
    ...props,
  };
}

/** A whole ring; `change` adds to each member. */
export function ring(count: number, flags: { [name: string]: string } = {}, change: Partial<AuditStaticPod> = {}, name = 'etcd-main', port = 2379): AuditStaticPod[] {
  const all = members(count);
  return all.map(member => staticPod('etcd', {
    podName: name,
    machine: member.name,
    memory: 9 * 2 ** 30,
    mounts: [{ path: '/var/lib/etcd', type: 'Directory' }],
    ...change,
    flags: {
      'name': member.name,
      'data-dir': '/var/lib/etcd',
      'quota-backend-bytes': String(8 * 2 ** 30),
      'initial-cluster': all.map(m => `${m.name}=https://${m.address}:${port + 1}`).join(','),
      'initial-advertise-peer-urls': `https://${member.address}:${port + 1}`,
      'listen-peer-urls': `https://${member.address}:${port + 1}`,
      'advertise-client-urls': `https://${member.address}:${port}`,
      'listen-client-urls': `https://127.0.0.1:${port},https://${member.address}:${port}`,
      'client-cert-auth': 'true',
      'peer-client-cert-auth': 'true',
      'cert-file': '/pki/server.crt',
      'peer-cert-file': '/pki/peer.crt',
      'feature-gates': 'InitialCorruptCheck=true',
      ...flags,
    },
  }));
}

export function kubelet(configuration: object, props: Partial<AuditKubelet> = {}): AuditKubelet {
  return { name: 'kubelet of pools/general', pool: 'general', release: '1.37', configuration, labels: {}, taints: [], ...props };
}

export function certificate(props: Partial<AuditCertificate>): AuditCertificate {
  return { name: 'certificate', machine: 'cp-1', certPath: '/pki/server.crt', dnsNames: [], ipAddresses: [], ...props };
}

export function object(apiVersion: string, kind: string, name: string, rest: object = {}, namespace?: string): object {
  const { metadata, ...others } = rest as { metadata?: object };
  return { apiVersion, kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }), ...metadata }, ...others };
}

/** A workload whose pods are right in every respect; `pod` and `spec` change that. */
export function workload(kind: string, name: string, pod: object = {}, spec: object = {}, namespace = 'apps'): object {
  return object('apps/v1', kind, name, {
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { automountServiceAccountToken: false, containers: [container()], ...pod },
      },
      ...spec,
    },
  }, namespace);
}

export function container(props: object = {}): object {
  return { name: 'main', image: 'registry.example.com/app:1.2.3', resources: { requests: { cpu: '100m', memory: '128Mi' } }, ...props };
}

export function configMap(name: string, data: { [key: string]: string }, namespace = 'apps'): object {
  return object('v1', 'ConfigMap', name, { data }, namespace);
}
