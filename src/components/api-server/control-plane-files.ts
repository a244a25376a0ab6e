import { adminKubeconfig, localKubeconfig } from './api-server-config';
import { API_SERVER_FILES, BALANCER_CONFIG, CERTIFICATES, CONTROL_PLANE_FILES } from './api-server-paths';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { ControlPlaneMember } from '../../cluster/control-plane-member';
import { HostChange } from '../../host/host-change';
import { HostFileProps } from '../../host/host-file';
import { HostTarget } from '../../host/host-target';

/** Texts that are the same on every machine; undefined where a cluster has no such file. */
export interface ControlPlaneTexts {
  readonly auditPolicy: string;
  readonly admission?: string;
  readonly authentication?: string;
  readonly encryptionScript: string;
  readonly schedulerConfig: string;
  readonly balancer?: string;
}

/** Files of one control-plane machine by id. */
export function controlPlaneFiles(cluster: ClusterFacts, member: ControlPlaneMember, texts: ControlPlaneTexts): { [id: string]: HostFileProps } {
  const target = HostTarget.machine(member.name);
  const file = (path: string, content: string, mode: string, providedBy: string[] = []): HostFileProps =>
    ({ target, path, content, mode, providedBy, onChange: HostChange.staticPod() });
  const kubeconfig = (path: string, content: string) => file(path, content, '0600', ['kubeadm']);
  return {
    AuditPolicy: file(API_SERVER_FILES.auditPolicy, texts.auditPolicy, '0600'),
    ...(texts.admission === undefined ? {} : { Admission: file(API_SERVER_FILES.admission, texts.admission, '0600') }),
    ...(texts.authentication === undefined ? {} : { Authentication: file(API_SERVER_FILES.authentication, texts.authentication, '0600') }),
    EncryptionScript: file(API_SERVER_FILES.encryptionScript, texts.encryptionScript, '0755'),
    SchedulerConfig: file(CONTROL_PLANE_FILES.schedulerConfig, texts.schedulerConfig, '0600'),
    // Read by the user of haproxy's image; nothing in it is secret.
    ...(texts.balancer === undefined ? {} : { Balancer: file(BALANCER_CONFIG, texts.balancer, '0644') }),
    // kubeadm writes these kubeconfigs itself, with embedded certificates.
    ControllerManagerKubeconfig: kubeconfig(CONTROL_PLANE_FILES.controllerManagerKubeconfig, localKubeconfig(cluster, 'kube-controller-manager', member, CERTIFICATES.controllerManager)),
    SchedulerKubeconfig: kubeconfig(CONTROL_PLANE_FILES.schedulerKubeconfig, localKubeconfig(cluster, 'kube-scheduler', member, CERTIFICATES.scheduler)),
    AdminKubeconfig: kubeconfig(CONTROL_PLANE_FILES.adminKubeconfig, adminKubeconfig(cluster, CERTIFICATES.admin)),
  };
}
