import { eventsRingChecks } from './events-ring-drill';
import { failoverChecks } from './failover-drill';
import { memberLossChecks } from './member-loss-drill';
import { Check } from '../../check';

/** Faults of etcd's members, on machines of the drills' own. */
export const etcdFaultChecks: Check[] = [...failoverChecks, ...memberLossChecks, ...eventsRingChecks];
