import { Duration } from 'cdk8s';
import { emitKubelet, kubeletRefusal, machineOf } from './emitted-kubelet';
import { ClusterFacts } from '../../../src/cluster/cluster-facts';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { LoadProfile } from '../../../src/cluster/load-profile';
import { NodePool, TaintEffect } from '../../../src/cluster/node-pool';
import { KubeletConfigurationForm } from '../../../src/components/node-pool/kubelet-configuration-form';
import { NodeSwap } from '../../../src/components/node-pool/machine-options';
import { hostArtefacts } from '../../../src/host/host-artefacts';
import { kubeletFiles } from '../../../src/host/installers/kubelet-files';
import { renderPlain } from '../../../src/host/installers/plain';
import { referenceCluster } from '../../host/installers/reference-cluster';

const GENERAL = NodePool.of('general', { nodes: 1000, machine: machineOf(16, 64) });
const on = (release: KubernetesRelease) => ({ cluster: referenceCluster(release) });

describe('a configuration that the machines have already', () => {
  const existing = {
    apiVersion: 'kubelet.config.k8s.io/v1beta1', kind: 'KubeletConfiguration', registryPullQPS: 20, containerLogMaxFiles: 3, maxPods: 250, clusterDNS: ['10.0.0.10'], readOnlyPort: 0,
  };

  test('keeps its values, except where they follow from the cluster', () => {
    const { config, notes } = emitKubelet({ pool: GENERAL, existingConfiguration: existing });
    expect(config).toMatchObject({ registryPullQPS: 20, containerLogMaxFiles: 3, maxPods: 110 });
    expect(notes).toContain('maxPods of the existing configuration is replaced by ours; use maxPods of the NodePool');
    expect(notes).toContain('containerLogMaxFiles stays 3 as the machines have it, derived was 5');
    expect(notes).not.toContain('readOnlyPort');
    expect(notes).not.toContain('apiVersion');
  });

  test('overrides go before it', () => {
    expect(emitKubelet({ pool: GENERAL, existingConfiguration: existing, configOverrides: { registryPullQPS: 7 } }).config.registryPullQPS).toBe(7);
  });

  test('is read strictly, by the release of the pool', () => {
    const wrong = { maxPodz: 5, kind: 'Pod', featureGates: { Nope: true } };
    expect(kubeletRefusal({ pool: GENERAL, existingConfiguration: wrong })).toMatch(/3 problems[\s\S]*'maxPodz' is unknown/);
    expect(kubeletRefusal({ ...on(KubernetesRelease.V1_30), pool: GENERAL, existingConfiguration: { failCgroupV1: false } })).toContain('added to KubeletConfiguration in Kubernetes 1.31');
    expect(kubeletRefusal({ pool: GENERAL, existingConfiguration: { metadata: { name: 'x' } } })).toContain("'metadata' is unknown");
    expect(kubeletRefusal({ pool: GENERAL, existingConfiguration: { nodeStatusUpdateFrequency: '10s' } })).toContain('set both');
  });
});

describe('shutdown by priority', () => {
  const shutdownByPriority = [{ priority: 2_000_000_000, gracePeriod: Duration.seconds(20) }, { priority: 0, gracePeriod: Duration.minutes(2) }];

  test('replaces the two periods', () => {
    const { config, value } = emitKubelet({ pool: GENERAL, shutdownByPriority });
    expect(config.shutdownGracePeriodByPodPriority).toEqual([
      { priority: 0, shutdownGracePeriodSeconds: 120 }, { priority: 2_000_000_000, shutdownGracePeriodSeconds: 20 },
    ]);
    expect(config).not.toHaveProperty('shutdownGracePeriod');
    expect(config).not.toHaveProperty('shutdownGracePeriodCriticalPods');
    expect(value('kubelet/general/shutdown-grace-period')).toBeUndefined();
  });

  test('is refused where it does not work, twice, and beside the period', () => {
    expect(kubeletRefusal({ ...on(KubernetesRelease.V1_23), pool: GENERAL, shutdownByPriority })).toContain('works from Kubernetes 1.24 on');
    expect(kubeletRefusal({ pool: GENERAL, shutdownByPriority, shutdownGracePeriod: Duration.seconds(60) })).toContain('exclude each other');
    expect(kubeletRefusal({ pool: GENERAL, shutdownByPriority: [shutdownByPriority[1], shutdownByPriority[1]] })).toContain('names a priority twice');
    expect(kubeletRefusal({ pool: GENERAL, shutdownByPriority: [{ priority: 1.5, gracePeriod: Duration.hours(2) }] })).toContain('2 problems');
    expect(kubeletRefusal({ pool: GENERAL, shutdownByPriority: [] })).toContain('at least one priority');
  });
});

