import { refuseManagedCluster } from '../bootstrap-forms';
import { butane, ignition } from './butane';
import { ignitionGuide } from './ignition-guide';
import { IgnitionVariant } from './ignition-variant';
import { ClusterFacts } from '../../../cluster/cluster-facts';
import { yamlDocuments } from '../../../formats/yaml-document';
import { Problems } from '../../../input/problems';
import { HostArtefacts } from '../../host-artefacts';
import { poolFiles } from '../pool-files';
import { RenderedTree } from '../rendered-file';
import { userDataLimit } from '../user-data-limit';

/** Choices for Ignition. */
export interface IgnitionOptions {
  /**
   * Operating system of the nodes.
   *
   * @default IgnitionVariant.FLATCAR
   */
  readonly variant?: IgnitionVariant;

  /**
   * Most bytes that the cloud takes as user data, before its base64. A larger configuration is refused.
   *
   * Unit: bytes.
   *
   * @default 16384, the limit of AWS
   */
  readonly userDataLimit?: number;
}

const NAME = 'ignition';

/** Butane and Ignition of each pool's nodes. */
export function renderIgnition(artefacts: HostArtefacts, cluster: ClusterFacts, options: IgnitionOptions): RenderedTree {
  refuseManagedCluster(cluster, NAME);
  const variant = options.variant ?? IgnitionVariant.FLATCAR;
  const problems = new Problems(`installer ${NAME}`);
  const limit = userDataLimit(options.userDataLimit, problems);
  const all = poolFiles(artefacts, cluster, NAME, problems);
  problems.throwIfAny();
  const pools = all.map(({ pool, files }) => {
    for (const file of files.filter(candidate => variant.readOnlyFolders.some(folder => candidate.path.startsWith(folder)))) {
      problems.add(`pool '${pool}': ${file.path} cannot be written on ${variant.name}, where that folder is read-only; use Installer.cloudInit() or Installer.plain() with another system`);
    }
    const json = `${JSON.stringify(ignition(files, variant))}\n`;
    const bytes = Buffer.byteLength(json);
    problems.require(bytes <= limit,
      `pool '${pool}': the Ignition configuration is ${bytes} bytes and the limit is ${limit}; serve it by URL (ignition.config.replace) and set userDataLimit, or use Installer.cloudInit(), which compresses all of it`);
    return { pool, files, json, bytes };
  });
  problems.throwIfAny();
  const file = (pool: string) => `pools/${pool}/node.ign`;
  return {
    files: pools.flatMap(({ pool, files }) => files.map(rendered => ({ ...rendered, within: file(pool) }))),
    documents: pools.flatMap(({ pool, files, json }) => [
      { path: `pools/${pool}/node.bu`, content: yamlDocuments([butane(files, variant)], [`Nodes of pool ${pool}. Source of node.ign; merge your own snippets here.`]), readBy: 'butane' },
      { path: file(pool), content: json, readBy: 'Ignition of a new node' },
    ]),
    installGuide: ignitionGuide(artefacts, cluster, variant, pools.map(({ pool, bytes }) => ({ pool, bytes, file: file(pool) })), limit),
  };
}
