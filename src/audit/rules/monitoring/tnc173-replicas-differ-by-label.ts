import { AuditSeverity } from '../../audit-severity';
import { NOT_APPLICABLE, Rule } from '../../rule';
import { prometheusConfigurations } from '../../scrape-view';

/** External labels of replicas. */
export const replicasDifferByLabel: Rule = {
  id: 'TNC173',
  severity: AuditSeverity.ERROR,
  title: 'Prometheus expands the label that tells its replicas apart',
  why: '$(POD_NAME) stays as it is: replicas write blocks with equal labels, which the Thanos compactor takes for corruption and halts.',
  remedy: 'Write ${POD_NAME}; before Prometheus 3.0 with --enable-feature=expand-external-labels',
  source: 'seed MON-01; PROM@v3.14.0:configuration',
  check: tree => {
    const configurations = prometheusConfigurations(tree);
    if (configurations.length === 0) { return NOT_APPLICABLE; }
    return configurations.flatMap(({ at, text }) => {
      const labels = /^\s+external_labels:\s*\n((?:\s{4,}.*\n)+)/m.exec(text)?.[1] ?? '';
      const literal = /\$\([A-Z_]+\)/.exec(labels)?.[0];
      return literal === undefined ? [] : [{ at, detail: `external_labels hold ${literal}` }];
    });
  },
};
