import { Duration } from 'cdk8s';
import { MetricsServerSettings } from './metrics-server-document';
import { metricResolution, metricsServerCpu, metricsServerMemory, metricsServerMemoryLimit, metricsServerReplicas } from '../../capacity/hpa-capacity';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { given } from '../../derivation/derivation';
import { wholeNumberProblem } from '../../input/numbers';
import { Problems } from '../../input/problems';
import { dnsNameProblem } from '../../input/text-safety';

export interface MetricsServerInput {
  readonly metricResolution?: Duration;
  readonly kubeletInsecureTls?: boolean;
  readonly servingCertificate?: { readonly secretName: string; readonly caBundle: string };
}

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

export function metricsServerSettings(cluster: ClusterFacts, input: MetricsServerInput): MetricsServerSettings {
  const problems = new Problems('MetricsServer');
  const seconds = input.metricResolution && input.metricResolution.toMilliseconds() / 1000;
  if (seconds !== undefined) {
    problems.add(wholeNumberProblem('metricResolution in seconds', seconds, { min: 10, max: 300, why: 'metrics-server refuses less than 10 s; autoscalers look every 15 s' }));
  }
  const certificate = input.servingCertificate;
  if (certificate) {
    problems.add(dnsNameProblem('servingCertificate.secretName', certificate.secretName));
    problems.require(BASE64.test(certificate.caBundle) && certificate.caBundle.length % 4 === 0 && decodesToCertificates(certificate.caBundle),
      'servingCertificate.caBundle must be PEM certificates in base64 on one line, as in `base64 -w0 ca.crt`, and no private key');
  }
  problems.throwIfAny();
  // Control-plane machines run kubelets, too.
  const kubelets = cluster.fleet.machines;
  const memory = metricsServerMemory(kubelets);
  return {
    cpu: metricsServerCpu(kubelets),
    memory,
    memoryLimit: metricsServerMemoryLimit(memory),
    metricResolution: given(seconds, metricResolution()),
    replicas: metricsServerReplicas(),
    kubeletInsecureTls: input.kubeletInsecureTls ?? false,
    secretName: certificate?.secretName,
    caBundle: certificate?.caBundle,
  };
}

function decodesToCertificates(base64: string): boolean {
  const text = Buffer.from(base64, 'base64').toString('latin1');
  return text.includes('-----BEGIN CERTIFICATE-----') && !text.includes('PRIVATE KEY');
}
