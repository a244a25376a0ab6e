import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { containersOf, PodSpec } from '../../pod-spec';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Pods against the Pod Security level of their namespace. */
export const podsFitTheirNamespace: Rule = {
  id: 'TNC117',
  severity: AuditSeverity.ERROR,
  title: 'Pods keep the Pod Security level that their namespace enforces',
  why: 'Admission refuses the pods: the DaemonSet is there, its pods are on no node, and the only trace is an event.',
  remedy: 'Move the pod to a namespace that allows it, or drop what it asks for',
  source: 'WEB:docs/concepts/security/pod-security-standards',
  check: tree => {
    const level = new Map(tree.ofKind('Namespace').map(n => [n.objectName, field<string>(n.manifest, 'metadata', 'labels', 'pod-security.kubernetes.io/enforce')]));
    const pods = tree.pods.filter(p => ['baseline', 'restricted'].includes(level.get(p.namespace) ?? ''));
    if (pods.length === 0) { return NOT_APPLICABLE; }
    return pods.flatMap(at => {
      const wrong = [...baselineBreaches(at.spec), ...(level.get(at.namespace) === 'restricted' ? restrictedBreaches(at.spec) : [])];
      return wrong.length === 0 ? [] : [{ at, detail: `${at.namespace} enforces ${level.get(at.namespace)}: ${[...new Set(wrong)].join(', ')}` }];
    });
  },
};

const BASELINE_CAPABILITIES = ['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'];

function baselineBreaches(spec: PodSpec): string[] {
  return [
    ...(['hostNetwork', 'hostPID', 'hostIPC'] as const).filter(name => spec[name] === true),
    ...(spec.volumes ?? []).filter(volume => volume.hostPath !== undefined).map(volume => `hostPath ${volume.hostPath!.path}`),
    ...containersOf(spec).flatMap(c => [
      ...(c.securityContext?.privileged === true ? ['privileged'] : []),
      ...(c.ports ?? []).filter(port => port.hostPort !== undefined).map(port => `hostPort ${port.hostPort}`),
      ...(c.securityContext?.capabilities?.add ?? []).filter(name => !BASELINE_CAPABILITIES.includes(name)).map(name => `capability ${name}`),
    ]),
  ];
}

function restrictedBreaches(spec: PodSpec): string[] {
  return containersOf(spec).flatMap(c => [
    ...((c.securityContext?.runAsNonRoot ?? spec.securityContext?.runAsNonRoot) === true ? [] : ['runAsNonRoot is not true']),
    ...(c.securityContext?.runAsUser === 0 || (c.securityContext?.runAsUser === undefined && spec.securityContext?.runAsUser === 0) ? ['runAsUser is 0'] : []),
    ...(c.securityContext?.allowPrivilegeEscalation === false ? [] : ['allowPrivilegeEscalation is not false']),
    ...((c.securityContext?.capabilities?.drop ?? []).includes('ALL') ? [] : ['capabilities are not dropped']),
    ...((c.securityContext?.capabilities?.add ?? []).some(name => name !== 'NET_BIND_SERVICE') ? ['capabilities are added'] : []),
    ...(['RuntimeDefault', 'Localhost'].includes(c.securityContext?.seccompProfile?.type ?? spec.securityContext?.seccompProfile?.type ?? '') ? [] : ['seccompProfile is missing']),
  ]);
}
