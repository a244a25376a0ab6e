import { Chart, Size } from 'cdk8s';
import { ConfigMap, Cpu, Deployment, EnvValue } from 'cdk8s-plus-24';
import { Construct } from 'constructs';
import { facts } from './facts';
import { HpaBehavior, HpaMetric, SmartHpa } from 'cdk8s-thousand-node';

/** An application as it was before: cdk8s-plus constructs in a chart. Only `SmartHpa` is new. */
export class Shop extends Chart {
  /** Time from the fewest to the most replicas. Unit: seconds. */
  public readonly secondsToMax: number;

  constructor(scope: Construct, id: string) {
    super(scope, id, { namespace: 'shop', disableResourceNameHashes: true });
    const settings = new ConfigMap(this, 'settings', { data: { currency: 'EUR' } });
    const frontend = new Deployment(this, 'frontend', {
      containers: [{
        image: 'registry.example.com/shop/frontend:2.4.1',
        portNumber: 8080,
        envVariables: { CURRENCY: EnvValue.fromConfigMap(settings, 'currency') },
        // CPU utilization is a share of this request; without it the autoscaler does nothing at all.
        resources: { cpu: { request: Cpu.millis(500) }, memory: { request: Size.mebibytes(512), limit: Size.mebibytes(512) } },
      }],
      securityContext: { user: 10001 },
    });
    // Leaves `replicas` out of the manifest: written there, each `kubectl apply` would reset what the autoscaler chose.
    frontend.markHasAutoscaler();
    frontend.exposeViaService({ ports: [{ port: 80, targetPort: 8080 }] });

    // The target is a name, not a construct of one library, so any Deployment will do. With its labels comes a disruption budget.
    const hpa = new SmartHpa(this, 'frontend-autoscaler', {
      cluster: facts,
      target: { name: frontend.name, namespace: 'shop', podLabels: frontend.matchLabels },
      minReplicas: 10,
      maxReplicas: 200,
      metrics: [HpaMetric.cpuUtilization(60)],
      behavior: HpaBehavior.promotion(),
    });
    this.secondsToMax = hpa.secondsToMax!;
  }
}
