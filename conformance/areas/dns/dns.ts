import { answersChecks } from './answers-checks';
import { memoryChecks } from './memory-drill';
import { negativeChecks } from './negative-checks';
import { nodeCacheChecks } from './node-cache-drill';
import { outageChecks } from './outage-drill';
import { ownershipChecks } from './ownership-drill';
import { rollingChecks } from './rolling-drill';
import { throughputChecks } from './throughput-drill';
import { Area, withShortForm } from '../../check';

/** Drills with a short form; all others take longer than continuous integration has, or need tools that it does not build. */
const SHORT_FORM = ['1', '3', 'N1', 'N2', 'N3', 'N4'];

const checks = [
  ...answersChecks, ...outageChecks, ...nodeCacheChecks, ...rollingChecks, ...ownershipChecks, ...negativeChecks, ...throughputChecks, ...memoryChecks,
];

/** What asks and answers in the cluster: CoreDNS in front of a real API server, in the worst hour as well. */
export const dns: Area = {
  name: 'dns',
  alone: true,
  checks: withShortForm(checks, ({ drill }) => SHORT_FORM.includes(drill)),
};
