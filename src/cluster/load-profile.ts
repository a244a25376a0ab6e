import { LOAD_FIGURES, LoadFigure, LoadFigureName } from './load-figures';
import { numberProblem } from '../input/numbers';
import { Problems } from '../input/problems';

/**
 * What runs on the cluster. Every figure has a sourced default that follows the fleet; measure yours and set them, since sizes of etcd, API
 * server, monitoring and logging follow. Totals are meant for the final size.
 */
export interface LoadProfileProps {
  /** Pods per node on average. @default 30 */
  readonly podsPerNode?: number;
  /** Services in total. @default - 1 for 18 pods, at most 10,000 */
  readonly services?: number;
  /** Services that select one pod, on average. @default 2 */
  readonly servicesPerPod?: number;
  /** Endpoints of the largest Service. @default 250 */
  readonly largestService?: number;
  /** Namespaces in total. @default - 1 for 100 pods, at most 10,000 */
  readonly namespaces?: number;
  /** ConfigMaps in total. @default - 10 per namespace */
  readonly configMaps?: number;
  /** Secrets in total. @default - 10 per namespace */
  readonly secrets?: number;
  /** Custom objects in total, without those of the network. @default - 1 for 10 pods */
  readonly customObjects?: number;
  /** Bytes of a pod as stored; measure the bytes of a LIST by its items. @default 4000 */
  readonly podBytes?: number;
  /** Bytes of a node as stored. @default 15000 */
  readonly nodeBytes?: number;
  /** Bytes of an average ConfigMap. @default 3000 */
  readonly configMapBytes?: number;
  /** Bytes of an average Secret. @default 3000 */
  readonly secretBytes?: number;
  /** Bytes of an average custom object. @default 4000 */
  readonly customObjectBytes?: number;
  /** Pods created per second on average; as many end. @default - each pod once an hour, at most 20 */
  readonly podChurn?: number;
  /** Events of one pod's life. @default 5 */
  readonly eventsPerPodChange?: number;
  /** Bytes of an event as stored. @default 1000 */
  readonly eventBytes?: number;
  /** How many times the pods of an ordinary hour the largest planned peak has. @default 3 */
  readonly peakFactor?: number;
  /** Programs of yours on every node that ask the API server. @default 2 */
  readonly agentsPerNode?: number;
  /** Requests per second of one such program. @default - one a minute */
  readonly requestsPerAgent?: number;
  /** Log bytes per second of one pod. @default 1024 */
  readonly logBytesPerPod?: number;
  /** Active time series of one pod, container metrics included. @default 100 */
  readonly seriesPerPod?: number;
  /** HorizontalPodAutoscalers in total. @default - 1 for 72 pods */
  readonly hpas?: number;
  /** Different images in use. @default - 1 for 72 pods, at least 50 */
  readonly images?: number;
  /** Bytes of one pull. @default 150000000 */
  readonly imageBytes?: number;
  /** Images that a new node pulls. @default - 10 and 1 for 3 pods */
  readonly imagesPerNode?: number;
  /** DNS queries per second of one pod, those of the search list included. @default 5 */
  readonly dnsQueriesPerPod?: number;
  /** Tracked connections of a busy pod. @default 2000 */
  readonly connectionsPerPod?: number;
}

/** Values of a profile by figure, sizes in bytes. */
type Values = { readonly [name in LoadFigureName]?: number };

/**
 * What a kind of business puts on a cluster. Proposals to begin with: no public figures exist; measure and replace.
 *
 * | preset    | what is special                                                                                |
 * | commerce  | a promotion brings ten times the pods within minutes; many autoscalers, chatty services        |
 * | streaming | few, long connections with much traffic; images are large, pods live long                      |
 * | trading   | little churn, much logging that must not be lost, few pods per node                            |
 * | training  | few large pods per node, huge images, many custom objects and events, no autoscaled Deployment |
 * | iot       | many small pods, very many connections each, one configuration per tenant                      |
 */
