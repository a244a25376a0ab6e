import { refuseManagedCluster } from '../bootstrap-forms';
import { cloudInitGuide } from './cloud-init-guide';
import { userData } from './user-data';
import { ClusterFacts } from '../../../cluster/cluster-facts';
import { Problems } from '../../../input/problems';
import { HostArtefacts } from '../../host-artefacts';
import { gzip } from '../gzip';
import { poolFiles } from '../pool-files';
import { RenderedDocument, RenderedTree } from '../rendered-file';
import { imageRemedy, imageSection, UserDataOptions, userDataLimit, withImageFiles } from '../user-data-options';

/** Choices for cloud-init. */
export interface CloudInitOptions extends UserDataOptions {}

const NAME = 'cloud-init';

/** User data of each pool's nodes. Machines of the control plane have names, keys and an order: they are not made by first boots. */
export function renderCloudInit(artefacts: HostArtefacts, cluster: ClusterFacts, options: CloudInitOptions): RenderedTree {
  refuseManagedCluster(cluster, NAME);
  const problems = new Problems(`installer ${NAME}`);
  const limit = userDataLimit(options, problems);
  const pools = withImageFiles(poolFiles(artefacts, cluster, NAME, problems), options, problems);
  problems.throwIfAny();
  const documents = pools.map(({ pool, files }) => {
    const text = userData(pool, files);
    const bytes = Buffer.byteLength(text);
    if (bytes <= limit) { return { pool, bytes, document: document(`pools/${pool}/user-data.yaml`, text) }; }
    const packed = gzip(text);
    problems.require(packed.length <= limit,
      `pool '${pool}': user data is ${bytes} bytes, ${packed.length} compressed, and the limit is ${limit}; ${imageRemedy(files)}`);
    return { pool, bytes: packed.length, document: document(`pools/${pool}/user-data.gz.b64`, `${packed.toString('base64')}\n`) };
  });
  problems.throwIfAny();
  return {
    files: pools.flatMap(({ files, image }, i) => [...files.map(file => ({ ...file, within: documents[i].document.path })), ...image]),
    documents: documents.map(entry => entry.document),
    installGuide: cloudInitGuide(artefacts, cluster, documents, limit, imageSection(pools)),
  };
}

function document(path: string, content: string): RenderedDocument {
  return { path, content, readBy: 'cloud-init of a new node' };
}
