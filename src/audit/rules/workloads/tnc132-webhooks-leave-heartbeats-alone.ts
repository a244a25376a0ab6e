import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';
import { asksAboutUpdates, asksIn, webhooks } from '../../webhook-view';

const LEASES = { 'kubernetes.io/metadata.name': 'kube-node-lease' };

/** Heartbeats of nodes in front of a webhook. */
export const webhooksLeaveHeartbeatsAlone: Rule = {
  id: 'TNC132',
  severity: AuditSeverity.WARNING,
  title: 'No webhook is asked about the heartbeats of nodes',
  why: 'Leases and node status are written hundreds of times a second: a webhook on them multiplies its load, and when it fails closed, all nodes are declared dead with it.',
  remedy: 'Name the resources that the webhook is for, or exclude kube-node-lease with a namespaceSelector',
  source: 'WEB:docs/concepts/cluster-administration/admission-webhooks-good-practices; CAV@29 pkg/kubelet/kubelet.go',
  check: tree => {
    const found = webhooks(tree);
    if (found.length === 0) { return NOT_APPLICABLE; }
    // What its conditions let through is the API server's to say.
    return found.filter(({ hook }) => (field<object[]>(hook, 'matchConditions') ?? []).length === 0).flatMap(hook => [
      ...(asksAboutUpdates(hook, 'coordination.k8s.io', 'leases') && asksIn(hook, LEASES) ? [{ at: hook.at, detail: `webhook ${hook.name} sees ${Math.round(tree.machines / 10)} leases a second` }] : []),
      ...(asksAboutUpdates(hook, '', 'nodes/status') ? [{ at: hook.at, detail: `webhook ${hook.name} sees the status of ${tree.machines} nodes` }] : []),
    ]);
  },
};
