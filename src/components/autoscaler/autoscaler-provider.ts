import { AwsAutoscalerOptions, awsBinding } from './aws-binding';
import { CloudBinding } from './cloud-binding';
import { ClusterApiAutoscalerOptions, clusterApiBinding } from './cluster-api-binding';
import { ExternalGrpcAutoscalerOptions, externalGrpcBinding } from './external-grpc-binding';
import { kwokBinding } from './kwok-binding';

/** Who makes and removes machines for the autoscaler. */
export class AutoscalerProvider {
  /** Auto Scaling groups of AWS. Credentials come from the pod's identity or the machine's role, never from here. */
  public static aws(options: AwsAutoscalerOptions): AutoscalerProvider {
    return new AutoscalerProvider('aws', awsBinding(options));
  }

  /** Machine deployments of Cluster API, on any infrastructure. */
  public static clusterApi(options: ClusterApiAutoscalerOptions = {}): AutoscalerProvider {
    return new AutoscalerProvider('clusterapi', clusterApiBinding(options));
  }

  /** A service of your own behind gRPC; Cluster Autoscaler 1.25 and newer. */
  public static externalGrpc(options: ExternalGrpcAutoscalerOptions): AutoscalerProvider {
    return new AutoscalerProvider('externalgrpc', externalGrpcBinding(options));
  }

  /** Nodes that are only objects, for rehearsals; Cluster Autoscaler 1.29 and newer. It deletes nodes without draining them. */
  public static kwok(): AutoscalerProvider {
    return new AutoscalerProvider('kwok', kwokBinding());
  }

  private constructor(
    /** Value of `--cloud-provider`. */
    public readonly name: string,
    private readonly binding: CloudBinding,
  ) {}

  /** @internal */
  public get _binding(): CloudBinding {
    return this.binding;
  }
}
