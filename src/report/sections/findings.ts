import { counted, section } from './frame';
import { Content, el, Element } from '../html/element';
import { FindingModel, ReportModel } from '../report-model';

/** What the rules found, what was accepted and why, what has to be there first. */
export function findings({ audit, notes, preconditions }: ReportModel): Content {
  const asked = `${counted(audit.rules, 'rule')} were asked of the finished tree; ${counted(audit.notApplicable.length, 'rule')} found nothing of their kind.`;
  return section('findings', 'Findings', asked,
    audit.findings ? audit.findings.map(finding) : el('p', {}, 'No finding is open.'),
    audit.suppressed ? [el('h3', {}, 'Accepted, with the reason'), audit.suppressed.map(finding)] : undefined,
    audit.unusedSuppressions ? [el('h3', {}, 'Suppressions that hide nothing'), list(audit.unusedSuppressions)] : undefined,
    audit.notApplicable.length > 0 ? el('details', {}, el('summary', {}, 'Rules that do not apply'), el('p', { class: 'muted' }, audit.notApplicable.join(', '))) : undefined,
    notes ? [el('h3', {}, 'Worth knowing'), list(notes)] : undefined,
    preconditions ? [el('h3', {}, 'To be there first'), list(preconditions)] : undefined,
  );
}

function finding({ rule, severity, title, subject, path, detail, why, remedy, source, suppressedBecause }: FindingModel): Element {
  return el('div', { class: 'finding' },
    el('p', {}, el('span', { class: `tag ${severity}` }, severity), ' ', el('b', {}, rule), ` ${title}`),
    el('p', {}, subject, ': ', detail),
    suppressedBecause === undefined ? undefined : el('p', {}, el('b', {}, 'Accepted: '), suppressedBecause),
    el('p', { class: 'remedy' }, remedy),
    el('details', {}, el('summary', { class: 'muted' }, 'Why, and where'), el('p', {}, why), el('p', { class: 'muted' }, `${path === '' ? '' : `construct ${path}; `}source ${source}`)),
  );
}

function list(texts: readonly string[]): Element {
  return el('ul', { class: 'plain' }, texts.map(text => el('li', {}, text)));
}
