import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** One declaration as printed by upstream/flags.go. */
export interface Declaration {
  readonly file: string;
  readonly function: string;
  readonly name: string;
  readonly method: string;
  readonly value?: string;
  readonly usage?: string;
  readonly deprecated?: string;
}

/** Values of `Var`, by the expression that makes them. */
const VALUE_KINDS: readonly (readonly [RegExp, string])[] = [
  [/NewMapString|ConfigurationMap|NewLangle|RuntimeConfig|bindableNodeLabels|featureGate|^f$|NewColonSeparated/, 'map'],
  [/NewNamedCertKeyArray|TaintsVar|ReservedMemoryVar|VModule|vmodule/i, 'list'],
  [/NewUniqueURLs|NewUniqueStrings|NewStringsValue/, 'list'],
  [/NewUint32Value/, 'integer'],
  [/clusterState|fallback|cf\.proxy|v2deprecation|DetectLocalMode|config\.Mode/, 'string'],
  [/IPVar|IPPortVar|PortRange|PortRangeVar|DynamicConfigDir|InfoBufferSize/, 'string'],
  [/Verbosity/, 'integer'],
];

/** Flags whose declaration does not show the kind: registered from a global flag set, or an own value type. */
export const KINDS: { readonly [flag: string]: string } = {
  'application-metrics-count-limit': 'integer',
  'docker-only': 'boolean',
  'docker-tls': 'boolean',
  'enable-load-reader': 'boolean',
  'log-cadvisor-usage': 'boolean',
  'storage-driver-secure': 'boolean',
  'global-housekeeping-interval': 'duration',
  'housekeeping-interval': 'duration',
  'storage-driver-buffer-duration': 'duration',
  'default-not-ready-toleration-seconds': 'integer',
  'default-unreachable-toleration-seconds': 'integer',
  'cloud-provider-gce-lb-src-cidrs': 'list',
  'cloud-provider-gce-l7lb-src-cidrs': 'list',
  'feature-gates': 'map',
  'runtime-config': 'map',
  'stderrthreshold': 'string',
  'alsologtostderrthreshold': 'string',
  'log-backtrace-at': 'string',
  'v': 'integer',
  'vmodule': 'list',
  'version': 'string',
};

/** All flags that some Go files declare. */
export function declarations(paths: readonly string[]): Declaration[] {
  const output = execFileSync('go', ['run', join(__dirname, 'upstream/flags.go'), '--', ...paths], { encoding: 'utf8', maxBuffer: 300e6 });
  return JSON.parse(output) ?? [];
}

/** Kind of a flag, from the method that declares it. */
export function kindOf(name: string, declaration: Declaration): string {
  const method = declaration.method.replace(/VarP?$/, '').replace(/^(String|Bool|Int|Duration)P$/, '$1');
  if (method === 'multiStringFlag') { return 'list'; }
  if (/^(StringSlice|StringArray|Int32Slice|IntSlice|Strings)$/.test(method)) { return 'list'; }
  if (method === 'StringToString') { return 'map'; }
  if (/^(String|IP|IPNet|Text)$/.test(method)) { return 'string'; }
  if (/^(Int|Uint)/.test(method)) { return 'integer'; }
  if (/^Float/.test(method)) { return 'float'; }
  if (method === 'Bool') { return 'boolean'; }
  if (method === 'Duration') { return 'duration'; }
  if (KINDS[name] !== undefined) { return KINDS[name]; }
  for (const [pattern, kind] of VALUE_KINDS) {
    if (declaration.value !== undefined && pattern.test(declaration.value)) { return kind; }
  }
  if (/^(register|pflagRegister|registerDeprecated|Register)$/.test(declaration.method)) { return 'string'; }
  throw new Error(`kind of ${name} is unknown: ${JSON.stringify(declaration)}`);
}

