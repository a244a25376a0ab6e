import { Fleet } from '../cluster/fleet';
import { Amount, Confidence, derived, Derivation } from '../derivation/derivation';

/** What paces the pulls of nodes that join at the same time. */
export interface JoinProps {
  readonly fleet: Fleet;
  /** Part of the ids that says who joins: a pool, or `all-nodes`. */
  readonly place: string;
  /** Nodes that join at the same time. */
  readonly nodes: Amount;
  /** `kubelet/<pool>/max-parallel-image-pulls`. */
  readonly parallelPulls: Amount;
  /** `kubelet/<pool>/registry-pull-qps`. @default 5 */
  readonly registryQps?: Amount;
  /** `kubelet/<pool>/registry-burst`. @default 10 */
  readonly registryBurst?: Amount;
  /** Gbit/s of the registry and of the way to it. @default 10 */
  readonly registryGigabits?: Amount;
  /** Gbit/s of one node. @default 10 */
  readonly nodeGigabits?: Amount;
}

/** Image traffic of a mass join. */
export interface JoinLoad {
  /** GB that all nodes together pull. */
  readonly volume: Derivation;
  /** Seconds until the last node has the images without which it runs no pod. */
  readonly firstImages: Derivation;
  /** Seconds until the last node has all images. */
  readonly allImages: Derivation;
  /** Pulls per second that the registry sees on average until then. */
  readonly pullRate: Derivation;
  /** Pulls that are open at the registry at one time. */
  readonly openPulls: Derivation;
  /** All of the above with what they rest on. */
  readonly derivations: Derivation[];
}

/** Pulls per second and burst of one kubelet. Source: KK:pkg/kubelet/apis/config/v1beta1/defaults.go (registryPullQPS 5, registryBurst 10). */
const REGISTRY_QPS = 5;
const REGISTRY_BURST = 10;

/** Pause and CNI: nothing runs on a node before them. calico-node and its CNI plugin are the larger part; a proposal. */
const FIRST_IMAGES = 3;
const FIRST_BYTES = 250_000_000;

/**
 * Image traffic when nodes join at the same time and have nothing. The slowest of three paces a pull: the registry, which all nodes share; the
 * node's own link; the kubelet's rate of 5 pulls a second after a burst of 10. The images that come first are counted first, since a registry
 * that is busy with large images keeps new nodes from getting their network.
 *
 * | nodes x 20 images of 150 MB, 10 Gbit/s | 1   | 40  | 200 | 1,200 |
 * | GB                                     | 3   | 120 | 600 | 3,600 |
 * | pause and CNI (250 MB)                 | 1 s | 8 s | 40 s | 240 s |
 * | all images                             | 3 s | 96 s | 480 s | 2,880 s |
 * | pulls per second                       | 6.7 | 8.3 | 8.3 | 8.3   |
 * | open pulls, 5 at a time                | 5   | 200 | 1,000 | 6,000 |
 *
 * A cache in the cluster's network, or images on the machine image, take the registry out of the first two rows.
 */
export function joinLoad(props: JoinProps): JoinLoad {
  const { fleet, place, nodes, parallelPulls, registryQps = REGISTRY_QPS, registryBurst = REGISTRY_BURST, registryGigabits = 10, nodeGigabits = 10 } = props;
  const { imagesPerNode, imageBytes } = fleet;
  const join = (id: string, unit: string, words: string, expression: string, inputs: { [name: string]: Amount }): Derivation =>
    derived({ id: `join/${place}/${id}`, unit, words, expression, inputs, source: 'KK:pkg/kubelet/apis/config/v1beta1/defaults.go; proposal', confidence: Confidence.ESTIMATE });
  const volume = join('volume', 'GB', 'every image on every node', 'ceil(nodes * imagesPerNode * imageBytes / 1000000000)', { nodes, imagesPerNode, imageBytes });
  const firstImages = join('first-images', 's', 'pause and CNI on all nodes by the link of the registry, or of one node', 'ceil(firstBytes * 8 / 1000000000 * max(nodes / registryGigabits, 1 / nodeGigabits))', {
    firstBytes: FIRST_BYTES, nodes, registryGigabits, nodeGigabits,
  });
  const byRegistry = join('by-registry', 's', 'all bytes through the link of the registry', 'nodes * imagesPerNode * imageBytes * 8 / (registryGigabits * 1000000000)', { nodes, imagesPerNode, imageBytes, registryGigabits });
  const byNode = join('by-node', 's', 'the bytes of one node through its link', 'imagesPerNode * imageBytes * 8 / (nodeGigabits * 1000000000)', { imagesPerNode, imageBytes, nodeGigabits });
  const byRate = join('by-rate', 's', 'images beyond the burst of a kubelet', 'max(0, imagesPerNode + firstImages - burst) / pullRate', { imagesPerNode, firstImages: FIRST_IMAGES, burst: registryBurst, pullRate: registryQps });
  const paces = { byRegistry, byNode, byRate };
  const allImages = join('all-images', 's', 'the slowest of registry, link and rate of a node', 'ceil(max(byRegistry, byNode, byRate))', paces);
  const pullRate = join('pull-rate', 'pulls/s', 'pulls of all nodes over that time', 'nodes * imagesPerNode / max(1, allImages)', { nodes, imagesPerNode, allImages });
  const openPulls = join('open-pulls', 'pulls', 'images that all nodes pull at a time', 'nodes * min(parallelPulls, imagesPerNode)', { nodes, parallelPulls, imagesPerNode });
  const derivations = [volume, firstImages, byRegistry, byNode, byRate, allImages, pullRate, openPulls];
  return { volume, firstImages, allImages, pullRate, openPulls, derivations };
}