describe('startup taints', () => {
  const taint = { key: 'startup-taint.cluster-autoscaler.kubernetes.io/agents', effect: TaintEffect.NO_SCHEDULE };

  test('stand beside those of the pool, and somebody has to take them away', () => {
    const { host, notes } = emitKubelet({ pool: GENERAL, startupTaints: [taint] });
    expect(host.props.taints).toEqual([taint]);
    expect(notes).toContain('until somebody removes it');
  });

  test('a lasting taint of the pool is none', () => {
    const pool = NodePool.of('general', { nodes: 1, machine: machineOf(16, 64), taints: [{ key: 'team', effect: TaintEffect.NO_SCHEDULE }] });
    expect(kubeletRefusal({ pool, startupTaints: [{ key: 'team', effect: TaintEffect.NO_SCHEDULE }] })).toContain("'team' with effect NoSchedule is a lasting taint");
    expect(kubeletRefusal({ pool, startupTaints: [{ key: 'not a key', effect: TaintEffect.NO_SCHEDULE }] })).toContain('startupTaints');
  });
});

describe('a fragment instead of the whole file', () => {
  const files = (form?: KubeletConfigurationForm, cluster: ClusterFacts = referenceCluster()) =>
    Object.fromEntries(kubeletFiles(emitKubelet({ cluster, pool: GENERAL, configurationForm: form }).host, cluster).map(file => [file.path, file.content]));

  test('holds the same document, with its kind, where the kubelet looks for fragments', () => {
    const whole = files();
    const fragment = files(KubeletConfigurationForm.DROP_IN);
    expect(fragment['/etc/kubernetes/kubelet.conf.d/50-thousand-node.conf']).toBe(whole['/var/lib/kubelet/config.yaml']);
    expect(fragment['/etc/kubernetes/kubelet.conf.d/50-thousand-node.conf']).toContain('kind: KubeletConfiguration');
    expect(fragment).not.toHaveProperty(['/var/lib/kubelet/config.yaml']);
    expect(fragment['/etc/systemd/system/kubelet.service']).toContain(' --config-dir=/etc/kubernetes/kubelet.conf.d ');
    expect(fragment['/etc/systemd/system/kubelet.service']).not.toContain('--config=');
    expect(whole['/etc/systemd/system/kubelet.service']).not.toContain('--config-dir');
  });

  test('is refused before 1.30, where the folder is ignored without a variable', () => {
    expect(kubeletRefusal({ ...on(KubernetesRelease.V1_29), pool: GENERAL, configurationForm: KubeletConfigurationForm.DROP_IN })).toContain('read fragments from 1.30 on');
  });
});

describe('numbers that the user sets by the name of their field', () => {
  test('are the user\'s, with the formula beside them, and what follows from them follows', () => {
    const { value, kubelet } = emitKubelet(
      { pool: GENERAL, configOverrides: { registryPullQPS: 20, containerLogMaxFiles: 3 }, existingConfiguration: { imageGCHighThresholdPercent: 80 } },
    );
    expect(value('kubelet/general/registry-pull-qps')).toBe(20);
    expect(value('kubelet/general/image-gc-high-threshold')).toBe(80);
    expect(kubelet.derivations.find(({ id }) => id === 'kubelet/general/registry-pull-qps')!.formula).toContain('derived would be 5');
    // A tenth of 1,000 nodes; 110 pods, 3 files of 10 MiB.
    expect(value('host/general/pull-rate-of-a-join-wave')).toBe(2000);
    expect(value('kubelet/general/container-log-disk')).toBe(3300);
    expect(emitKubelet({ pool: GENERAL }).value('kubelet/general/container-log-disk')).toBe(5500);
  });
});

