import { description } from './cluster';
import { InfrastructureReference, Installer } from 'cdk8s-thousand-node';

/** Objects of the infrastructure provider that a platform team has made: Cluster API takes machines from them. */
const made = (kind: string, name: string): InfrastructureReference => ({ apiGroup: 'infrastructure.cluster.x-k8s.io', kind, name });

/** The same cluster for whoever sets up its machines: by hand or image, by kubeadm, by a management cluster. */
export const forms: Installer[] = [
  Installer.plain(),
  Installer.kubeadm(),
  Installer.clusterApi({
    infrastructureCluster: made('AWSCluster', 'shop'),
    controlPlaneTemplate: made('AWSMachineTemplate', 'shop-control-plane'),
    poolTemplates: Object.fromEntries(description.pools.map(({ name }) => [name, made('AWSMachineTemplate', `shop-${name}`)])),
    // The autoscaler owns the number of the pool that still grows.
    autoscaledPools: description.pools.filter(({ nodes, nodesToday }) => nodesToday < nodes).map(({ name }) => name),
  }),
];
