import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-24';
import { Construct } from 'constructs';
import { inClusterObject, ObjectOwner } from './in-cluster-object';
import { WAVE } from './wave';

/** Pod Security Standard that a namespace enforces. */
export enum PodSecurity {
  RESTRICTED = 'restricted',
  BASELINE = 'baseline',
  /** For agents that need the host: network, paths, devices. */
  PRIVILEGED = 'privileged',
}

/** A namespace with its Pod Security level; always in the first wave. */
export function namespace(scope: Construct, id: string, owner: ObjectOwner, name: string, level: PodSecurity): ApiObject {
  return inClusterObject(scope, id, { ...owner, wave: WAVE.foundation }, k8s.KubeNamespace.manifest({
    metadata: {
      name,
      labels: {
        'pod-security.kubernetes.io/enforce': level,
        'pod-security.kubernetes.io/audit': level,
        'pod-security.kubernetes.io/warn': level,
      },
    },
  }));
}