test('collection of images has to end below where it starts, or the kubelet does not start', () => {
  // Oracle: ValidateKubeletConfiguration of pkg/kubelet/apis/config/validation
  expect(kubeletRefusal({ pool: GENERAL, configOverrides: { imageGCHighThresholdPercent: 65 } })).toContain('imageGCLowThresholdPercent 70 must be below imageGCHighThresholdPercent 65');
  expect(kubeletRefusal({ pool: GENERAL, configOverrides: { imageGCHighThresholdPercent: 65, imageGCLowThresholdPercent: 60 } })).toBe('accepted');
});

describe('cgroup v2', () => {
  const notes = (release: KubernetesRelease, swap?: NodeSwap) => emitKubelet({ ...on(release), pool: GENERAL, swap }).notes;

  test('is demanded where the kubelet does not start without, and where something does not work without', () => {
    // Oracle: default of failCgroupV1 in SetDefaults_KubeletConfiguration of 1.34 and 1.35; KEP-2400
    expect(notes(KubernetesRelease.V1_35)).toContain('kubelets from 1.35 on start on cgroup v2 only: `stat -fc %T /sys/fs/cgroup` must print cgroup2fs');
    expect(notes(KubernetesRelease.V1_34)).not.toContain('cgroup v2');
    expect(notes(KubernetesRelease.V1_34, NodeSwap.LIMITED)).toContain('limited swap works on cgroup v2 only');
  });

  test('stands in the guides, with host names and zones', () => {
    const cluster = referenceCluster();
    const zoned = NodePool.of('general', { nodes: 30, zones: ['a', 'b'], machine: machineOf(16, 64) });
    const guide = (release: KubernetesRelease, pool = GENERAL, configOverrides = {}) => {
      const facts = ClusterFacts.of({
        name: 'x',
        release,
        network: { podCidr: cluster.network.podCidr, serviceCidr: cluster.network.serviceCidr, nodeCidr: cluster.network.nodeCidr },
        controlPlane: { endpoint: 'api.example.com:6443', members: cluster.controlPlaneMembers },
        pools: [pool],
      });
      return renderPlain(hostArtefacts(emitKubelet({ cluster: facts, pool, configOverrides }).chart), facts).installGuide;
    };
    expect(guide(KubernetesRelease.V1_35)).toContain('prints `cgroup2fs` on every machine');
    expect(guide(KubernetesRelease.V1_35, GENERAL, { failCgroupV1: false })).not.toContain('cgroup2fs');
    expect(guide(KubernetesRelease.V1_34)).not.toContain('cgroup2fs');
    expect(guide(KubernetesRelease.V1_34)).toContain('Host names are unique DNS names');
    expect(guide(KubernetesRelease.V1_34)).not.toContain('topology.kubernetes.io/zone');
    expect(guide(KubernetesRelease.V1_34, zoned)).toContain('Nodes of `general` lie in several zones');
  });
});

describe('log files against the log rate', () => {
  test('stay at the default until a minute would not fit', () => {
    const size = (logBytesPerPod: number) => emitKubelet({
      pool: GENERAL,
      cluster: ClusterFacts.of({
        name: 'x',
        load: LoadProfile.of({ logBytesPerPod }),
        network: { podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20' },
        controlPlane: { endpoint: 'api.example.com:6443', members: [{ name: 'cp', address: '172.16.0.11' }] },
        pools: [GENERAL],
      }),
    }).config.containerLogMaxSize;
    // 30 pods x rate x 4 for chatty ones, 60 s, 5 files
    expect(size(1024)).toBe('10Mi');
    expect(size(102_400)).toBe('141Mi');
  });
});

describe('a wave of new nodes', () => {
  test('pulls as many images as its nodes together', () => {
    // Oracle: a tenth of 1,000 nodes, 5 images each; before 1.27 one each
    expect(emitKubelet({ pool: GENERAL }).value('host/general/pulls-of-a-join-wave')).toBe(500);
    expect(emitKubelet({ pool: GENERAL, maxParallelImagePulls: 10 }).value('host/general/pulls-of-a-join-wave')).toBe(1000);
    expect(emitKubelet({ ...on(KubernetesRelease.V1_26), pool: GENERAL }).value('host/general/pulls-of-a-join-wave')).toBe(100);
  });
});
