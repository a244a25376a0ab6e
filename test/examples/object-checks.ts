import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';
import { parse } from 'yaml';
import { KubeObject } from './synthesised';

// Each check returns sentences; an empty list means that nothing is wrong.

/** Built-in kinds without namespace, of those that any example writes. Everything else that is built in has one. */
const CLUSTER_SCOPED = new Set([
  'APIService', 'ClusterRole', 'ClusterRoleBinding', 'CSIDriver', 'FlowSchema', 'Namespace', 'PersistentVolume', 'PriorityClass', 'PriorityLevelConfiguration', 'RuntimeClass', 'StorageClass',
]);
const NAMESPACED = new Set([
  'ConfigMap', 'CronJob', 'DaemonSet', 'Deployment', 'HorizontalPodAutoscaler', 'Job', 'NetworkPolicy', 'PersistentVolumeClaim', 'Pod', 'PodDisruptionBudget', 'Role', 'RoleBinding',
  'Service', 'ServiceAccount', 'StatefulSet',
]);
const CRDS = join(__dirname, '../../conformance/fixtures/crds');

/** Scope of custom resources, from upstream's definitions. */
const CUSTOM_SCOPES = new Map(readdirSync(CRDS).filter(file => file.endsWith('.yaml')).map((file): [string, string] => {
  const { spec } = parse(readFileSync(join(CRDS, file), 'utf8'));
  return [`${spec.group}/${spec.names.kind}`, spec.scope];
}));

const groupOf = (object: KubeObject) => object.apiVersion.split('/').slice(0, -1).join('');

