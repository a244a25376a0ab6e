import { KubeletFields } from './kubelet-fields';
import { Derivation, given } from '../../derivation/derivation';

/** Fields that a user may also set by name, with the tails of their numbers' ids. */
const FIELDS: { readonly [tail: string]: string } = {
  'container-log-max-workers': 'containerLogMaxWorkers',
  'event-burst': 'eventBurst',
  'event-record-qps': 'eventRecordQPS',
  'image-gc-high-threshold': 'imageGCHighThresholdPercent',
  'image-gc-low-threshold': 'imageGCLowThresholdPercent',
  'kube-api-burst': 'kubeAPIBurst',
  'kube-api-qps': 'kubeAPIQPS',
  'node-status-max-images': 'nodeStatusMaxImages',
  'registry-burst': 'registryBurst',
  'registry-pull-qps': 'registryPullQPS',
};

/** The numbers as they are written: where the configuration of the user has another one, it is the user's, and the formula stays beside it. */
export function numbersAsWritten(derivations: Derivation[], configuration: KubeletFields): Derivation[] {
  return derivations.map(derivation => {
    const value = configuration[FIELDS[derivation.id.split('/').pop()!]];
    return typeof value === 'number' && value !== derivation.value ? given(value, derivation) : derivation;
  });
}
