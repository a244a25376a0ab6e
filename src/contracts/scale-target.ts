/** Kinds that a HorizontalPodAutoscaler can scale out of the box. */
export enum ScaleTargetKind {
  DEPLOYMENT = 'Deployment',
  STATEFUL_SET = 'StatefulSet',
}

/** A workload whose replicas somebody else decides. Its manifest must leave `replicas` out, or every apply fights the autoscaler. */
export interface ScaleTarget {
  /** Name of the workload. */
  readonly name: string;

  /** Namespace of the workload. */
  readonly namespace: string;

  /**
   * Kind of the workload.
   *
   * @default ScaleTargetKind.DEPLOYMENT
   */
  readonly kind?: ScaleTargetKind;

  /**
   * Labels that select the pods of the workload; with them the construct also writes a disruption budget.
   *
   * @default - not known: no disruption budget
   */
  readonly podLabels?: { [key: string]: string };
}
