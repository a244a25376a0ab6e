import { compareVersions, inRange, VersionRange } from './version-range';

/** Envelope encryption by a plugin with its v2 interface, stable. Source: gate KMSv2 (KK:pkg/features/kube_features.go); before 1.29 it was a beta, and v1 is off from there on. */
export const KMS_V2: VersionRange = { added: '1.29' };

/** Anonymous requests on some paths only, without a gate. Source: gate AnonymousAuthConfigurableEndpoints (alpha and off in 1.31); AS@31 ... AS@37 pkg/apis/apiserver/types.go. */
export const ANONYMOUS_PATHS: VersionRange = { added: '1.32' };

/** Reloads of the encryption configuration counted by status. Source: AS@30 ... AS@37 pkg/server/options/encryptionconfig/metrics; 1.28 and 1.29 have other names, older ones none. */
export const ENCRYPTION_RELOAD_METRICS: VersionRange = { added: '1.30' };

/** How many minors behind its own a control plane may behave as. */
interface EmulationRow extends VersionRange {
  readonly minors: number;
}

/** Source: AS@31, CB@32 pkg version (one minor back); AS@33 ... AS@37 pkg/util/compatibility/version.go (three minors, never before 1.31); --help of 1.37 says kube=1.34..1.37. */
const EMULATION: EmulationRow[] = [
  { added: '1.32', removed: '1.33', minors: 1 },
  { added: '1.33', minors: 3 },
];

const OLDEST_EMULATED = '1.31';

/** Why a control plane of `release` cannot behave as one of `emulated`, in one sentence; undefined when it can. */
export function emulationProblem(release: string, emulated: string): string | undefined {
  const row = EMULATION.find(candidate => inRange(release, candidate));
  if (row === undefined) { return `Kubernetes ${release} emulates no other release, that came with ${EMULATION[0].added}; leave it out`; }
  const [major, minor] = release.split('.').map(Number);
  const oldest = `${major}.${minor - row.minors}`;
  const floor = compareVersions(oldest, OLDEST_EMULATED) < 0 ? OLDEST_EMULATED : oldest;
  if (compareVersions(emulated, floor) >= 0 && compareVersions(emulated, release) <= 0) { return undefined; }
  return `Kubernetes ${release} emulates ${floor} to ${release}, not ${emulated}`;
}
