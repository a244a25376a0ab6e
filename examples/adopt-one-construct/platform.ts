import { App, Chart, Size } from 'cdk8s';
import { facts } from './facts';
import { Shop } from './shop';
import { CachedCoreDns, DnsServiceProxy, EtcdCluster } from 'cdk8s-thousand-node';

/**
 * DNS alone, in a cluster that runs kube-proxy. A chart of its own is applied, and taken back, on its own. It has no default namespace:
 * cdk8s would stamp that on ClusterRoles, too.
 */
export class Dns extends Chart {
  public readonly dns: CachedCoreDns;

  constructor(scope: App, id: string) {
    super(scope, id);
    this.dns = new CachedCoreDns(this, 'dns', { cluster: facts, serviceProxy: DnsServiceProxy.KUBE_PROXY_IPTABLES });
  }
}

/** The app as it was, and what it adopts. */
export function adopt(app: App) {
  return {
    shop: new Shop(app, 'shop'),
    dns: new Dns(app, 'dns').dns,
    // etcd alone. It runs on machines and has no object in the cluster, so it needs no chart (a chart would become an empty file).
    etcd: new EtcdCluster(app, 'etcd', { cluster: facts, quotaBackendBytes: Size.gibibytes(8) }),
  };
}
