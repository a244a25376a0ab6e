/** Labels that every object and many nodes carry. */
export const LABELS = {
  name: 'app.kubernetes.io/name',
  instance: 'app.kubernetes.io/instance',
  component: 'app.kubernetes.io/component',
  partOf: 'app.kubernetes.io/part-of',
  managedBy: 'app.kubernetes.io/managed-by',
  /** Order of application: `kubectl apply -f dist -l thousand-node.io/wave=10-network`. */
  wave: 'thousand-node.io/wave',
  controlPlane: 'node-role.kubernetes.io/control-plane',
  hostname: 'kubernetes.io/hostname',
  zone: 'topology.kubernetes.io/zone',
  os: 'kubernetes.io/os',
} as const;

export const MANAGED_BY = 'cdk8s-thousand-node';
