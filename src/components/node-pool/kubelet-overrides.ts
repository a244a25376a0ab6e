import { KubeletFields } from './kubelet-document';
import { Problems } from '../../input/problems';
import { safeEntries } from '../../input/text-safety';

/** Fields that follow from shared facts or carry a sum that must stay right, with what to change instead. */
const OWNED: { [field: string]: string } = {
  authentication: 'nothing replaces it: an open kubelet gives away every pod of the node',
  authorization: 'nothing replaces it: an open kubelet gives away every pod of the node',
  cgroupDriver: 'nothing replaces it: containerd and kubelet must use the same driver',
  clusterDNS: 'use dns',
  clusterDomain: 'use network.clusterDomain of the cluster',
  containerRuntimeEndpoint: 'nothing replaces it: host files are written for containerd',
  cpuManagerPolicy: 'use kind of the NodePool',
  evictionHard: 'use evictionMemory',
  kubeReserved: 'use kubeReservedMemory',
  maxPods: 'use maxPods of the NodePool',
  memoryManagerPolicy: 'use kind of the NodePool',
  registerWithTaints: 'use taints of the NodePool',
  reservedMemory: 'use kubeReservedMemory, systemReservedMemory or evictionMemory',
  reservedSystemCPUs: 'use reservedSystemCpus',
  shutdownGracePeriod: 'use shutdownGracePeriod of the construct',
  shutdownGracePeriodCriticalPods: 'use shutdownGracePeriod of the construct',
  staticPodPath: 'nothing replaces it: only control-plane machines read static pods',
  systemReserved: 'use systemReservedMemory',
};

/** The user's fields over ours. A field is replaced as a whole; what we own is refused. */
export function withOverrides(fields: KubeletFields, version: string, overrides: KubeletFields | undefined, problems: Problems): KubeletFields {
  const result: { [field: string]: unknown } = { ...fields };
  for (const [field, value] of safeEntries('configOverrides', overrides)) {
    const owned = Object.hasOwn(OWNED, field) ? OWNED[field] : undefined;
    if (owned !== undefined) {
      problems.add(`configOverrides: '${field}' is managed by this construct and cannot be overridden; ${owned}`);
      continue;
    }
    result[field] = value;
  }
  problems.require(result.nodeStatusUpdateFrequency === undefined || result.nodeStatusReportFrequency !== undefined,
    'configOverrides: nodeStatusUpdateFrequency alone also changes nodeStatusReportFrequency from 5m, and status writes grow thirtyfold; set both');
  problems.require(!(result.serializeImagePulls === false && result.maxParallelImagePulls === undefined && 'serializeImagePulls' in (overrides ?? {})),
    `configOverrides: serializeImagePulls false without maxParallelImagePulls (Kubernetes 1.27) lets ${version} pull everything at once; leave it out`);
  return result;
}
