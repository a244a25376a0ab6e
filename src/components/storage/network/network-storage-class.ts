import { Problems } from '../../input/problems';
import { lineProblem, dnsNameProblem, safeEntries } from '../../input/text-safety';

/** A StorageClass whose volumes a CSI driver creates. */
export interface CsiStorageClassProps {
  /** Name of the class, for example `network-ssd`. */
  readonly name: string;

  /** Name of the CSI driver, for example `ebs.csi.aws.com`. The driver itself is not installed by this library. */
  readonly provisioner: string;

  /**
   * Parameters of the driver: type, throughput, encryption.
   *
   * @default - none
   */
  readonly parameters?: { [key: string]: string };

  /**
   * Whether claims may grow; the driver must support it.
   *
   * @default true
   */
  readonly allowVolumeExpansion?: boolean;

  /**
   * Whether the volume outlives its claim.
   *
   * @default false
   */
  readonly retain?: boolean;

  /**
   * Whether claims that name no class get this one. A cluster has one default class.
   *
   * @default false
   */
  readonly isDefault?: boolean;
}

/**
 * A class for volumes over the network, beside the local one: for data that must outlive a node.
 */
export class NetworkStorageClass {
  /** Volumes of any CSI driver. */
  public static csi(props: CsiStorageClassProps): NetworkStorageClass {
    return new NetworkStorageClass(props);
  }

  public readonly name: string;
  public readonly provisioner: string;
  public readonly parameters: { [key: string]: string };
  public readonly allowVolumeExpansion: boolean;
  public readonly retain: boolean;
  public readonly isDefault: boolean;

  private constructor(props: CsiStorageClassProps) {
    const problems = new Problems('NetworkStorageClass');
    problems.add(dnsNameProblem('name', props.name));
    problems.add(dnsNameProblem('provisioner', props.provisioner));
    problems.require(!String(props.provisioner).startsWith('kubernetes.io/'),
      `provisioner '${props.provisioner}' is an in-tree plugin, all of which moved to CSI drivers; name the driver, for example ebs.csi.aws.com`);
    const parameters = safeEntries('parameters', props.parameters);
    for (const [key, value] of parameters) {
      problems.add(lineProblem('parameters: key', key) ?? lineProblem(`parameters['${key}']`, value));
    }
    problems.throwIfAny();
    this.name = props.name;
    this.provisioner = props.provisioner;
    this.parameters = Object.fromEntries(parameters);
    this.allowVolumeExpansion = props.allowVolumeExpansion ?? true;
    this.retain = props.retain ?? false;
    this.isDefault = props.isDefault ?? false;
  }
}
