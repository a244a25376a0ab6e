import { catalogueChecks, catalogueNegatives } from './catalogue-checks';
import { loadChecks, loadChecksCi } from './load-checks';
import { networkChecks, networkNegatives } from './network-checks';
import { reportChecks } from './report-checks';
import { Area } from '../../check';

/** What the library predicts and claims about upstream, against the real components. */
export const brain: Area = {
  name: 'brain',
  // The last ones end what runs: they need the machine for a fleet of their own.
  checks: [...catalogueChecks, ...loadChecksCi, ...networkChecks, ...catalogueNegatives, ...networkNegatives, ...reportChecks, ...loadChecks],
};
