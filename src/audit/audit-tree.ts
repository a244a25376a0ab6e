import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { field } from './field';
import { Labels, NodeKind, PodSpec } from './pod-spec';
import { quantity } from './quantity';
import { ClusterFacts } from '../cluster/cluster-facts';
import { LABELS } from '../cluster/labels';
import { MachineShape } from '../cluster/machine-shape';
import { clusterOf } from '../host/cluster-of';
import { hostArtefacts } from '../host/host-artefacts';
import { HostServiceProps } from '../host/host-service';
import { StaticPodProps } from '../host/static-pod';

/** Something of the tree that a finding can point at. */
export interface TreeItem {
  /** As a reader knows it: `Deployment kube-system/coredns`, `etcd-main on control-plane-1`. */
  readonly name: string;
  /** Where it stands in the tree; suppressions are looked for here and above. @default - not from a tree */
  readonly construct?: IConstruct;
}

/** An object of the cluster as it will be written, patches included. */
export interface AuditObject extends TreeItem {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly objectName: string;
  readonly manifest: object;
}

/** The pods of a workload. */
export interface AuditPods extends TreeItem {
  readonly owner: AuditObject;
  readonly namespace: string;
  readonly labels: Labels;
  readonly spec: PodSpec;
}

export interface AuditStaticPod extends TreeItem {
  readonly machine: string;
  readonly podName: string;
  /** `etcd`, `kube-apiserver`, ... */
  readonly component: string;
  readonly image: string;
  readonly flags: { readonly [name: string]: string };
  readonly mounts: Array<{ readonly path: string; readonly type: string }>;
  /** Cores. */
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
  readonly livenessPath: string;
  readonly terminationGraceSeconds: number;
  /** Ring of an etcd member, empty for others. */
  readonly ring: string;
}

export interface AuditKubelet extends TreeItem {
  /** Undefined on a control-plane machine. */
  readonly pool?: string;
  /** Undefined on a pool. */
  readonly machine?: string;
  /** `1.37` */
  readonly release: string;
  readonly configuration: object;
  readonly labels: Labels;
  readonly taints: NodeKind['taints'];
  readonly nodeIp?: string;
}

export interface AuditFile extends TreeItem {
  /** `machines/x` or `pools/x`. */
  readonly target: string;
  readonly path: string;
  readonly content: string;
}

export interface AuditCertificate extends TreeItem {
  readonly machine: string;
  readonly certPath: string;
  readonly dnsNames: string[];
  readonly ipAddresses: string[];
}

/** The lists of a tree. */
export interface AuditParts {
  readonly facts: ClusterFacts;
  readonly objects: AuditObject[];
  readonly staticPods: AuditStaticPod[];
  /** Components that systemd runs; they have no image and no probes. @default - none */
  readonly services?: AuditStaticPod[];
  readonly kubelets: AuditKubelet[];
  readonly files: AuditFile[];
  readonly certificates: AuditCertificate[];
  readonly scope?: IConstruct;
}

const TEMPLATES: { readonly [kind: string]: string[] } = {
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
  DaemonSet: ['spec', 'template'],
  Deployment: ['spec', 'template'],
  Job: ['spec', 'template'],
  Pod: [],
  ReplicaSet: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
};

