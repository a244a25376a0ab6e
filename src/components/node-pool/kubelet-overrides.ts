import { KubeletFields } from './kubelet-fields';
import { KubeletSubject } from './kubelet-subject';
import { FieldKind } from '../../catalogue/configuration-field-row';
import { gateProblem } from '../../catalogue/feature-gates';
import { kubeletFieldKind, kubeletFieldProblem } from '../../catalogue/kubelet-configuration-fields';
import { Problems } from '../../input/problems';
import { quoted, safeEntries } from '../../input/text-safety';

/** Fields that follow from shared facts or carry a sum that must stay right, with what to change instead. */
const OWNED: { readonly [field: string]: string } = {
  authentication: 'an open kubelet gives away every pod of the node',
  authorization: 'an open kubelet gives away every pod of the node',
  cgroupDriver: 'containerd and kubelet must use the same driver',
  clusterDNS: 'use dns',
  clusterDomain: 'use dns, or network.clusterDomain of the cluster',
  containerRuntimeEndpoint: 'host files are written for containerd',
  cpuManagerPolicy: 'use cpuManager',
  cpuManagerPolicyOptions: 'use cpuManager',
  evictionHard: 'use evictionMemory',
  kubeReserved: 'use kubeReservedMemory',
  maxParallelImagePulls: 'use maxParallelImagePulls of the construct',
  maxPods: 'use maxPods of the NodePool',
  memoryManagerPolicy: 'use memoryManager',
  podPidsLimit: 'use podPidsLimit of the construct',
  registerWithTaints: 'use taints of the NodePool or startupTaints',
  reservedMemory: 'use kubeReservedMemory, systemReservedMemory or evictionMemory',
  reservedSystemCPUs: 'use reservedSystemCpus',
  serializeImagePulls: 'use maxParallelImagePulls of the construct',
  shutdownGracePeriod: 'use shutdownGracePeriod of the construct',
  shutdownGracePeriodByPodPriority: 'use shutdownByPriority',
  shutdownGracePeriodCriticalPods: 'use shutdownGracePeriod of the construct',
  staticPodPath: 'only control-plane machines read static pods',
  systemReserved: 'use systemReservedMemory',
  topologyManagerPolicy: 'use topologyManager',
  topologyManagerPolicyOptions: 'use topologyManager',
  topologyManagerScope: 'use topologyManager',
};

/** The user's fields over ours. A field is replaced as a whole; what the release does not know and what we own is refused. */
export function withOverrides(fields: KubeletFields, version: string, overrides: KubeletFields | undefined, problems: Problems): KubeletFields {
  const result: { [field: string]: unknown } = { ...fields };
  for (const [field, value] of safeEntries('configOverrides', overrides)) {
    if (Object.hasOwn(OWNED, field)) {
      problems.add(`configOverrides: '${field}' is managed by this construct and cannot be overridden; ${OWNED[field]}`);
      continue;
    }
    checkValue('configOverrides', field, value, version, problems);
    result[field] = value;
  }
  checkGates('configOverrides', overrides, version, problems);
  problems.require(result.nodeStatusUpdateFrequency === undefined || result.nodeStatusReportFrequency !== undefined,
    'configOverrides: nodeStatusUpdateFrequency alone also changes nodeStatusReportFrequency from 5m, and status writes grow thirtyfold; set both');
  problems.require(result.reservedSystemCPUs === undefined || (result.kubeReservedCgroup === undefined && result.systemReservedCgroup === undefined),
    'configOverrides: kubeReservedCgroup and systemReservedCgroup cannot go with the reserved CPUs of a compute pool, the kubelet refuses to start; leave them out');
  const [high, low] = [Number(result.imageGCHighThresholdPercent), Number(result.imageGCLowThresholdPercent)];
  problems.require(!(low >= high), `configOverrides: imageGCLowThresholdPercent ${low} must be below imageGCHighThresholdPercent ${high}, or the kubelet does not start; set both`);
  return result;
}

/**
 * What the machines have today under our fields: their values stay, except for fields that follow from shared facts or carry a sum. Every
 * value of theirs that does not stay is named in a note.
 */
