import { Duration } from 'cdk8s';
import { wholeNumberProblem } from '../input/numbers';
import { Problems } from '../input/problems';

/** Times of a profile of your own. */
export interface NodeTimersProps {
  /**
   * How often a kubelet renews its lease. Each renewal is a write of etcd: half of it doubles the largest part of what an idle cluster writes.
   *
   * @default - 10 s
   * @see field `nodeLeaseDurationSeconds` of KubeletConfiguration, of which the kubelet takes a quarter
   */
  readonly heartbeat?: Duration;

  /**
   * How long a node may stay silent before it counts as lost: at least four heartbeats.
   *
   * @default - 50 s
   * @see flag `node-monitor-grace-period` of kube-controller-manager
   */
  readonly grace?: Duration;

  /**
   * How long pods stay bound to a lost node, unless they say so themselves.
   *
   * @default - 5 minutes
   * @see flags `default-not-ready-toleration-seconds` and `default-unreachable-toleration-seconds` of kube-apiserver
   */
  readonly podsStay?: Duration;
}

/** Heartbeat, grace and stay of upstream in seconds. Source: KK (nodeLeaseDurationSeconds 40, renewed at a quarter; node-monitor-grace-period 50s from 1.32; tolerations 300). */
const UPSTREAM = { heartbeat: 10, grace: 50, podsStay: 300 };

/** After how long a client notices a dead connection unless it is told otherwise: without a frame, then without an answer. Source: apimachinery pkg/util/net/http.go. */
const CONNECTION = { readIdle: 30, ping: 15 };

/** How often the controller manager looks unless it is told otherwise. */
const MONITOR_SECONDS = 5;

/**
 * How soon a silent node counts as lost and its pods go elsewhere. Kubelet, controller manager and API server have one part of it each, and they have to
 * agree: a profile sets all of them.
 *
 * | profile  | heartbeat | lost after | pods go after | writes at 1,200 nodes |
 * | standard | 10 s      | 50 s       | 350 s         | 120/s                 |
 * | quick    | 5 s       | 20 s       | 50 s          | 240/s                 |
 * | patient  | 20 s      | 120 s      | 180 s         | 60/s                  |
 *
 * Source: upstream's defaults; quick and patient after kubernetes-sigs/kubespray docs/advanced/kubernetes-reliability.md, which counts status writes of the
 * time before leases.
 */
export class NodeTimers {
  /** Upstream's times. */
  public static standard(): NodeTimers {
    return new NodeTimers({});
  }

  /** Pods of a lost node go elsewhere within a minute, for twice the heartbeats. A hiccup of 20 s empties nodes: for networks that have none. */
  public static quick(): NodeTimers {
    return new NodeTimers({ heartbeat: Duration.seconds(5), grace: Duration.seconds(20), podsStay: Duration.seconds(30) });
  }

  /** Half of the heartbeats; a node may be away for two minutes. For thousands of nodes or a network that is sometimes slow. */
  public static patient(): NodeTimers {
    return new NodeTimers({ heartbeat: Duration.seconds(20), grace: Duration.minutes(2), podsStay: Duration.minutes(1) });
  }

  /**
   * Times of your own.
   *
   * @throws with everything that does not go together
   */
  public static of(props: NodeTimersProps): NodeTimers {
    return new NodeTimers(props);
  }

  /** Seconds between two renewals of a node's lease. */
  public readonly heartbeatSeconds: number;
  /** Seconds of silence after which a node counts as lost. */
  public readonly graceSeconds: number;
  /** Seconds that pods stay bound to a lost node. */
  public readonly podsStaySeconds: number;

  private constructor(props: NodeTimersProps) {
    const problems = new Problems('nodeTimers');
    const of = (time: Duration | undefined, upstream: number) => time?.toSeconds({ integral: false }) ?? upstream;
    this.heartbeatSeconds = of(props.heartbeat, UPSTREAM.heartbeat);
    this.graceSeconds = of(props.grace, UPSTREAM.grace);
    this.podsStaySeconds = of(props.podsStay, UPSTREAM.podsStay);
    problems.add(wholeNumberProblem('heartbeat', this.heartbeatSeconds, { min: 1, max: 60, why: 'seconds' }));
    problems.add(wholeNumberProblem('grace', this.graceSeconds, { min: 8, max: 600, why: 'seconds' }));
    problems.add(wholeNumberProblem('podsStay', this.podsStaySeconds, { min: 0, max: 86_400, why: 'seconds' }));
    problems.require(!(this.graceSeconds < 4 * this.heartbeatSeconds),
      `grace ${this.graceSeconds} s must be at least four heartbeats of ${this.heartbeatSeconds} s, or a single slow write makes a node lost; raise it or lower heartbeat`);
    problems.throwIfAny();
  }

  /** Seconds that a lease is valid: the kubelet renews at a quarter. */
  public get leaseSeconds(): number {
    return 4 * this.heartbeatSeconds;
  }

  /** Seconds between two looks of the controller manager: a tenth of the grace where that is less than upstream's five. */
  public get monitorSeconds(): number {
    return Math.max(1, Math.min(MONITOR_SECONDS, Math.floor(this.graceSeconds / 10)));
  }

  /** Whether kubelets have to notice dead connections sooner than their client does by itself, so that they reconnect before their node is lost. */
  public get noticesSooner(): boolean {
    return this.graceSeconds <= CONNECTION.readIdle + CONNECTION.ping;
  }

  /** Seconds without a frame after which a kubelet asks whether its connection is alive. */
  public get readIdleSeconds(): number {
    return this.noticesSooner ? Math.max(1, Math.floor(0.4 * this.graceSeconds)) : CONNECTION.readIdle;
  }

  /** Seconds without an answer after which it opens another one. */
  public get pingSeconds(): number {
    return this.noticesSooner ? Math.max(1, Math.floor(0.2 * this.graceSeconds)) : CONNECTION.ping;
  }

  /** Whether these are upstream's times: then nothing is written. */
  public get isStandard(): boolean {
    return this.heartbeatSeconds === UPSTREAM.heartbeat && this.graceSeconds === UPSTREAM.grace && this.podsStaySeconds === UPSTREAM.podsStay;
  }
}
