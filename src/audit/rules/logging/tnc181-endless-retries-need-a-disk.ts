import { AuditSeverity } from '../../audit-severity';
import { NOT_APPLICABLE, Rule } from '../../rule';
import { configMapTexts } from '../../scrape-view';

/** Retries against the buffer. */
export const endlessRetriesNeedADisk: Rule = {
  id: 'TNC181',
  severity: AuditSeverity.WARNING,
  title: 'Fluent Bit buffers on disk when it retries without end',
  why: 'When the receiver stalls, memory fills, reading stops and files rotate away: the logs of the incident are the ones that are lost.',
  remedy: 'Set storage.type filesystem on the inputs and a bounded retry_limit on the outputs',
  source: 'seed LOG-04; FB:administration/backpressure.md',
  check: tree => {
    const texts = configMapTexts(tree).filter(({ text }) => /^\s*-?\s*name:?\s+tail\s*$/im.test(text));
    if (texts.length === 0) { return NOT_APPLICABLE; }
    return texts.filter(({ text }) => /retry_limit:?\s+["']?(false|no_limits)/i.test(text) && !/storage\.type:?\s+filesystem/i.test(text)).map(({ at, key }) => ({ at, detail: `${key} retries for ever and buffers in memory` }));
  },
};
