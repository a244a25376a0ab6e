import { k8s } from 'cdk8s-plus-24';
import { AGENT, CA_DIR, ENV, JOURNAL_DIR, STATE_DIR } from './fluent-bit-pipeline';
import { LoggingSettings } from './logging-settings';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { UPSTREAM_IMAGES } from '../../cluster/image-registry';
import { NAMESPACES } from '../../cluster/namespaces';
import { HOST_PORTS } from '../../cluster/ports';
import { Manifest, ObjectOwner, selectorLabels } from '../../in-cluster/in-cluster-object';
import { podTemplate, TOLERATE_EVERYTHING } from '../../in-cluster/pod-template';
import { WAVE } from '../../in-cluster/wave';

// A folder of our own: mounted over the image's, it would hide the parsers that lie there.
const CONFIG_DIR = '/fluent-bit/cluster';

export function loggingOwner(cluster: ClusterFacts): ObjectOwner {
  return { name: AGENT, component: 'logging', cluster: cluster.name, wave: WAVE.logging };
}

/** The one right that an agent needs: reading the pod list of its kubelet. The kubelet, not the API server, answers. */
export function agentRules(settings: LoggingSettings): k8s.PolicyRule[] {
  return [{ apiGroups: [''], resources: [settings.fineGrainedKubelets ? 'nodes/pods' : 'nodes/proxy'], verbs: ['get'] }];
}

export function agentDaemonSet(cluster: ClusterFacts, settings: LoggingSettings, configName: string, mainFile: string): Manifest {
  const owner = loggingOwner(cluster);
  return k8s.KubeDaemonSet.manifest({
    metadata: { name: AGENT, namespace: NAMESPACES.logging },
    spec: {
      selector: { matchLabels: selectorLabels(owner) },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: k8s.IntOrString.fromString(`${settings.maxUnavailable.value}%`) } },
      template: podTemplate(owner, {
        serviceAccount: AGENT,
        mountToken: true,
        // The kubelet's pod list is asked for at the node's own address.
        hostNetwork: true,
        // A full node must not stay without logs, and at a node's shutdown critical pods go last: the agent still sends the last lines.
        priorityClassName: 'system-node-critical',
        tolerations: TOLERATE_EVERYTHING,
        spread: false,
        runAsUser: 0,
        terminationGracePeriodSeconds: settings.terminationGrace.value,
        containers: [{
          name: AGENT,
          image: cluster.imageRegistry.image(UPSTREAM_IMAGES.fluentBit, cluster.versions.fluentBit),
          args: [`--config=${CONFIG_DIR}/${mainFile}`],
          cpuRequest: `${settings.cpu.value}m`,
          memoryRequest: `${settings.memoryRequest.value / 1024 ** 2}Mi`,
          memoryLimit: `${settings.memoryLimit.value / 1024 ** 2}Mi`,
          env: environment(settings),
          ports: [{ name: 'http', containerPort: HOST_PORTS.fluentBit, hostPort: HOST_PORTS.fluentBit }],
          // Alive means that it answers. The health check also fails while the receiver is down: restarting 1,200 agents would not help.
          livenessProbe: { httpGet: { path: '/', port: k8s.IntOrString.fromNumber(HOST_PORTS.fluentBit) }, initialDelaySeconds: 30, periodSeconds: 30, failureThreshold: 5 },
          readinessProbe: { httpGet: { path: '/api/v1/health', port: k8s.IntOrString.fromNumber(HOST_PORTS.fluentBit) }, periodSeconds: 30 },
          volumeMounts: [
            { name: 'config', mountPath: CONFIG_DIR, readOnly: true },
            { name: 'logs', mountPath: '/var/log', readOnly: true },
            ...(settings.systemdUnits.length > 0 ? [{ name: 'journal', mountPath: JOURNAL_DIR, readOnly: true }] : []),
            { name: 'state', mountPath: STATE_DIR },
            ...(settings.output._elasticsearch.caSecret === undefined ? [] : [{ name: 'receiver-ca', mountPath: CA_DIR, readOnly: true }]),
          ],
          // Logs belong to root; the capability reads those of components that run as somebody else.
          securityContext: {
            allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'], add: ['DAC_READ_SEARCH'] },
          },
        }],
        volumes: [
          { name: 'config', configMap: { name: configName } },
          { name: 'logs', hostPath: { path: '/var/log', type: 'Directory' } },
          // Created where journald keeps its journal in memory: the agent would not start on a folder that is missing.
          ...(settings.systemdUnits.length > 0 ? [{ name: 'journal', hostPath: { path: JOURNAL_DIR, type: 'DirectoryOrCreate' } }] : []),
          { name: 'state', hostPath: { path: STATE_DIR, type: 'DirectoryOrCreate' } },
          ...(settings.output._elasticsearch.caSecret === undefined ? [] : [{ name: 'receiver-ca', secret: { secretName: settings.output._elasticsearch.caSecret } }]),
        ],
      }),
    },
  });
}

function environment(settings: LoggingSettings): k8s.EnvVar[] {
  const fromSecret = (name: string, secret: string, key: string) => ({ name, valueFrom: { secretKeyRef: { name: secret, key } } });
  const secret = settings.output._elasticsearch.userSecret;
  return [
    { name: ENV.nodeIp, valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } },
    { name: ENV.nodeName, valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
    ...(secret === undefined ? [] : [fromSecret(ENV.user, secret, 'username'), fromSecret(ENV.password, secret, 'password')]),
  ];
}
