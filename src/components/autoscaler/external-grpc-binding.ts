import { CloudBinding } from './cloud-binding';
import { yamlDocuments } from '../../formats/yaml-document';
import { Problems } from '../../input/problems';
import { dnsNameProblem, quoted } from '../../input/text-safety';

/** Choices for a provider of your own that speaks the autoscaler's gRPC interface. */
export interface ExternalGrpcAutoscalerOptions {
  /** `host:port` of the service. */
  readonly address: string;

  /**
   * Secret of type `kubernetes.io/tls` with `ca.crt`, in the autoscaler's namespace: who may call the service can delete nodes.
   *
   * @default - no TLS: anybody who reaches the service is believed, and the autoscaler believes anybody who answers
   */
  readonly tlsSecret?: string;
}

const CONFIG = '/etc/cluster-autoscaler/provider';
const TLS = '/etc/cluster-autoscaler/tls';
const CONFIG_MAP = 'cluster-autoscaler-external-grpc';

export function externalGrpcBinding(options: ExternalGrpcAutoscalerOptions): CloudBinding {
  const secret = options.tlsSecret;
  const config = {
    address: options.address,
    ...(secret ? { cacert: `${TLS}/ca.crt`, cert: `${TLS}/tls.crt`, key: `${TLS}/tls.key` } : {}),
  };
  return {
    check: (_groups, problems) => {
      checkAddress(options.address, problems);
      if (secret !== undefined) { problems.add(dnsNameProblem('provider: tlsSecret', secret)); }
    },
    discovery: () => [],
    cloudConfig: `${CONFIG}/cloud-config.yaml`,
    configMaps: () => [{ id: 'ProviderConfig', name: CONFIG_MAP, data: { 'cloud-config.yaml': yamlDocuments([config]) } }],
    volumes: [
      { name: 'provider', configMap: { name: CONFIG_MAP } },
      ...(secret ? [{ name: 'tls', secret: { secretName: secret } }] : []),
    ],
    volumeMounts: [
      { name: 'provider', mountPath: CONFIG, readOnly: true },
      ...(secret ? [{ name: 'tls', mountPath: TLS, readOnly: true }] : []),
    ],
    // The service itself tells groups, sizes and templates.
    groupMetadata: () => ({}),
    dnsPolicy: 'ClusterFirst',
  };
}

function checkAddress(address: string, problems: Problems): void {
  const match = typeof address === 'string' ? /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?):(\d{1,5})$/.exec(address) : null;
  const port = Number(match?.[3]);
  problems.require(match !== null && port >= 1 && port <= 65535, `provider: address must be host:port, got ${quoted(address)}`);
}