/** What the rules read: everything below a scope as plain data, gathered once. */
export class AuditTree {
  /** Read a finished tree. Values that are computed late are computed now, so nothing may be added afterwards. */
  public static of(scope: IConstruct): AuditTree {
    const host = hostArtefacts(scope);
    return new AuditTree({
      facts: clusterOf(scope),
      scope,
      objects: scope.node.findAll().filter(ApiObject.isApiObject).map(object => auditObject(object.toJson() as object, object)),
      staticPods: host.staticPods.map(pod => staticPod(pod.props, pod)),
      services: host.services.map(service => hostService(service.props, service)),
      kubelets: host.kubelets.map(kubelet => ({
        name: `kubelet of ${kubelet.target.folder}`,
        construct: kubelet,
        ...(kubelet.target.group === 'pools' ? { pool: kubelet.target.name } : { machine: kubelet.target.name }),
        release: kubelet.props.release.version,
        configuration: kubelet.props.configuration,
        labels: kubelet.props.nodeLabels,
        taints: kubelet.props.taints,
        nodeIp: kubelet.props.nodeIp,
      })),
      files: host.files.map(file => ({ name: `${file.path} of ${file.target.folder}`, construct: file, target: file.target.folder, path: file.path, content: file.content })),
      certificates: host.certificates.map(certificate => ({
        name: `certificate ${certificate.certPath} of ${certificate.target.name}`,
        construct: certificate,
        machine: certificate.target.name,
        certPath: certificate.certPath,
        dnsNames: certificate.dnsNames,
        ipAddresses: certificate.ipAddresses,
      })),
    });
  }

  public readonly facts: ClusterFacts;
  public readonly objects: AuditObject[];
  public readonly staticPods: AuditStaticPod[];
  /** What runs on the machines themselves: static pods, and components that systemd runs. */
  public readonly processes: AuditStaticPod[];
  public readonly kubelets: AuditKubelet[];
  public readonly files: AuditFile[];
  public readonly certificates: AuditCertificate[];
  /** The whole, for findings that belong to no single item. */
  public readonly cluster: TreeItem;
  /** Pods of all workloads. */
  public readonly pods: AuditPods[];
  /** The kinds of nodes there are: pools, then the control plane. */
  public readonly nodeKinds: NodeKind[];

  constructor(parts: AuditParts) {
    this.facts = parts.facts;
    this.objects = parts.objects;
    this.staticPods = parts.staticPods;
    this.processes = [...parts.staticPods, ...(parts.services ?? [])];
    this.kubelets = parts.kubelets;
    this.files = parts.files;
    this.certificates = parts.certificates;
    this.cluster = { name: `cluster ${parts.facts.name}`, construct: parts.scope };
    this.pods = parts.objects.flatMap(podsOf);
    this.nodeKinds = nodeKinds(parts);
  }

  /** Objects of a kind, of whatever version. */
  public ofKind(kind: string, group?: string): AuditObject[] {
    return this.objects.filter(object => object.kind === kind && (group === undefined || groupOf(object) === group));
  }

  public find(kind: string, namespace: string | undefined, name: string): AuditObject | undefined {
    return this.objects.find(object => object.kind === kind && object.namespace === namespace && object.objectName === name);
  }

  /** Members of a component, whoever runs them. */
  public component(name: string): AuditStaticPod[] {
    return this.processes.filter(pod => pod.component === name);
  }

  /** Machines of the final size, control plane included. */
  public get machines(): number {
    return this.facts.nodes + this.facts.controlPlaneMembers.length;
  }

  /** Nodes that the pods of a DaemonSet end up on at the final size. */
  public nodesOf(pods: AuditPods, selects: (spec: PodSpec, node: NodeKind) => boolean): number {
    return this.nodeKinds.filter(node => selects(pods.spec, node)).reduce((sum, node) => sum + node.nodes, 0);
  }
}

/** Group of an object: `apps`, empty for the core group. */
export function groupOf(object: AuditObject): string {
  return object.apiVersion.includes('/') ? object.apiVersion.split('/')[0] : '';
}

export function auditObject(manifest: object, construct?: IConstruct): AuditObject {
  const kind = field<string>(manifest, 'kind') ?? '';
  const namespace = field<string>(manifest, 'metadata', 'namespace');
  const objectName = field<string>(manifest, 'metadata', 'name') ?? '';
  return {
    name: `${kind} ${namespace === undefined ? '' : `${namespace}/`}${objectName}`,
    construct,
    apiVersion: field<string>(manifest, 'apiVersion') ?? '',
    kind,
    namespace,
    objectName,
    manifest,
  };
}

