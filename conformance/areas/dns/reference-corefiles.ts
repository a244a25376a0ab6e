import { parseAllDocuments } from 'yaml';
import { Scene } from '../../scene';

/** The article's Corefile, from its table of plugins and arguments. */
export const ARTICLE_COREFILE = `.:53 {
    errors
    health {
        lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        pods verified
        fallthrough in-addr.arpa ip6.arpa
    }
    prometheus :9153
    forward . /etc/resolv.conf {
        prefer_udp
    }
    cache 30 {
        success 9984 30
        denial 9984 5
    }
    reload
}
`;

/** What the release's own kubeadm writes, printed by it. */
export async function kubeadmObjects(scene: Scene): Promise<any[]> {
  const done = await scene.processes.run(scene.binaries.kubeadm.path, ['init', 'phase', 'addon', 'coredns', '--print-manifest', '--kubernetes-version', scene.binaries.kubeadm.version]);
  if (done.code !== 0) { throw new Error(`kubeadm prints no manifest: ${done.stderr.slice(-300)}`); }
  return parseAllDocuments(done.stdout).map(document => document.toJS()).filter(object => object !== null);
}

/** kubeadm's Corefile. */
export async function kubeadmCorefile(scene: Scene): Promise<string> {
  return (await kubeadmObjects(scene)).find(object => object.kind === 'ConfigMap').data.Corefile;
}
