import { AuditSeverity } from '../../audit-severity';
import { isOn, logPlugins, logValue } from '../../log-view';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Where log agents learn of pods. */
export const agentsAskTheirKubelet: Rule = {
  id: 'TNC183',
  severity: AuditSeverity.WARNING,
  title: 'Above 200 nodes, log agents ask their kubelet about pods',
  why: 'The kubernetes filter asks the API server about every pod by default: agents of all nodes that restart together are the repeated cause of large outages.',
  remedy: 'Set use_kubelet: true with kubelet_host and a buffer_size of 0 or several MB',
  source: 'FB:pipeline/filters/kubernetes.md; OAI2500; seed LOG-03',
  check: tree => {
    const filters = logPlugins(tree).filter(plugin => plugin.section === 'filters' && plugin.name === 'kubernetes');
    if (filters.length === 0 || tree.machines <= 200) { return NOT_APPLICABLE; }
    return filters.filter(plugin => !isOn(logValue(plugin, 'use_kubelet'))).map(plugin => ({ at: plugin.at, detail: `${plugin.key}: ${tree.machines} agents ask the API server` }));
  },
};
