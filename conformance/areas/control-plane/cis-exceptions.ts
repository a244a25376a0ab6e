/** An automated check of the CIS benchmark that the reference cluster fails on purpose. */
export interface CisException {
  readonly id: string;
  readonly title: string;
  /** Why the check is not followed. */
  readonly reason: string;
  /** What protects the same thing instead. */
  readonly instead: string;
}

/** Everything else that the benchmark checks automatically has to pass; an exception that passes has to go. */
export const CIS_EXCEPTIONS: CisException[] = [
  {
    id: '1.1.12',
    title: 'data directory of etcd belongs to etcd:etcd',
    reason: 'etcd runs as root in a static pod, as upstream\'s image and kubeadm have it; no user etcd exists on the machine, and a directory of that user would not be root\'s own any more',
    instead: 'the directory is root\'s with mode 0700 (check 1.1.11), the pod drops every capability and may not gain privileges',
  },
  {
    id: '1.2.30',
    title: '--service-account-extend-token-expiration=false',
    reason: 'upstream\'s default: a pod that reads its token once at start would be refused after one hour, and on a large cluster somebody always runs such a client',
    instead: 'tokens end with their pod all the same; serviceaccount_stale_tokens_total names who still needs the year, and once it stays at 0 extraFlags switches the extension off',
  },
  {
    id: '1.3.7',
    title: 'controller manager listens on 127.0.0.1 only',
    reason: 'Prometheus on another machine scrapes it; behind a loopback address its queues and client waits, which decide over a large cluster, are not seen',
    instead: 'every path but health wants a certificate or token that the API server authenticates and authorizes: a request without one is refused, which the drill asks of the running process',
  },
  {
    id: '1.4.1',
    title: 'scheduler with --profiling=false',
    reason: 'the flag is deprecated and has no effect next to --config; the benchmark reads command lines only',
    instead: 'the configuration file says enableProfiling: false, and the drill asks the running scheduler: /debug/pprof/ is not there',
  },
  {
    id: '1.4.2',
    title: 'scheduler listens on 127.0.0.1 only',
    reason: 'as 1.3.7: its queues and attempts are scraped from another machine',
    instead: 'as 1.3.7',
  },
];
