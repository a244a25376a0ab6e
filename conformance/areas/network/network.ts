import { blockChecks, blockNegatives } from './block-checks';
import { felixChecks, felixNegatives } from './felix-checks';
import { flowChecks, flowNegatives } from './flow-checks';
import { hostChecks, hostNegatives } from './host-checks';
import { libraryNegatives } from './library-negatives';
import { objectChecks, objectNegatives } from './object-checks';
import { rangeChecks, rangeNegatives } from './range-checks';
import { reflectorChecks, reflectorNegatives } from './reflector-checks';
import { selectorChecks } from './selector-checks';
import { Area, withShortForm } from '../../check';

/** Drills with a short form; the others need tools that continuous integration does not build, or minutes. */
const SHORT_FORM = ['1', 'N1'];

const checks = [
  ...objectChecks, ...objectNegatives, ...felixChecks, ...felixNegatives, ...flowChecks, ...flowNegatives, ...hostChecks, ...hostNegatives,
  ...blockChecks, ...blockNegatives,
  ...selectorChecks, ...reflectorChecks, ...reflectorNegatives, ...rangeChecks, ...rangeNegatives, ...libraryNegatives,
];

/** The data plane: what Calico's versions take, who reaches whom, whether addresses and routes last. */
export const network: Area = {
  name: 'network',
  alone: true,
  tools: ['network-policy-check', 'calico-selector-check'],
  checks: withShortForm(checks, ({ drill }) => SHORT_FORM.includes(drill)),
};
