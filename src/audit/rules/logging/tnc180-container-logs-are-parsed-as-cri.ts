import { AuditSeverity } from '../../audit-severity';
import { NOT_APPLICABLE, Rule } from '../../rule';
import { configMapTexts } from '../../scrape-view';

/** Parser of container logs. */
export const containerLogsAreParsedAsCri: Rule = {
  id: 'TNC180',
  severity: AuditSeverity.WARNING,
  title: 'Container logs are parsed as the runtime writes them',
  why: 'containerd and CRI-O write their own line format: the docker parser never matches, lines stay unparsed and long ones in pieces.',
  remedy: 'Use multiline.parser cri',
  source: 'seed LOG-01; FB:pipeline/inputs/tail.md',
  check: tree => {
    const texts = configMapTexts(tree).filter(({ text }) => /\/var\/log\/containers\//.test(text) && /^\s*-?\s*name:?\s+tail\s*$/im.test(text));
    if (texts.length === 0) { return NOT_APPLICABLE; }
    return texts.filter(({ text }) => !/multiline\.parser:?\s+.*\bcri\b/i.test(text) && !/^\s*parser:?\s+cri/im.test(text)).map(({ at, key }) => ({ at, detail: `${key} has no cri parser` }));
  },
};
