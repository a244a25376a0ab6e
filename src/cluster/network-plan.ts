import { IpRange } from './ip-range';
import { Problems } from '../input/problems';
import { dnsNameProblem } from '../input/text-safety';

/** Ranges of the cluster. None of them can be changed later, so plan them for the final size. */
export interface NetworkPlanProps {
  /** Addresses of all pods, for example `10.0.0.0/11`. */
  readonly podCidr: string;

  /** Virtual addresses of Services, for example `10.96.0.0/16`; at most 20 host bits (/12). */
  readonly serviceCidr: string;

  /** Addresses of the machines, for example `172.16.0.0/20`. */
  readonly nodeCidr: string;

  /**
   * DNS domain of the cluster.
   *
   * @default cluster.local
   */
  readonly clusterDomain?: string;
}

/** Ranges that are known to be disjoint and of one family. */
export class NetworkPlan {
  public static of(props: NetworkPlanProps): NetworkPlan {
    return new NetworkPlan(props);
  }

  public readonly podCidr: string;
  public readonly serviceCidr: string;
  public readonly nodeCidr: string;
  public readonly clusterDomain: string;

  /** Address of the `kubernetes` Service: the first of the Service range. */
  public readonly kubernetesServiceAddress: string;

  /** Address of the DNS Service: the tenth of the Service range, as kubeadm has it. */
  public readonly dnsServiceAddress: string;

  /** Pod addresses in total. */
  public readonly podAddresses: number;

  /** Machine addresses in total. */
  public readonly nodeAddresses: number;

  private readonly nodeRange: IpRange;

  private constructor(props: NetworkPlanProps) {
    const pod = IpRange.parse('network.podCidr', props.podCidr);
    const service = IpRange.parse('network.serviceCidr', props.serviceCidr);
    const node = IpRange.parse('network.nodeCidr', props.nodeCidr);
    const problems = new Problems('network');
    const ranges: Array<[string, IpRange]> = [['podCidr', pod], ['serviceCidr', service], ['nodeCidr', node]];
    for (const [i, [name, range]] of ranges.entries()) {
      for (const [otherName, other] of ranges.slice(i + 1)) {
        problems.require(!range.overlaps(other), `${name} ${range} and ${otherName} ${other} overlap; the three ranges must be disjoint`);
        problems.require(range.family === other.family, `${name} is IPv${range.family} and ${otherName} is IPv${other.family}; use one family for the three ranges`);
      }
    }
    const hostBits = (service.family === 4 ? 32 : 128) - service.prefix;
    problems.require(hostBits <= 20, `serviceCidr ${service} has ${hostBits} host bits, kube-apiserver accepts 20 at most; use /${service.prefix + hostBits - 20} or smaller`);
    problems.require(hostBits >= 8, `serviceCidr ${service} has room for ${2 ** hostBits} Services; use at least /${service.prefix - (8 - hostBits)}`);
    this.clusterDomain = props.clusterDomain ?? 'cluster.local';
    problems.add(dnsNameProblem('clusterDomain', this.clusterDomain));
    problems.throwIfAny();

    this.podCidr = pod.toString();
    this.serviceCidr = service.toString();
    this.nodeCidr = node.toString();
    this.podAddresses = pod.size;
    this.nodeAddresses = node.size;
    this.nodeRange = node;
    this.kubernetesServiceAddress = service.addressAt(1);
    this.dnsServiceAddress = service.addressAt(10);
  }

  /** Whether a machine address lies in `nodeCidr`. */
  public hasNodeAddress(address: string): boolean {
    return this.nodeRange.contains(address);
  }
}
