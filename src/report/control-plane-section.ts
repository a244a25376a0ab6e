import { IConstruct } from 'constructs';
import { DerivationTable } from './derivation-table';
import { FlowModel } from './report-model';
import { ControlPlaneChoices, controlPlaneLoad } from '../capacity/control-plane-load';
import { traffic } from '../capacity/traffic';
import { ClusterFacts } from '../cluster/cluster-facts';
import { ApiClient, ApiClientKind } from '../contracts/contributions';
import { Derivation } from '../derivation/derivation';

/** Who asks the API server, by the clients that constructs below a scope name. */
export function controlPlaneChoices(constructs: readonly IConstruct[], derivations: Derivation[]): ControlPlaneChoices {
  const clients = constructs.flatMap(construct => (construct as unknown as { readonly apiClients?: ApiClient[] }).apiClients ?? []);
  const accounts = (kind: ApiClientKind) => new Set(clients.filter(client => client.kind === kind).map(client => `${client.namespace}/${client.serviceAccount}`)).size;
  const has = (area: string) => derivations.some(({ id }) => id.startsWith(`${area}/`));
  return {
    derivations,
    calico: has('calico'),
    // kube-proxy, or Calico's eBPF data plane in its place: either way every node watches Services.
    serviceProxyOnNodes: true,
    nodeAgents: accounts(ApiClientKind.NODE_AGENT),
    controllers: accounts(ApiClientKind.CONTROLLER),
    furtherLeaders: ['calico', 'autoscaler'].filter(has).length,
  };
}

/** Who talks to whom at the final size, busiest first within a unit; the numbers behind the load go to the table. */
export function flowSection(cluster: ClusterFacts, choices: ControlPlaneChoices, table: DerivationTable): FlowModel[] {
  const load = controlPlaneLoad(cluster, choices);
  for (const derivation of load.derivations) { table.add(derivation); }
  return traffic(load, choices.derivations).map(({ from, to, protocol, rate, connections }) => ({
    from,
    to,
    protocol,
    rate: rate.value,
    unit: rate.unit,
    rateKey: table.add(rate),
    ...(connections ? { connections: connections.value, connectionsKey: table.add(connections) } : {}),
  }));
}
