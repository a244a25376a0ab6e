import { nearestName } from '../catalogue/nearest-name';
import { quoted } from '../input/text-safety';

/** Names of installers, as they stand in `providedBy` and as folders of the output. */
export const INSTALLER = {
  plain: 'plain',
  kubeadm: 'kubeadm',
  cloudInit: 'cloud-init',
  ignition: 'ignition',
  clusterApi: 'cluster-api',
  kwok: 'kwok',
  eks: 'eks',
  kubespray: 'kubespray',
  kops: 'kops',
  talos: 'talos',
} as const;

/** A sentence when nobody has that name: a file that is left to a misspelt installer would be written twice, or by nobody. */
export function installerNameProblem(field: string, name: string): string | undefined {
  const names: string[] = Object.values(INSTALLER);
  if (names.includes(name)) { return undefined; }
  const near = nearestName(name, names);
  return `${field}: there is no installer ${quoted(name)}; ${near === undefined ? `they are ${names.join(', ')}` : `did you mean '${near}'`}`;
}
