import { field } from './field';

/** What the rules read of a container. Everything may be missing: objects of users are read too. */
export interface Container {
  readonly name?: string;
  readonly image?: string;
  readonly command?: string[];
  readonly args?: string[];
  readonly env?: Array<{ readonly name: string; readonly value?: string }>;
  readonly ports?: Array<{ readonly name?: string; readonly containerPort: number; readonly hostPort?: number; readonly protocol?: string }>;
  readonly resources?: { readonly requests?: Quantities; readonly limits?: Quantities };
  readonly securityContext?: SecurityContext;
  readonly livenessProbe?: object;
  readonly readinessProbe?: object;
  readonly imagePullPolicy?: string;
}

export interface Quantities {
  readonly [resource: string]: string | number;
}

export interface SecurityContext {
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly capabilities?: { readonly add?: string[]; readonly drop?: string[] };
  readonly seccompProfile?: { readonly type?: string };
}

export interface Toleration {
  readonly key?: string;
  readonly operator?: string;
  readonly value?: string;
  readonly effect?: string;
}

export interface LabelRule {
  readonly key: string;
  readonly operator: string;
  readonly values?: string[];
}

/** What the rules read of a pod. */
export interface PodSpec {
  readonly containers?: Container[];
  readonly initContainers?: Container[];
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly priorityClassName?: string;
  readonly nodeSelector?: Labels;
  readonly affinity?: object;
  readonly tolerations?: Toleration[];
  readonly securityContext?: SecurityContext;
  readonly dnsPolicy?: string;
  readonly dnsConfig?: { readonly options?: Array<{ readonly name?: string; readonly value?: string }> };
  readonly terminationGracePeriodSeconds?: number;
  readonly topologySpreadConstraints?: Array<{ readonly topologyKey?: string }>;
  readonly volumes?: Volume[];
}

export interface Volume {
  readonly name: string;
  readonly hostPath?: { readonly path: string; readonly type?: string };
  readonly configMap?: { readonly name?: string };
  readonly secret?: { readonly secretName?: string };
}

export interface Labels {
  readonly [key: string]: string;
}

/** A node as the scheduler sees it. */
export interface NodeKind {
  /** Pool, or `control plane`. */
  readonly name: string;
  readonly nodes: number;
  readonly labels: Labels;
  readonly taints: Array<{ readonly key: string; readonly value?: string; readonly effect: string }>;
  /** Cores that pods may request. */
  readonly cpu: number;
  /** Bytes that pods may request. */
  readonly memory: number;
}

/** All containers, init containers first. */
export function containersOf(spec: PodSpec): Container[] {
  return [...(spec.initContainers ?? []), ...(spec.containers ?? [])];
}

/** Whether selector and required affinity of a pod match the labels of a node. Taints are another question. */
export function selectsNode(spec: PodSpec, node: NodeKind): boolean {
  // Every node has these two; which operating system and architecture a pool runs is no fact of the cluster.
  const known = (key: string) => !['kubernetes.io/os', 'kubernetes.io/arch'].includes(key);
  const bySelector = Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => !known(key) || node.labels[key] === value);
  const terms = field<Array<{ matchExpressions?: LabelRule[] }>>(spec.affinity, 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms');
  return bySelector && (terms === undefined || terms.some(term => (term.matchExpressions ?? []).every(rule => !known(rule.key) || holds(rule, node.labels))));
}

/** Whether a pod can stand a taint. */
export function tolerates(spec: PodSpec, taint: NodeKind['taints'][number]): boolean {
  return (spec.tolerations ?? []).some(t => (t.key === undefined || t.key === taint.key)
    && (t.effect === undefined || t.effect === taint.effect)
    && (t.operator === 'Exists' || (t.key !== undefined && (t.value ?? '') === (taint.value ?? ''))));
}

function holds(rule: LabelRule, labels: Labels): boolean {
  const value = labels[rule.key];
  switch (rule.operator) {
    case 'In': return value !== undefined && (rule.values ?? []).includes(value);
    case 'NotIn': return value === undefined || !(rule.values ?? []).includes(value);
    case 'Exists': return value !== undefined;
    case 'DoesNotExist': return value === undefined;
    default: return true;
  }
}

/** Whether a selector (labels or matchLabels and matchExpressions) selects; an empty one selects nothing here. */
export function selects(selector: unknown, labels: Labels): boolean {
  const matchLabels = field<Labels>(selector, 'matchLabels') ?? {};
  const rules = field<LabelRule[]>(selector, 'matchExpressions') ?? [];
  if (Object.keys(matchLabels).length + rules.length === 0) { return false; }
  return Object.entries(matchLabels).every(([key, value]) => labels[key] === value) && rules.every(rule => holds(rule, labels));
}
