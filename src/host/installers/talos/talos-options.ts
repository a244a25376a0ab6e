import { EARLIER_TALOS, TALOS } from '../../../catalogue/talos-configuration';
import { ClusterFacts } from '../../../cluster/cluster-facts';
import { KubernetesRelease } from '../../../cluster/kubernetes-release';
import { Problems } from '../../../input/problems';
import { lineProblem, quoted } from '../../../input/text-safety';
import { KubeletHost } from '../../kubelet-host';

/** What Talos cannot know from the description: images and disks of the machines. */
export interface TalosOptions {
  /**
   * Image that machines install themselves from, with the extensions and kernel arguments of its schematic, such as
   * `factory.talos.dev/metal-installer/<schematic>:v1.14.1`.
   *
   * @default - what `talosctl gen config` was told (`--install-image`)
   * @see field `installer.image` of UnattendedInstallConfig
   */
  readonly installerImage?: string;

  /**
   * Images of single pools, by name of the pool: one whose machines have cards needs the driver's extensions.
   *
   * @default - `installerImage`
   */
  readonly poolInstallerImages?: { readonly [pool: string]: string };

  /**
   * Disk that machines install themselves to, as an expression of Talos over its disks, such as `disk.transport == "nvme"`.
   *
   * @default - what `talosctl gen config` was told (`--install-disk`)
   * @see field `provisioning.diskSelector.match` of UnattendedInstallConfig
   */
  readonly installDisk?: string;

  /**
   * A disk for etcd alone on the machines of the control plane, as an expression of Talos over its disks, such as `disk.transport == "nvme" && !system_disk`. Every write of
   * the cluster waits for this disk, and images, logs and pods share the other one. It cannot be changed on a machine that runs.
   *
   * @default - none: etcd lies on the disk of images, logs and pods
   * @see VolumeConfig `ETCD`
   */
  readonly etcdDisk?: string;
}

const IMAGE = /^[a-z0-9.-]+(:\d{1,5})?(\/[a-z0-9._-]+)+(:[A-Za-z0-9._-]{1,128})?(@sha256:[0-9a-f]{64})?$/;

/** Everything wrong with the options, and releases that this Talos does not run. */
export function checkTalos(options: TalosOptions, cluster: ClusterFacts, kubelets: KubeletHost[], problems: Problems): void {
  const pools = kubelets.filter(kubelet => kubelet.target.group === 'pools').map(kubelet => kubelet.target.name);
  const images: Array<[string, string]> = Object.entries(options.poolInstallerImages ?? {}).map(([pool, image]) => [`poolInstallerImages.${pool}`, image]);
  if (options.installerImage !== undefined) { images.push(['installerImage', options.installerImage]); }
  for (const [field, image] of images) { problems.require(IMAGE.test(image) && /:[^/]+$/.test(image), `${field} must be an image with tag or digest, got ${quoted(image)}`); }
  for (const pool of Object.keys(options.poolInstallerImages ?? {}).filter(name => !pools.includes(name))) {
    problems.add(`poolInstallerImages: there is no pool ${quoted(pool)}; the pools are ${pools.join(', ')}`);
  }
  for (const field of ['installDisk', 'etcdDisk'] as const) {
    const expression = options[field];
    if (expression === undefined) { continue; }
    problems.add(lineProblem(field, expression));
    problems.require(/\b(disk\.|system_disk\b)/.test(expression), `${field} must be an expression over disks, such as disk.transport == "nvme", got ${quoted(expression)}`);
  }
  checkReleases(cluster, kubelets, problems);
}

function checkReleases(cluster: ClusterFacts, kubelets: KubeletHost[], problems: Problems): void {
  problems.add(releaseProblem('release', cluster.release));
  for (const { target, props } of kubelets) { if (props.release.minor !== cluster.release.minor) { problems.add(releaseProblem(`${target.folder}: its release`, props.release)); } }
}

function releaseProblem(what: string, release: KubernetesRelease): string | undefined {
  if (release.minor >= TALOS.oldestMinor && release.minor <= TALOS.newestMinor) { return undefined; }
  const earlier = Object.entries(EARLIER_TALOS).filter(([, [oldest, newest]]) => release.minor >= oldest && release.minor <= newest).map(([talos]) => talos);
  return `${what} ${release.version} does not run on Talos ${TALOS.release}, which takes Kubernetes 1.${TALOS.oldestMinor} to 1.${TALOS.newestMinor}; `
    + `${earlier.length === 0 ? '' : `Talos ${earlier.join(' and ')} would take it, with other documents than these; `}use another release, or Installer.kubeadm()`;
}