export function withExisting(
  fields: KubeletFields, { title, release }: KubeletSubject, existing: KubeletFields | undefined, problems: Problems,
): { readonly fields: KubeletFields; readonly notes: string[] } {
  const result: { [field: string]: unknown } = { ...fields };
  const notes: string[] = [];
  for (const [field, value] of safeEntries('existingConfiguration', existing)) {
    if (Object.hasOwn(HEADER, field)) {
      problems.require(value === HEADER[field], `existingConfiguration: ${field} must be ${HEADER[field]}, got ${quoted(value)}`);
      continue;
    }
    checkValue('existingConfiguration', field, value, release.version, problems);
    if (same(value, fields[field])) { continue; }
    if (Object.hasOwn(OWNED, field)) {
      notes.push(`${title}: ${field} of the existing configuration is ${fields[field] === undefined ? 'left out' : 'replaced by ours'}; ${OWNED[field]}`);
    } else {
      result[field] = value;
      if (fields[field] !== undefined) { notes.push(`${title}: ${field} stays ${JSON.stringify(value)} as the machines have it, derived was ${JSON.stringify(fields[field])}`); }
    }
  }
  checkGates('existingConfiguration', existing, release.version, problems);
  return { fields: result, notes };
}

const HEADER: { readonly [field: string]: string } = { apiVersion: 'kubelet.config.k8s.io/v1beta1', kind: 'KubeletConfiguration' };

/** Equal as documents: the order of keys does not matter. */
function same(one: unknown, other: unknown): boolean {
  const [a, b] = [asMap(one), asMap(other)];
  if (a && b) { return Object.keys(a).length === Object.keys(b).length && Object.keys(a).every(key => Object.hasOwn(b, key) && same(a[key], b[key])); }
  if (Array.isArray(one) && Array.isArray(other)) { return one.length === other.length && one.every((item, i) => same(item, other[i])); }
  return one === other;
}

function checkGates(prop: string, fields: KubeletFields | undefined, version: string, problems: Problems): void {
  for (const [gate, value] of safeEntries(`${prop}.featureGates`, asMap(fields?.featureGates))) {
    const problem = gateProblem(gate, version, value as boolean, 'kubelet');
    if (problem !== undefined) { problems.add(`${prop}: ${problem}`); }
  }
}

function checkValue(prop: string, path: string, value: unknown, version: string, problems: Problems): void {
  const unknown = kubeletFieldProblem(path, version);
  if (unknown !== undefined) {
    problems.add(`${prop}: ${unknown}`);
    return;
  }
  const kind = kubeletFieldKind(path, version);
  if (kind !== undefined && !FITS[kind](value)) {
    problems.add(`${prop}: '${path}' must be ${ARTICLE[kind]}, got ${quoted(value)}`);
    return;
  }
  if (kind === 'object') {
    for (const [field, inner] of safeEntries(`${prop}.${path}`, asMap(value))) { checkValue(prop, `${path}.${field}`, inner, version, problems); }
  }
  if (kind === 'list') {
    for (const [i, item] of (value as unknown[]).entries()) {
      for (const [field, inner] of safeEntries(`${prop}.${path}[${i}]`, asMap(item))) { checkValue(prop, `${path}[${i}].${field}`, inner, version, problems); }
    }
  }
}

const GO_DURATION = /^(0|([0-9]+(\.[0-9]+)?(ns|us|ms|s|m|h))+)$/;

const FITS: { readonly [kind in FieldKind]: (value: unknown) => boolean } = {
  string: value => typeof value === 'string',
  integer: value => Number.isSafeInteger(value),
  float: value => Number.isFinite(value),
  boolean: value => typeof value === 'boolean',
  duration: value => typeof value === 'string' && GO_DURATION.test(value),
  quantity: value => typeof value === 'string' || Number.isFinite(value),
  list: value => Array.isArray(value),
  map: value => asMap(value) !== undefined,
  object: value => asMap(value) !== undefined,
};

const ARTICLE: { readonly [kind in FieldKind]: string } = {
  string: 'a text',
  integer: 'a whole number',
  float: 'a number',
  boolean: 'true or false',
  duration: 'a duration such as 1m30s',
  quantity: 'a quantity such as 10Mi',
  list: 'a list',
  map: 'a map',
  object: 'an object with fields',
};

function asMap(value: unknown): { [key: string]: unknown } | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as { [key: string]: unknown } : undefined;
}
