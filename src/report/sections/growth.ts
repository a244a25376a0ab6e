import { section } from './frame';
import { headroomChart } from '../charts/headroom-chart';
import { limitsChart } from '../charts/limits-chart';
import { Content } from '../html/element';
import { ReportModel } from '../report-model';

/** Limits in the order in which growth meets them. */
export function limits({ limits: list, cluster, testedNodes, horizon }: ReportModel): Content {
  if (!list || !cluster || testedNodes === undefined || horizon === undefined) { return undefined; }
  return section('limits', 'What breaks first', 'Each limit at the number of nodes, in the mix of the final size, that uses it up. Unfold one for what happens beyond it and what to do. Beyond a line of advice nothing fails at once: an alert fires, or upstream has not tested more.',
    limitsChart(list, cluster, { testedNodes, horizon }));
}

/** Use of each resource on the way to the final size. */
export function headroom({ limits: list, stages }: ReportModel): Content {
  if (!stages || !list?.some(limit => limit.headroom)) { return undefined; }
  return section('headroom', 'Headroom', 'How full each resource is at each stage of growth.', headroomChart(list, stages));
}
