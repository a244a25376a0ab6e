import { Construct } from 'constructs';
import { hostFiles, hostSettings } from './host-settings';
import { kubeletConfiguration } from './kubelet-document';
import { numbersAsWritten } from './kubelet-numbers';
import { withOverrides } from './kubelet-overrides';
import { kubeletSettings } from './kubelet-settings';
import { KubeletSubject } from './kubelet-subject';
import { machineFiles } from './machine-files';
import { MachineOptions } from './machine-options';
import { controlPlaneMaxPods } from '../../capacity/kubelet-work-capacity';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { checkMembers, ControlPlaneMember } from '../../cluster/control-plane-member';
import { HOST_PATHS } from '../../cluster/host-paths';
import { LABELS } from '../../cluster/labels';
import { refuseManagedControlPlane } from '../../cluster/managed-control-plane';
import { PoolKind, TaintEffect } from '../../cluster/node-pool';
import { IDnsEndpoint } from '../../contracts/dns-endpoint';
import { Derivation } from '../../derivation/derivation';
import { CertificateAuthority, CertificateRequest } from '../../host/certificate-request';
import { bindCluster } from '../../host/cluster-of';
import { HostFile } from '../../host/host-file';
import { HostTarget } from '../../host/host-target';
import { KubeletHost } from '../../host/kubelet-host';
import { Problems } from '../../input/problems';

/** Inputs of `ControlPlaneKubelet`. */
export interface ControlPlaneKubeletProps extends MachineOptions {
  /**
   * Facts of the cluster this machine belongs to.
   *
   * @default - a 1,000-node cluster on the newest supported release
   */
  readonly cluster?: ClusterFacts;

  /** The machine: of the control plane, or of an etcd ring that has machines of its own. */
  readonly member: ControlPlaneMember;

  /**
   * Where pods of this machine resolve names.
   *
   * @default - the DNS Service of the network plan
   * @see fields `clusterDNS` and `clusterDomain` of KubeletConfiguration
   */
  readonly dns?: IDnsEndpoint;

  /**
   * Further fields of KubeletConfiguration by name; each replaces ours as a whole. Names are checked against the release; fields the
   * construct owns are refused.
   *
   * @default - none
   */
  readonly configOverrides?: { [field: string]: any };

  /**
   * Further kernel settings by dotted name; they replace ours.
   *
   * @default - none
   */
  readonly extraSysctls?: { [key: string]: string };
}

/**
 * The kubelet of one control-plane machine: it starts the static pods before there is an API server, and keeps everything without a
 * toleration away.
 */
export class ControlPlaneKubelet extends Construct {
  /** Every number of this construct with its formula. */
  public readonly derivations: Derivation[];
  /** What deserves a second look, in sentences. */
  public readonly notes: string[];

  constructor(scope: Construct, id: string, props: ControlPlaneKubeletProps) {
    super(scope, id);
    const cluster = props.cluster ?? ClusterFacts.thousandNodes();
    refuseManagedControlPlane(cluster, 'ControlPlaneKubelet', 'leave ControlPlaneKubelet out');
    bindCluster(this, cluster);
    const { member } = props;
    const { controlPlaneCores: cores, controlPlaneMemory: memory } = cluster.fleet;
    const maxPods = controlPlaneMaxPods(cores);
    const subject: KubeletSubject = {
      title: `machine '${member.name}'`, name: 'control-plane', kind: PoolKind.GENERAL, machine: cluster.controlPlaneMachine, cores, memory, maxPods, release: cluster.release,
    };
    const problems = new Problems(`ControlPlaneKubelet ${subject.title}`);
    checkMembers('member', [member], problems);
    const settings = kubeletSettings(cluster, subject, machineInput(props), problems);
    const configuration = withOverrides(kubeletConfiguration(settings, true), cluster.release.version, props.configOverrides, problems);
    const host = hostSettings(cluster, subject, props.extraSysctls, problems);
    problems.throwIfAny();

    const target = HostTarget.machine(member.name);
    new KubeletHost(this, 'Kubelet', {
      target,
      release: cluster.release,
      configuration,
      // The role label is not among them: NodeRestriction forbids a kubelet to set it; kubeadm or an administrator does.
      nodeLabels: member.zone === undefined ? {} : { [LABELS.zone]: member.zone },
      taints: [{ key: LABELS.controlPlane, effect: TaintEffect.NO_SCHEDULE }],
      nodeIp: member.address,
      secondaryNodeIp: member.secondaryAddress,
      changeNeedsDrain: false,
    });
    // The first certificate is signed by hand: a kubelet that asks the API server for one would wait for the pod it has to start.
    new CertificateRequest(this, 'Certificate', {
      target,
      authority: CertificateAuthority.KUBERNETES,
      commonName: `system:node:${member.name}`,
      organizations: ['system:nodes'],
      client: true,
      certPath: HOST_PATHS.kubeletClientCert,
      keyPath: HOST_PATHS.kubeletClientKey,
      providedBy: ['kubeadm'],
    });
    for (const [name, file] of [...hostFiles(target, cluster, host), ...machineFiles(target, cluster, subject, props)]) { new HostFile(this, name, file); }

    this.derivations = [maxPods, ...numbersAsWritten(settings.derivations, configuration), ...host.derivations];
    this.notes = settings.notes;
  }
}

function machineInput({ dns, containerd, swap, journalSize, timeServers, preloadedImages }: ControlPlaneKubeletProps) {
  return { dns, containerd, swap, journalSize, timeServers, preloadedImages };
}