const PRESETS: { readonly [name: string]: Values } = {
  commerce: { peakFactor: 10, podChurn: 20, dnsQueriesPerPod: 20, logBytesPerPod: 4096, servicesPerPod: 3 },
  streaming: { podsPerNode: 20, peakFactor: 4, connectionsPerPod: 5000, imageBytes: 500_000_000, logBytesPerPod: 2048, dnsQueriesPerPod: 2 },
  trading: { podsPerNode: 15, peakFactor: 2, podChurn: 1, logBytesPerPod: 8192, dnsQueriesPerPod: 1, hpas: 20 },
  training: {
    podsPerNode: 8,
    peakFactor: 1,
    podChurn: 2,
    imageBytes: 8_000_000_000,
    imagesPerNode: 12,
    eventsPerPodChange: 8,
    hpas: 0,
    podBytes: 12_000,
    seriesPerPod: 200,
    connectionsPerPod: 500,
  },
  iot: {
    podsPerNode: 60,
    peakFactor: 3,
    podBytes: 3000,
    connectionsPerPod: 4000,
    seriesPerPod: 60,
    logBytesPerPod: 512,
    dnsQueriesPerPod: 1,
    imageBytes: 80_000_000,
  },
};

/** The load that a cluster is planned for. */
export class LoadProfile {
  /**
   * Your own figures; what is left out follows the fleet.
   *
   * @throws with every figure that cannot be
   */
  public static of(props: LoadProfileProps = {}): LoadProfile {
    return new LoadProfile('custom', {}, props);
  }

  /** An online shop: a promotion brings ten times the pods of an ordinary hour. */
  public static commerce(props: LoadProfileProps = {}): LoadProfile { return LoadProfile.preset('commerce', props); }

  /** Video and audio: few, long connections with much traffic. */
  public static streaming(props: LoadProfileProps = {}): LoadProfile { return LoadProfile.preset('streaming', props); }

  /** Trading: few pods that hardly change, and a log of everything. */
  public static trading(props: LoadProfileProps = {}): LoadProfile { return LoadProfile.preset('trading', props); }

  /** Training of models: few large pods per node, huge images. */
  public static training(props: LoadProfileProps = {}): LoadProfile { return LoadProfile.preset('training', props); }

  /** Devices: many small pods with very many connections each. */
  public static iot(props: LoadProfileProps = {}): LoadProfile { return LoadProfile.preset('iot', props); }

  private static preset(name: string, props: LoadProfileProps): LoadProfile {
    return new LoadProfile(name, PRESETS[name], props);
  }

  /** Name of the preset, or `custom`. */
  public readonly name: string;
  private readonly presetValues: Values;
  private readonly givenValues: Values;

  private constructor(name: string, preset: Values, props: LoadProfileProps) {
    const problems = new Problems('load');
    const unknown = Object.keys(props).filter(key => !Object.prototype.hasOwnProperty.call(LOAD_FIGURES, key));
    for (const key of unknown) { problems.add(`${key} is no figure of a load profile; figures are ${Object.keys(LOAD_FIGURES).join(', ')}`); }
    const values: { [figure: string]: number } = {};
    for (const [field, figure] of Object.entries<LoadFigure>(LOAD_FIGURES)) {
      const value: number | undefined = (props as { [name: string]: number | undefined })[field];
      if (value === undefined) { continue; }
      values[field] = value;
      problems.add(numberProblem(field, values[field], figure));
    }
    problems.throwIfAny();
    this.name = name;
    this.presetValues = preset;
    this.givenValues = values;
  }

  /** The user's value. @internal */
  public _given(figure: LoadFigureName): number | undefined { return this.givenValues[figure]; }

  /** The preset's value. @internal */
  public _preset(figure: LoadFigureName): number | undefined { return this.presetValues[figure]; }
}
