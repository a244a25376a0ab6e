import { admissionPluginProblem } from './admission-plugins';
import { gateProblem } from './feature-gates';
import { FlagKind } from './flag-table';

// A right name with a wrong value stops a component as surely as an unknown name. These are the values a user reaches through extraFlags whose
// grammar or vocabulary upstream checks at start, or that undo what the construct is for.

type ValueCheck = (value: string, version: string, component: string) => string | undefined;

const WATCH_CACHE_ENTRY = /^[a-z][a-z0-9.-]*#\d+$/;

const CHECKS: { readonly [flag: string]: ValueCheck } = {
  'feature-gates': (value, version, component) => first(value, entry => {
    const match = /^([A-Za-z][A-Za-z0-9]*)=(true|false)$/.exec(entry);
    return match ? gateProblem(match[1], version, match[2] === 'true', component) : `entries are Name=true or Name=false, got '${entry}'`;
  }),
  'enable-admission-plugins': (value, version) => first(value, plugin => admissionPluginProblem(plugin, version)),
  'disable-admission-plugins': (value, version) => first(value, plugin => (plugin === 'NodeRestriction'
    ? '\'NodeRestriction\' must stay on: without it a kubelet may change every other node' : admissionPluginProblem(plugin, version))),
  // Source: AS@22 pkg/server/options/etcd.go. A size has had no effect since before 1.22; only resource#0, cache off, has.
  'watch-cache-sizes': value => first(value, entry => (WATCH_CACHE_ENTRY.test(entry) ? undefined
    : `entries are resource[.group]#size, got '${entry}'; caches size themselves, so leave the flag out`)),
  'authorization-mode': value => (value.split(',').includes('AlwaysAllow')
    ? '\'AlwaysAllow\' gives every client every right; use Node,RBAC' : undefined),
};

/** Components whose gates and plugins are Kubernetes' own; etcd and the autoscaler have others under the same flag name. */
const KUBERNETES = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet'];

const NUMBER_WITH_UNIT = /^[-+]?(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$|^0$/;

/** How Go's flag package reads a value of each kind; lists, maps and strings take anything. */
const KINDS: { readonly [kind in FlagKind]?: { readonly fits: RegExp; readonly example: string } } = {
  integer: { fits: /^-?\d+$/, example: 'a whole number such as 30' },
  float: { fits: /^-?\d+(\.\d+)?$/, example: 'a number such as 0.001' },
  boolean: { fits: /^(true|false)$/, example: 'true or false' },
  duration: { fits: NUMBER_WITH_UNIT, example: 'a duration such as 30m or 1h0m0s' },
};

/** Why a value is not of the flag's kind, in one sentence; undefined when it is. */
export function flagKindProblem(flag: string, kind: FlagKind, value: string): string | undefined {
  const expected = KINDS[kind];
  return expected === undefined || expected.fits.test(value) ? undefined : `'${flag}' must be ${expected.example}, got '${value}'`;
}

/** Why `version` of a component would refuse a flag's value, or why it must not be set; undefined when nothing speaks against it. */
export function flagValueProblem(component: string, version: string, flag: string, value: string): string | undefined {
  if (!KUBERNETES.includes(component) || !Object.hasOwn(CHECKS, flag)) { return undefined; }
  const problem = CHECKS[flag](value, version, component);
  return problem === undefined ? undefined : `'${flag}': ${problem}`;
}

function first(list: string, check: (entry: string) => string | undefined): string | undefined {
  return list.split(',').map(check).find(problem => problem !== undefined);
}
