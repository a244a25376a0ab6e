import { catalogueChecks, catalogueNegatives } from './catalogue-checks';
import { networkChecks, networkNegatives } from './network-checks';
import { Area } from '../../check';

/** What the library predicts and claims about upstream, against the real components. */
export const brain: Area = {
  name: 'brain',
  checks: [...catalogueChecks, ...networkChecks, ...catalogueNegatives, ...networkNegatives],
};