function staticPod(props: StaticPodProps, construct?: IConstruct): AuditStaticPod {
  return {
    name: `${props.name} on ${props.target.name}`,
    construct,
    machine: props.target.name,
    podName: props.name,
    component: props.component,
    image: props.image,
    flags: Object.fromEntries(props.flags.map(flag => [flag.name, flag.value])),
    mounts: props.mounts.map(mount => ({ path: mount.path, type: mount.type })),
    cpu: quantity(props.cpuRequest) ?? 0,
    memory: quantity(props.memoryRequest) ?? 0,
    livenessPath: props.livenessProbe.path,
    terminationGraceSeconds: props.terminationGracePeriodSeconds ?? 30,
    ring: props.component === 'etcd' ? props.name : '',
  };
}

function hostService(props: HostServiceProps, construct?: IConstruct): AuditStaticPod {
  return {
    name: `${props.unit}.service on ${props.target.name}`,
    construct,
    machine: props.target.name,
    podName: props.name,
    component: props.component,
    image: '',
    flags: Object.fromEntries(props.flags.map(flag => [flag.name, flag.value])),
    mounts: props.mounts.map(mount => ({ path: mount.path, type: mount.type })),
    cpu: quantity(props.cpu) ?? 0,
    memory: quantity(props.memory) ?? 0,
    livenessPath: '',
    terminationGraceSeconds: 90,
    ring: props.component === 'etcd' ? props.name : '',
  };
}

function podsOf(owner: AuditObject): AuditPods[] {
  const path = Object.hasOwn(TEMPLATES, owner.kind) ? TEMPLATES[owner.kind] : undefined;
  const spec = path && field<PodSpec>(owner.manifest, ...path, 'spec');
  if (!path || !spec) { return []; }
  return [{
    name: owner.name,
    construct: owner.construct,
    owner,
    namespace: owner.namespace ?? 'default',
    labels: field<Labels>(owner.manifest, ...path, 'metadata', 'labels') ?? {},
    spec,
  }];
}

function nodeKinds({ facts, kubelets }: AuditParts): NodeKind[] {
  const pools = facts.pools.map(pool => {
    const kubelet = kubelets.find(k => k.pool === pool.name);
    const labels = { ...pool.labels, ...kubelet?.labels };
    return { name: `pool ${pool.name}`, nodes: pool.nodes, labels, taints: kubelet?.taints ?? pool.taints, ...allocatable(pool.machine, kubelet) };
  });
  if (facts.controlPlaneManagedBy !== undefined) { return pools; }
  const machine = kubelets.find(k => k.machine !== undefined);
  return [...pools, {
    name: 'control plane',
    nodes: facts.controlPlaneMembers.length,
    // kubeadm and the cloud providers set it; the kubelet may not.
    labels: { [LABELS.controlPlane]: '', ...machine?.labels },
    taints: machine?.taints ?? [{ key: LABELS.controlPlane, effect: 'NoSchedule' }],
    ...allocatable(facts.controlPlaneMachine, machine),
  }];
}

/** What the kubelet leaves to pods. */
function allocatable(machine: MachineShape, kubelet: AuditKubelet | undefined): { cpu: number; memory: number } {
  const configuration = kubelet?.configuration;
  const of = (map: string, resource: string) => quantity(field(configuration, map, resource)) ?? 0;
  const pinned = cpuSet(field<string>(configuration, 'reservedSystemCPUs'));
  return {
    cpu: machine.cpu - (pinned > 0 ? pinned : of('kubeReserved', 'cpu') + of('systemReserved', 'cpu')),
    memory: machine.memoryMebibytes * 2 ** 20 - of('kubeReserved', 'memory') - of('systemReserved', 'memory') - of('evictionHard', 'memory.available'),
  };
}

/** Number of cores in a list such as `0-1,8`. */
export function cpuSet(text: string | undefined): number {
  return (text ?? '').split(',').filter(part => part !== '').reduce((sum, part) => {
    const [first, last] = part.split('-').map(Number);
    return sum + (last ?? first) - first + 1;
  }, 0);
}
