import { containerdChecks } from './containerd-checks';
import { containerdRuntimeChecks } from './containerd-runtime-checks';
import { nodeBenchmarkChecks } from './node-benchmark-checks';
import { rehearsalChecks } from './rehearsal-checks';
import { Check } from '../../check';

/** The runtime, the benchmark and the rehearsal of nodes: what runs with the files, not only what reads them. */
export const nodeDrills: Check[] = [...containerdChecks, ...containerdRuntimeChecks, ...nodeBenchmarkChecks, ...rehearsalChecks];
