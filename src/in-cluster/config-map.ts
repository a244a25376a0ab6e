import { createHash } from 'crypto';
import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-24';
import { Construct } from 'constructs';
import { inClusterObject, ObjectOwner } from './in-cluster-object';
import { InvalidInput } from '../input/problems';
import { safeEntries } from '../input/text-safety';

/** etcd refuses objects above 1.5 MiB, the API server ConfigMaps above 1 MiB. */
const MAX_BYTES = 1024 * 1024;

export interface ConfigMapContent {
  readonly name: string;
  readonly namespace: string;
  readonly data: { readonly [key: string]: string };
}

/**
 * A ConfigMap with a fixed name, for components that watch it or reload by themselves: a changed name would restart every pod at once.
 */
export function configMap(scope: Construct, id: string, owner: ObjectOwner, content: ConfigMapContent): ApiObject {
  return inClusterObject(scope, id, owner, k8s.KubeConfigMap.manifest({
    metadata: { name: content.name, namespace: content.namespace },
    data: checked(content),
  }));
}

/**
 * An immutable ConfigMap whose name carries a hash of its content: kubelets need no watch for it (1,200 watches less per DaemonSet), and a
 * change rolls the workload that names it.
 */
export function hashedConfigMap(scope: Construct, id: string, owner: ObjectOwner, content: ConfigMapContent): ApiObject {
  const data = checked(content);
  const hash = createHash('sha256').update(JSON.stringify(data)).digest('hex').slice(0, 10);
  return inClusterObject(scope, id, owner, k8s.KubeConfigMap.manifest({
    metadata: { name: `${content.name}-${hash}`, namespace: content.namespace },
    immutable: true,
    data,
  }));
}

function checked(content: ConfigMapContent): { [key: string]: string } {
  const data = Object.fromEntries(safeEntries(`ConfigMap ${content.name}`, { ...content.data }));
  const bytes = Object.entries(data).reduce((sum, [key, text]) => sum + key.length + Buffer.byteLength(text), 0);
  if (bytes > MAX_BYTES) {
    throw new InvalidInput(`ConfigMap ${content.namespace}/${content.name}`, [`holds ${bytes} bytes, the API server accepts ${MAX_BYTES}; shorten or split its content`]);
  }
  return data;
}
