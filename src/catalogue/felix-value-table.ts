import { FelixValueTable } from './felix-value-row';

/**
 * Values of enumerations of FelixConfiguration and their defaults, from the Calico version on in which they changed; Felix does not look at capitals.
 *
 * Source: projectcalico/calico at v3.22.0, v3.24.0, v3.26.1, v3.28.0, v3.29.0, v3.30.0, v3.31.0, v3.32.0,
 * felix/config/config_params.go parsed, not built. Only versions that a Kubernetes release is paired with.
 *
 * Extracted 2026-11-23 by `npx tsx conformance/catalogue/felix-parameters.ts`.
 */
export const FELIX_VALUES = {
  awsSrcDstCheck: [{ from: '3.22.0', values: ['DoNothing', 'Enable', 'Disable'], byDefault: 'DoNothing' }],
  bpfAttachType: [{ from: '3.31.0', values: ['TCX', 'TC'], byDefault: 'TCX' }],
  bpfCTLBLogFilter: [{ from: '3.28.0', values: ['all'], byDefault: '' }],
  bpfConnectTimeLoadBalancing: [{ from: '3.28.0', values: ['TCP', 'Enabled', 'Disabled'], byDefault: 'TCP' }],
  bpfConntrackLogLevel: [{ from: '3.30.0', values: ['off', 'debug'], byDefault: 'off' }],
  bpfEnforceRPF: [
    { from: '3.24.0', values: ['Disabled', 'Strict'], byDefault: 'Strict' },
    { from: '3.26.1', values: ['Disabled', 'Strict', 'Loose'], byDefault: 'Loose' },
  ],
  bpfExternalServiceMode: [{ from: '3.22.0', values: ['tunnel', 'dsr'], byDefault: 'tunnel' }],
  bpfHostNetworkedNATWithoutCTLB: [{ from: '3.28.0', values: ['Enabled', 'Disabled'], byDefault: 'Enabled' }],
  bpfJITHardening: [{ from: '3.31.0', values: ['Auto', 'Strict'], byDefault: 'Auto' }],
  bpfLogLevel: [{ from: '3.22.0', values: ['off', 'info', 'debug'], byDefault: 'off' }],
  bpfMapSizeConntrackScaling: [{ from: '3.30.0', values: ['Disabled', 'DoubleIfFull'], byDefault: 'DoubleIfFull' }],
  bpfProfiling: [{ from: '3.30.0', values: ['Disabled', 'Enabled'], byDefault: 'Disabled' }],
  bpfRedirectToPeer: [
    { from: '3.29.0', values: ['Disabled', 'Enabled', 'L2Only'], byDefault: 'L2Only' },
    { from: '3.32.0', values: ['Disabled', 'Enabled', 'L2Only'], byDefault: 'Enabled' },
  ],
  chainInsertMode: [{ from: '3.22.0', values: ['insert', 'append'], byDefault: 'insert' }],
  defaultEndpointToHostAction: [{ from: '3.22.0', values: ['DROP', 'RETURN', 'ACCEPT'], byDefault: 'DROP' }],
  floatingIPs: [{ from: '3.24.0', values: ['Enabled', 'Disabled'], byDefault: 'Disabled' }],
  flowLogsLocalReporter: [{ from: '3.31.0', values: ['Enabled', 'Disabled'], byDefault: 'Disabled' }],
  flowLogsPolicyEvaluationMode: [{ from: '3.30.0', values: ['None', 'Continuous'], byDefault: 'Continuous' }],
  ipForwarding: [{ from: '3.29.0', values: ['Enabled', 'Disabled'], byDefault: 'Enabled' }],
  iptablesBackend: [{ from: '3.22.0', values: ['legacy', 'nft', 'auto'], byDefault: 'auto' }],
  iptablesFilterAllowAction: [{ from: '3.22.0', values: ['ACCEPT', 'RETURN'], byDefault: 'ACCEPT' }],
  iptablesFilterDenyAction: [{ from: '3.26.1', values: ['DROP', 'REJECT'], byDefault: 'DROP' }],
  iptablesMangleAllowAction: [{ from: '3.22.0', values: ['ACCEPT', 'RETURN'], byDefault: 'ACCEPT' }],
  istioAmbientMode: [{ from: '3.32.0', values: ['Disabled', 'Enabled'], byDefault: 'Disabled' }],
  logSeverityFile: [
    { from: '3.22.0', values: ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'FATAL'], byDefault: 'INFO' },
    { from: '3.31.0', values: ['TRACE', 'DEBUG', 'INFO', 'WARNING', 'ERROR', 'FATAL'], byDefault: 'INFO' },
  ],
  logSeverityScreen: [
    { from: '3.22.0', values: ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'FATAL'], byDefault: 'INFO' },
    { from: '3.31.0', values: ['TRACE', 'DEBUG', 'INFO', 'WARNING', 'ERROR', 'FATAL'], byDefault: 'INFO' },
  ],
  logSeveritySys: [
    { from: '3.22.0', values: ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'FATAL'], byDefault: 'INFO' },
    { from: '3.31.0', values: ['TRACE', 'DEBUG', 'INFO', 'WARNING', 'ERROR', 'FATAL'], byDefault: 'INFO' },
  ],
  natOutgoingExclusions: [{ from: '3.31.0', values: ['IPPoolsOnly', 'IPPoolsAndHostIPs'], byDefault: 'IPPoolsOnly' }],
  nftablesFilterAllowAction: [{ from: '3.29.0', values: ['ACCEPT', 'RETURN'], byDefault: 'ACCEPT' }],
  nftablesFilterDenyAction: [{ from: '3.29.0', values: ['DROP', 'REJECT'], byDefault: 'DROP' }],
  nftablesMangleAllowAction: [{ from: '3.29.0', values: ['ACCEPT', 'RETURN'], byDefault: 'ACCEPT' }],
  nftablesMode: [
    { from: '3.29.0', values: ['Enabled', 'Disabled'], byDefault: 'Disabled' },
    { from: '3.32.0', values: ['Enabled', 'Disabled', 'Auto'], byDefault: 'Auto' },
  ],
  programClusterRoutes: [{ from: '3.31.0', values: ['Enabled', 'Disabled'], byDefault: 'Disabled' }],
  prometheusMetricsClientAuth: [
    { from: '3.32.0', values: ['RequireAndVerifyClientCert', 'RequireAnyClientCert', 'VerifyClientCertIfGiven', 'NoClientCert'], byDefault: 'RequireAndVerifyClientCert' },
  ],
  routeSource: [{ from: '3.22.0', values: ['WorkloadIPs', 'CalicoIPAM'], byDefault: 'CalicoIPAM' }],
  serviceLoopPrevention: [{ from: '3.22.0', values: ['Drop', 'Reject', 'Disabled'], byDefault: 'Drop' }],
  windowsManageFirewallRules: [{ from: '3.28.0', values: ['Enabled', 'Disabled'], byDefault: 'Disabled' }],
  workloadSourceSpoofing: [{ from: '3.24.0', values: ['Disabled', 'Any'], byDefault: 'Disabled' }],
} as const satisfies FelixValueTable;