export function identity(object: KubeObject): string {
  return `${groupOf(object)}/${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

function isNamespaced(object: KubeObject): boolean | undefined {
  const custom = CUSTOM_SCOPES.get(`${groupOf(object)}/${object.kind}`);
  if (custom !== undefined) { return custom === 'Namespaced'; }
  return CLUSTER_SCOPED.has(object.kind) ? false : NAMESPACED.has(object.kind) ? true : undefined;
}

export function namespaceErrors(objects: KubeObject[]): string[] {
  return objects.flatMap((object) => {
    const namespaced = isNamespaced(object);
    if (namespaced === undefined) { return [`${object.kind}: add the kind to one of the lists of object-checks.ts`]; }
    if (namespaced === (object.metadata.namespace !== undefined)) { return []; }
    return [`${identity(object)}: ${namespaced ? 'namespace is missing' : 'a cluster-scoped object has no namespace'}`];
  });
}

export function doubleErrors(objects: KubeObject[]): string[] {
  const names = objects.map(identity);
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))].map(name => `${name} is written twice`);
}

export function sizeErrors(objects: KubeObject[]): string[] {
  return objects.filter(object => object.kind === 'ConfigMap').flatMap((object) => {
    const bytes = Object.entries({ ...object.data, ...object.binaryData }).reduce((sum, [key, text]) => sum + key.length + Buffer.byteLength(String(text)), 0);
    return bytes < 1024 * 1024 ? [] : [`${identity(object)} holds ${bytes} bytes`];
  });
}

const REQUIRED_LABELS = [
  'app.kubernetes.io/name', 'app.kubernetes.io/component', 'app.kubernetes.io/part-of', 'app.kubernetes.io/managed-by', 'thousand-node.io/wave',
];

export function labelErrors(objects: KubeObject[]): string[] {
  return objects.flatMap(object => REQUIRED_LABELS.filter(label => !object.metadata.labels?.[label]).map(label => `${identity(object)}: label ${label} is missing`));
}

/** Objects must stand in a file in an order in which they can be applied: waves ascend, a namespace may stand directly before what lies in it. */
export function orderErrors(objects: KubeObject[]): string[] {
  const errors: string[] = [];
  let wave = '';
  for (const object of objects) {
    if (object.kind === 'Namespace') { continue; }
    const own = object.metadata.labels?.['thousand-node.io/wave'] ?? wave;
    if (own < wave) { errors.push(`${identity(object)} of wave ${own} stands behind wave ${wave}`); }
    wave = own > wave ? own : wave;
  }
  const place = (name: string) => objects.findIndex(object => object.kind === 'Namespace' && object.metadata.name === name);
  objects.forEach((object, i) => {
    if (object.metadata.namespace !== undefined && place(object.metadata.namespace) > i) { errors.push(`${identity(object)} stands before its namespace`); }
  });
  return errors;
}

export interface PodOf {
  readonly owner: KubeObject;
  readonly namespace: string;
  readonly labels: { [key: string]: string };
  readonly spec: any;
}

/** Pods of all workloads. */
export function podsOf(objects: KubeObject[]): PodOf[] {
  return objects.flatMap((owner) => {
    const template = owner.kind === 'CronJob' ? owner.spec.jobTemplate.spec.template : ['DaemonSet', 'Deployment', 'Job', 'StatefulSet'].includes(owner.kind) ? owner.spec.template : undefined;
    return template ? [{ owner, namespace: owner.metadata.namespace!, labels: template.metadata?.labels ?? {}, spec: template.spec }] : [];
  });
}

const matches = (selector: { [key: string]: string }, labels: { [key: string]: string }) =>
  Object.keys(selector).length > 0 && Object.entries(selector).every(([key, value]) => labels[key] === value);

/** Namespaces whose pods are made by something else than the output: Calico's operator, the user's workloads. */
export function selectorErrors(objects: KubeObject[], foreignNamespaces: string[]): string[] {
  const pods = podsOf(objects);
  const errors = pods.filter(pod => pod.owner.spec.selector && !matches(pod.owner.spec.selector.matchLabels ?? {}, pod.labels))
    .map(pod => `${identity(pod.owner)}: selector does not match the template`);
  for (const [i, one] of pods.entries()) {
    for (const other of pods.slice(i + 1)) {
      if (one.namespace === other.namespace && one.owner.spec.selector && matches(one.owner.spec.selector.matchLabels ?? {}, other.labels)) {
        errors.push(`${identity(one.owner)} also selects the pods of ${identity(other.owner)}`);
      }
    }
  }
  for (const object of objects) {
    const selector = object.kind === 'Service' ? object.spec.selector
      : object.kind === 'PodDisruptionBudget' ? object.spec.selector.matchLabels
        : object.kind === 'NetworkPolicy' ? object.spec.podSelector?.matchLabels : undefined;
    if (selector === undefined || foreignNamespaces.includes(object.metadata.namespace!)) { continue; }
    if (!pods.some(pod => pod.namespace === object.metadata.namespace && matches(selector, pod.labels))) { errors.push(`${identity(object)}: selects no pod of the output`); }
  }
  // The API server refuses evictions of a pod that two budgets cover.
  const budgets = objects.filter(object => object.kind === 'PodDisruptionBudget');
  for (const pod of pods) {
    const covering = budgets.filter(budget => budget.metadata.namespace === pod.namespace && matches(budget.spec.selector.matchLabels ?? {}, pod.labels));
    if (covering.length > 1) { errors.push(`${identity(pod.owner)}: covered by ${covering.length} disruption budgets, evictions will fail`); }
  }
  return errors;
}

/** Something a pod or binding names: `Secret logging/elasticsearch-writer`. */
export function missingReferences(objects: KubeObject[]): string[] {
  const present = new Set(objects.map(object => `${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name}`));
  const named = new Set<string>();
  const name = (kind: string, namespace: string | undefined, target: string | undefined) => { if (target !== undefined) { named.add(`${kind} ${namespace ?? ''}/${target}`); } };
  for (const { namespace, spec } of podsOf(objects)) {
    name('ServiceAccount', namespace, spec.serviceAccountName);
    name('PriorityClass', undefined, spec.priorityClassName);
    for (const secret of spec.imagePullSecrets ?? []) { name('Secret', namespace, secret.name); }
    for (const volume of spec.volumes ?? []) {
      for (const source of [volume, ...(volume.projected?.sources ?? [])]) {
        name('ConfigMap', namespace, source.configMap?.name);
        name('Secret', namespace, source.secret?.secretName ?? source.secret?.name);
      }
      name('PersistentVolumeClaim', namespace, volume.persistentVolumeClaim?.claimName);
    }
    for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
      for (const variable of container.env ?? []) {
        name('ConfigMap', namespace, variable.valueFrom?.configMapKeyRef?.name);
        name('Secret', namespace, variable.valueFrom?.secretKeyRef?.name);
      }
      for (const source of container.envFrom ?? []) {
        name('ConfigMap', namespace, source.configMapRef?.name);
        name('Secret', namespace, source.secretRef?.name);
      }
    }
  }
  for (const object of objects) {
    const { namespace } = object.metadata;
    if (object.kind.endsWith('RoleBinding')) {
      name(object.roleRef.kind, object.roleRef.kind === 'Role' ? namespace : undefined, object.roleRef.name);
      for (const subject of object.subjects) { if (subject.kind === 'ServiceAccount') { name('ServiceAccount', subject.namespace, subject.name); } }
    }
    if (object.kind === 'StatefulSet') { name('Service', namespace, object.spec.serviceName); }
    if (object.kind === 'HorizontalPodAutoscaler') { name(object.spec.scaleTargetRef.kind, namespace, object.spec.scaleTargetRef.name); }
    if (object.kind === 'APIService' && object.spec.service) { name('Service', object.spec.service.namespace, object.spec.service.name); }
    if (object.kind === 'FlowSchema') { name('PriorityLevelConfiguration', undefined, object.spec.priorityLevelConfiguration.name); }
    if (namespace !== undefined) { name('Namespace', undefined, namespace); }
  }
  return [...named].filter(reference => !present.has(reference)).sort();
}

/** What a pod says about itself: mounts of volumes that exist, probes and Services at ports that exist, no name twice, requests everywhere. */
export function podErrors(objects: KubeObject[]): string[] {
  const errors: string[] = [];
  for (const { owner, spec } of podsOf(objects)) {
    const volumes = [...(spec.volumes ?? []), ...(owner.spec.volumeClaimTemplates ?? []).map((claim: any) => claim.metadata)].map((volume: any) => volume.name);
    const containers: any[] = [...(spec.initContainers ?? []), ...spec.containers];
    if (new Set(containers.map(container => container.name)).size !== containers.length) { errors.push(`${identity(owner)}: two containers of one name`); }
    if (new Set(volumes).size !== volumes.length) { errors.push(`${identity(owner)}: two volumes of one name`); }
    const used = new Set<string>();
    for (const container of containers) {
      const where = `${identity(owner)}/${container.name}`;
      const mounts: any[] = container.volumeMounts ?? [];
      for (const mount of mounts) {
        used.add(mount.name);
        if (!volumes.includes(mount.name)) { errors.push(`${where}: mounts ${mount.name}, which is no volume of the pod`); }
      }
      if (new Set(mounts.map(mount => mount.mountPath)).size !== mounts.length) { errors.push(`${where}: two mounts at one path`); }
      const ports: any[] = container.ports ?? [];
      for (const kind of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
        const port = (container[kind]?.httpGet ?? container[kind]?.tcpSocket)?.port;
        if (typeof port === 'string' && !ports.some(declared => declared.name === port)) { errors.push(`${where}: ${kind} at port ${port}, which is not declared`); }
      }
      if (!container.resources?.requests?.cpu || !container.resources?.requests?.memory) { errors.push(`${where}: requests are missing`); }
      if (!/:[^/:]*\d[^/:]*$/.test(container.image) || /:latest$/.test(container.image)) { errors.push(`${where}: image ${container.image} has no version`); }
    }
    for (const volume of volumes) { if (!used.has(volume)) { errors.push(`${identity(owner)}: volume ${volume} is mounted nowhere`); } }
  }
  return errors;
}

/** Named target ports of Services exist in the pods they select. */
export function serviceErrors(objects: KubeObject[]): string[] {
  const pods = podsOf(objects);
  return objects.filter(object => object.kind === 'Service' && object.spec.selector).flatMap((service) => {
    const behind = pods.filter(pod => pod.namespace === service.metadata.namespace && matches(service.spec.selector, pod.labels));
    return behind.flatMap(pod => (service.spec.ports ?? []).flatMap((port: any) => {
      const target = port.targetPort ?? port.port;
      const declared = pod.spec.containers.flatMap((container: any) => container.ports ?? [])
        .some((own: any) => (typeof target === 'string' ? own.name === target : own.containerPort === target) && (own.protocol ?? 'TCP') === (port.protocol ?? 'TCP'));
      return declared ? [] : [`${identity(service)}: port ${target} is not declared by ${identity(pod.owner)}`];
    }));
  });
}

/** A port of the host network and who wants it. */
export interface HostPort {
  readonly owner: string;
  readonly address: string;
  readonly port: number;
  readonly protocol: string;
}

/** Ports that a static pod opens, from its flags. */
export function staticPodPorts(manifest: KubeObject): HostPort[] {
  const [container] = manifest.spec.containers;
  const claim = (address: string, port: string) => ({ owner: manifest.metadata.name, address, port: Number(port), protocol: 'TCP' });
  return container.command.slice(1).flatMap((argument: string) => {
    const [, flag, value] = /^--([^=]+)=(.*)$/s.exec(argument)!;
    if (/^listen-.*-urls$/.test(flag)) { return value.split(',').map(url => { const parsed = new URL(url); return claim(parsed.hostname, parsed.port); }); }
    return flag === 'secure-port' ? [claim('0.0.0.0', value)] : [];
  });
}

/** Host ports of the pods of DaemonSets and Deployments on one kind of node; `labels` are the node's. */
export function daemonSetPorts(objects: KubeObject[], labels: { [key: string]: string }): HostPort[] {
  return podsOf(objects).filter(pod => pod.owner.kind === 'DaemonSet' && runsOn(pod.spec, labels)).flatMap(pod => pod.spec.containers.flatMap((container: any) =>
    (container.ports ?? []).filter((port: any) => pod.spec.hostNetwork || port.hostPort !== undefined).map((port: any) => ({
      owner: identity(pod.owner), address: port.hostIP ?? addressOf(container) ?? '0.0.0.0', port: port.hostPort ?? port.containerPort, protocol: port.protocol ?? 'TCP',
    }))));
}

/** The node-local cache binds to addresses that it names itself. */
function addressOf(container: any): string | undefined {
  const flag = (container.args ?? []).findIndex((argument: string) => argument === '-localip');
  return flag === -1 ? undefined : container.args[flag + 1].split(',')[0];
}

function runsOn(spec: any, labels: { [key: string]: string }): boolean {
  const byLabel = Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => key === 'kubernetes.io/os' || labels[key] === value);
  const terms: any[] | undefined = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return byLabel && (terms === undefined || terms.some(term => (term.matchExpressions ?? []).every((rule: any) => {
    const value = labels[rule.key];
    switch (rule.operator) {
      case 'In': return rule.values.includes(value);
      case 'NotIn': return !rule.values.includes(value);
      case 'Exists': return value !== undefined;
      default: return value === undefined;
    }
  })));
}

export function hostPortErrors(ports: HostPort[]): string[] {
  const everywhere = (address: string) => address === '0.0.0.0' || address === '[::]';
  return ports.flatMap((one, i) => ports.slice(i + 1)
    .filter(other => one.port === other.port && one.protocol === other.protocol && one.owner !== other.owner
      && (one.address === other.address || everywhere(one.address) || everywhere(other.address)))
    .map(other => `port ${one.port}/${one.protocol} is wanted by ${one.owner} and ${other.owner}`));
}
