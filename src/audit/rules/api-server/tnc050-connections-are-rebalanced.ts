import { AuditSeverity } from '../../audit-severity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Connections that stick to one server. */
export const connectionsAreRebalanced: Rule = {
  id: 'TNC050',
  severity: AuditSeverity.WARNING,
  title: 'Several API servers ask a few clients to reconnect, a single one does not',
  why: 'HTTP/2 connections stick to the server that was up first: after a rolling restart one of them carries every kubelet.',
  remedy: 'Set --goaway-chance=0.001 with two or more servers behind a balancer, at most 0.02; leave it out with one',
  source: 'seed API-11; AS@22 server_run_options.go',
  check: tree => {
    const servers = tree.component('kube-apiserver');
    if (servers.length === 0) { return NOT_APPLICABLE; }
    return servers.flatMap(at => {
      const chance = Number(at.flags['goaway-chance'] ?? 0);
      const right = servers.length === 1 ? chance === 0 : chance > 0 && chance <= 0.02;
      return right ? [] : [{ at, detail: `--goaway-chance is ${chance} with ${servers.length} servers` }];
    });
  },
};
