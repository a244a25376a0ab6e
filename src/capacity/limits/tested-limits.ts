import { derived } from '../../derivation/derivation';
import { LimitChange } from '../limit';
import { bound, LimitRow, Stage } from './limit-row';

const THRESHOLDS = 'SIGSC:configs-and-limits/thresholds.md';
const SLOWLY = 'beyond what upstream tests a release with: things become slow before they break, and nobody can say where';

/** The envelope that upstream tests every release in. */
export function testedLimits(): LimitRow[] {
  const row = (id: string, title: string, value: number, use: LimitRow['use'], remedy: string, unit = title): LimitRow => ({
    id: `tested/${id}`,
    title: `tested envelope: ${title}`,
    capacity: bound(`tested/${id}`, value, unit, 'largest that upstream tests', THRESHOLDS),
    use,
    consequence: SLOWLY,
    remedy: () => remedy,
    change: LimitChange.NEVER,
  });
  return [
    row('nodes', 'nodes', 5000, ({ fleet }) => fleet.nodes, 'a second cluster, or fewer and larger machines'),
    row('pods', 'pods', 150_000, ({ fleet }) => fleet.pods, 'a second cluster, or fewer and larger pods'),
    row('services', 'Services', 10_000, ({ fleet }) => fleet.services, 'one gateway for many small Services, or a second cluster'),
    row('namespaces', 'namespaces', 10_000, ({ fleet }) => fleet.namespaces, 'tenants that share a namespace, or a second cluster'),
    row('objects', 'objects of one further type', 150_000, mostObjects, 'remove what nobody needs, keep large numbers of custom objects in a database', 'objects'),
    {
      ...row('largest-service', 'endpoints of the largest Service', 250, ({ fleet }) => fleet.largestService, '', 'endpoints'),
      consequence: 'every change of one endpoint sends a slice to every node',
      remedy: () => 'several Services for one large Deployment, or a headless Service that only its clients watch',
      change: LimitChange.ONLINE,
    },
  ];
}

function mostObjects({ fleet: { configMaps, secrets, customObjects } }: Stage) {
  return derived({
    id: 'fleet/most-objects', unit: 'objects', words: 'the type with the most objects', expression: 'max(configMaps, secrets, customObjects)', inputs: { configMaps, secrets, customObjects }, source: 'description',
  });
}
