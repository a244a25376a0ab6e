import { ForwardOptions } from './forwarding';
import { corefileAccepts } from '../../catalogue/coredns-plugins';
import { CorefileDirective } from '../../formats/corefile';
import { goDuration } from '../../formats/go-duration';

/** Options of `forward` that have a prop of their own, with the prop. */
export const FORWARD_PROPS: { readonly [option: string]: keyof ForwardOptions } = {
  policy: 'policy',
  tls_servername: 'tlsServerName',
  force_tcp: 'forceTcp',
  prefer_udp: 'preferUdp',
  max_concurrent: 'maxConcurrent',
  health_check: 'healthCheckInterval',
  max_fails: 'maxFails',
  failover: 'failoverOn',
};

const FAIL_FAST = 'failfast_all_unhealthy_upstreams';

/** Numbers that a forward has when nobody says otherwise. */
export interface ForwardDefaults {
  readonly coreDns: string;
  readonly maxConcurrent: number;
  /** Whether stale answers stand in for an upstream that is gone. */
  readonly serveStale: boolean;
}

/** Plugin `forward` for the names of a server block. */
export function forwardDirective(servers: string[], options: ForwardOptions, defaults: ForwardDefaults): CorefileDirective {
  const tls = options.tlsServerName;
  const when = (condition: unknown, name: string, ...args: Array<string | number>): CorefileDirective[] => (
    condition === undefined || condition === false ? [] : [{ name, args }]
  );
  const own = options.options ?? [];
  // With a stale answer at hand nobody has to wait for an upstream that is known to be gone.
  const failFast = defaults.serveStale && corefileAccepts(defaults.coreDns, 'forward', FAIL_FAST) && !own.some(option => option.name === FAIL_FAST);
  return {
    name: 'forward',
    args: ['.', ...servers.map(server => (tls === undefined ? server : `tls://${server}`))],
    body: [
      ...when(options.policy, 'policy', options.policy ?? ''),
      ...when(tls, 'tls_servername', tls ?? ''),
      ...when(options.forceTcp, 'force_tcp'),
      ...when(options.preferUdp, 'prefer_udp'),
      { name: 'max_concurrent', args: [options.maxConcurrent ?? defaults.maxConcurrent] },
      ...when(options.healthCheckInterval, 'health_check', options.healthCheckInterval ? goDuration(options.healthCheckInterval) : ''),
      ...when(options.maxFails, 'max_fails', options.maxFails ?? 0),
      ...when(options.failoverOn, 'failover', ...(options.failoverOn ?? [])),
      ...when(failFast, FAIL_FAST),
      ...own.map(({ name, args }) => ({ name, args })),
    ],
  };
}
