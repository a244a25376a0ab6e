import { join } from 'path';
import { App } from 'cdk8s';
import { expectGolden } from './golden-files';
import { description } from '../../examples/thousand-node/cluster';
import { LoadProfile, ThousandNodeCluster } from '../../src';

/** Every figure of the load, and every number of the cluster that follows from it, by id. */
function numbersWith(load: LoadProfile): Map<string, string> {
  const cluster = new ThousandNodeCluster(new App(), 'shop', { ...description, load });
  const fleet = Object.values(cluster.facts.fleet as unknown as { [name: string]: { id: string; value: number; unit: string } });
  return new Map([...fleet, ...cluster.derivations].map(({ id, value, unit }) => [id, `${value} ${unit}`]));
}

const byDefault = numbersWith(LoadProfile.of());

test.each(['commerce', 'streaming', 'trading', 'training', 'iot'] as const)('what preset %s changes of the reference cluster, as it was reviewed', preset => {
  const lines = [...numbersWith(LoadProfile[preset]())].filter(([id, value]) => byDefault.get(id) !== value).map(([id, value]) => `${id}: ${byDefault.get(id) ?? 'none'} -> ${value}`);
  expectGolden(join(__dirname, `load-${preset}`), { 'numbers.txt': `${lines.sort().join('\n')}\n` });
});
