import { AuditSeverity } from '../../audit-severity';
import { logPlugins, logValue } from '../../log-view';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Positions in files. */
export const agentsKnowWhereTheyWere: Rule = {
  id: 'TNC184',
  severity: AuditSeverity.WARNING,
  title: 'Tail inputs keep their positions in a file',
  why: 'Without one every restart of an agent loses the lines in between or sends whole files again; a rollout over all nodes does both at once.',
  remedy: 'Set db on a hostPath, with db.locking',
  source: 'seed LOG-12; FB:pipeline/inputs/tail.md',
  check: tree => {
    const inputs = logPlugins(tree).filter(plugin => plugin.section === 'inputs' && plugin.name === 'tail');
    if (inputs.length === 0) { return NOT_APPLICABLE; }
    return inputs.filter(plugin => logValue(plugin, 'db') === undefined).map(plugin => ({ at: plugin.at, detail: `${plugin.key}: input of ${logValue(plugin, 'path') ?? 'tail'} has no db` }));
  },
};
