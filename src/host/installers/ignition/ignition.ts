import { refuseManagedCluster } from '../bootstrap-forms';
import { butane, ignition, packedIgnition } from './butane';
import { ignitionGuide } from './ignition-guide';
import { IgnitionVariant } from './ignition-variant';
import { ClusterFacts } from '../../../cluster/cluster-facts';
import { yamlDocuments } from '../../../formats/yaml-document';
import { Problems } from '../../../input/problems';
import { HostArtefacts } from '../../host-artefacts';
import { poolFiles } from '../pool-files';
import { RenderedTree } from '../rendered-file';
import { imageRemedy, imageSection, UserDataOptions, userDataLimit, withImageFiles } from '../user-data-options';

/** Choices for Ignition. */
export interface IgnitionOptions extends UserDataOptions {
  /**
   * Operating system of the nodes.
   *
   * @default IgnitionVariant.FLATCAR
   */
  readonly variant?: IgnitionVariant;
}

const NAME = 'ignition';

const line = (config: object) => `${JSON.stringify(config)}\n`;

/** Butane and Ignition of each pool's nodes. */
export function renderIgnition(artefacts: HostArtefacts, cluster: ClusterFacts, options: IgnitionOptions): RenderedTree {
  refuseManagedCluster(cluster, NAME);
  const variant = options.variant ?? IgnitionVariant.FLATCAR;
  const problems = new Problems(`installer ${NAME}`);
  const limit = userDataLimit(options, problems);
  const all = withImageFiles(poolFiles(artefacts, cluster, NAME, problems), options, problems);
  problems.throwIfAny();
  const pools = all.map(({ pool, files, image }) => {
    for (const file of files.filter(candidate => variant.readOnlyFolders.some(folder => candidate.path.startsWith(folder)))) {
      problems.add(`pool '${pool}': ${file.path} cannot be written on ${variant.name}, where that folder is read-only; use Installer.cloudInit() or Installer.plain() with another system`);
    }
    const open = line(ignition(files, variant));
    const json = Buffer.byteLength(open) <= limit ? open : line(packedIgnition(files, variant));
    const bytes = Buffer.byteLength(json);
    problems.require(bytes <= limit,
      `pool '${pool}': the Ignition configuration is ${Buffer.byteLength(open)} bytes, ${bytes} compressed, and the limit is ${limit}; ${imageRemedy(files)}`);
    return { pool, files, image, json, bytes };
  });
  problems.throwIfAny();
  const file = (pool: string) => `pools/${pool}/node.ign`;
  return {
    files: pools.flatMap(({ pool, files, image }) => [...files.map(rendered => ({ ...rendered, within: file(pool) })), ...image]),
    documents: pools.flatMap(({ pool, files, json }) => [
      { path: `pools/${pool}/node.bu`, content: yamlDocuments([butane(files, variant)], [`Nodes of pool ${pool}. Source of node.ign; merge your own snippets here.`]), readBy: 'butane' },
      { path: file(pool), content: json, readBy: 'Ignition of a new node' },
    ]),
    installGuide: ignitionGuide(artefacts, cluster, variant, pools.map(({ pool, bytes }) => ({ pool, bytes, file: file(pool) })), limit, imageSection(pools)),
  };
}
