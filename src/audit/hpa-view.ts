import { AuditObject } from './audit-tree';
import { field } from './field';
import { KUBERNETES_DEFAULT, ScalingPolicy, ScalingRules } from '../capacity/hpa-capacity';

/** Rules of a way up as the object says them, with Kubernetes' own where it is silent. */
export function scaleUpRules(hpa: AuditObject): ScalingRules {
  const own = field<Partial<ScalingRules>>(hpa.manifest, 'spec', 'behavior', 'scaleUp') ?? {};
  const policies = field<ScalingPolicy[]>(own, 'policies') ?? [];
  return { ...KUBERNETES_DEFAULT.scaleUp, ...own, policies: policies.length > 0 ? policies : KUBERNETES_DEFAULT.scaleUp.policies };
}
