import { VersionRange } from './version-range';

/** `persistentVolumeClaimRetentionPolicy` of StatefulSets without a feature gate of the user: beta and on from 1.27. Source: KEP-1847. */
export const CLAIM_RETENTION: VersionRange = { added: '1.27' };
