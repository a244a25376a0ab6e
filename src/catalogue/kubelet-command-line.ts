import { inRange, VersionRange } from './version-range';

/**
 * What a kubelet has to be told on its command line because its configuration file cannot say it in that release. Everything else that
 * both can say belongs into the file.
 *
 * Source: cmd/kubelet/app/options/options.go and staging/src/k8s.io/kubelet/config/v1beta1/types.go of each minor.
 */
export const KUBELET_COMMAND_LINE_ONLY = {
  /** Without it 1.22 and 1.23 start Docker; the only value from 1.24 on is `remote`, the flag is gone in 1.27. */
  'container-runtime': { removed: '1.24' },
  /** Field containerRuntimeEndpoint from 1.27 on; 1.24 and 1.25 have no default. */
  'container-runtime-endpoint': { removed: '1.27' },
  /** Field registerWithTaints from 1.23 on. */
  'register-with-taints': { removed: '1.23' },
  /** Never became fields. */
  'node-labels': {},
  'node-ip': {},
} as const satisfies { [flag: string]: VersionRange };

/** Whether a kubelet of `version` needs the flag. */
export function neededOnCommandLine(flag: keyof typeof KUBELET_COMMAND_LINE_ONLY, version: string): boolean {
  return inRange(version, KUBELET_COMMAND_LINE_ONLY[flag]);
}
