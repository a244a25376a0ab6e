import { Duration } from 'cdk8s';

/** How a balancer checks an API server: HTTPS `GET /readyz`, and 200 as the answer. */
export interface ApiBalancerCheck {
  /**
   * Time between two checks of one server.
   *
   * @default - derived, see `api-server/balancer-check-interval`
   */
  readonly checkInterval?: Duration;

  /**
   * Failed checks until nobody is sent to a server.
   *
   * @default - derived, see `api-server/balancer-check-failures`
   */
  readonly checkFailures?: number;
}

/** haproxy on every control-plane machine. */
export interface HaproxyOptions extends ApiBalancerCheck {
  /**
   * Tag of the image `docker.io/library/haproxy`, or of that repository in your mirror. The configuration is for 2.6 and newer.
   *
   * @default 3.2.25
   */
  readonly imageTag?: string;

  /**
   * Most connections of one machine's haproxy; clients beyond that wait.
   *
   * @default - every client of every machine, twice
   */
  readonly maxConnections?: number;
}

/** What spreads clients over the API servers, and how soon it sees that one goes. */
export class ApiBalancer {
  /**
   * A load balancer that you run, at `controlPlane.endpoint`. Tell how it checks: a server that stops has to answer until the balancer noticed, else a rolling
   * restart costs every client a failed request.
   */
  public static external(check: ApiBalancerCheck = {}): ApiBalancer {
    return new ApiBalancer(check, undefined);
  }

  /**
   * haproxy as a static pod on every control-plane machine, at the port of `controlPlane.endpoint`, which must not be the API server's own. The endpoint's
   * name has the addresses of all these machines in DNS; Kubernetes' clients try one after the other. Nothing moves an address from a lost machine: with a
   * name of several addresses nothing has to, and a routed address (BGP, ECMP) works as well.
   */
  public static haproxy(options: HaproxyOptions = {}): ApiBalancer {
    return new ApiBalancer(options, options);
  }

  private constructor(
    /** @internal */
    public readonly _check: ApiBalancerCheck,
    /** @internal */
    public readonly _haproxy: HaproxyOptions | undefined,
  ) {}
}
