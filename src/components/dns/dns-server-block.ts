import { Duration } from 'cdk8s';
import { CorefilePlugin } from './corefile-plugin';
import { ForwardOptions } from './forwarding';

/** Zones whose names resolvers of somebody else answer. */
export interface ForwardedZones extends ForwardOptions {
  /** Zones such as `corp.example.com`, or `16.172.in-addr.arpa` for names by address. */
  readonly zones: string[];

  /** Their resolvers: addresses, with `:port` where it is not 53 (853 with TLS). At most 15. */
  readonly servers: string[];

  /**
   * Longest time that an answer is kept.
   *
   * @default - derived, see `dns/cache-ttl`
   * @see plugin `cache`
   */
  readonly cacheTtl?: Duration;
}

/** Zones with names that stand in the Corefile. */
export interface ListedHosts {
  /** Zones such as `registry.example.com`; what is listed must lie in them. */
  readonly zones: string[];

  /** Addresses by name. */
  readonly records: { [name: string]: string[] };

  /**
   * Time that clients may keep an answer. Whole seconds.
   *
   * @default - derived, see `dns/ttl`
   * @see option `ttl` of plugin `hosts`
   */
  readonly ttl?: Duration;
}

/** A block of plugins for some zones. */
export interface ServerBlockPlugins {
  /** Zones such as `example.com`. */
  readonly zones: string[];

  /** Plugins. `errors` and `prometheus` are added where they are missing, since alerts count on them. */
  readonly plugins: CorefilePlugin[];
}

/**
 * Zones that CoreDNS answers beside those of the cluster. Caches of the nodes ask CoreDNS for them, so a zone is described in one place.
 *
 * The zones of the cluster itself and `.` belong to the construct.
 */
export class DnsServerBlock {
  /** Names that other resolvers answer: a stub domain. */
  public static forward(zones: ForwardedZones): DnsServerBlock {
    return new DnsServerBlock(zones.zones, zones, undefined, undefined);
  }

  /**
   * Names with addresses that stand in the Corefile, such as those of private endpoints. Other names of the zones are asked for at `upstreamServers`:
   * plugin `hosts` alone would answer SERVFAIL for them.
   */
  public static hosts(hosts: ListedHosts): DnsServerBlock {
    return new DnsServerBlock(hosts.zones, undefined, hosts, undefined);
  }

  /** Any plugins. Names of plugins and options are checked against the CoreDNS version: an unknown word is a crash loop of every replica. */
  public static of(block: ServerBlockPlugins): DnsServerBlock {
    return new DnsServerBlock(block.zones, undefined, undefined, block.plugins);
  }

  private constructor(
    /** Zones of the block. */
    public readonly zones: string[],
    /** @internal */
    public readonly _forward: ForwardedZones | undefined,
    /** @internal */
    public readonly _hosts: ListedHosts | undefined,
    /** @internal */
    public readonly _plugins: CorefilePlugin[] | undefined,
  ) {}
}
