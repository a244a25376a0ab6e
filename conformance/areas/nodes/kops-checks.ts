import * as fs from 'node:fs';
import * as path from 'node:path';
import { parse } from 'yaml';
import { kopsForms } from './forms';
import { KOPS_FLAG_FIELDS, KOPS_OWNED_FLAGS, KopsFlagType } from '../../../src/catalogue/kops-flags';
import { KOPS_KUBELET_FIELDS } from '../../../src/catalogue/kops-kubelet-fields';
import { Check, failed, passed } from '../../check';
import { Scene } from '../../scene';

interface Verdict {
  readonly file: string;
  readonly kind: string;
  readonly name: string;
  readonly ok: boolean;
  readonly error?: string;
  readonly object?: any;
  readonly flags?: { readonly [component: string]: string[] };
}

interface SpecField { readonly field: string; readonly flag?: string; readonly type: string }

const TYPES: { readonly [type in KopsFlagType]: string[] } = {
  integer: ['int32', 'int64'], boolean: ['bool'], string: ['string'], duration: ['v1.Duration'], quantity: ['resource.Quantity'], list: ['[]string'], map: ['map[string]string'],
};

/** Flags of the kubelet whose names differ from the words of their field. Source: cmd/kubelet/app/options/options.go of 1.33. */
const FLAGS: { readonly [field: string]: string } = {
  'authentication.anonymous.enabled': 'anonymous-auth',
  'authentication.webhook.enabled': 'authentication-token-webhook',
  'authorization.mode': 'authorization-mode',
  'eventRecordQPS': 'event-qps',
  'imageGCHighThresholdPercent': 'image-gc-high-threshold',
  'imageGCLowThresholdPercent': 'image-gc-low-threshold',
  'podPidsLimit': 'pod-max-pids',
};

/** Flags that other fields of a Cluster or another object stand for. */
const ELSEWHERE = ['authorization-mode', 'config', 'enable-admission-plugins', 'encryption-provider-config'];

/**
 * The types and the validation of kOps itself, and the command lines that its code makes of the fields. No machine has booted: what nodeup lays down and what AWS
 * says to types, images and subnets is not seen, nor what strict validation demands after kOps has filled in its defaults.
 */
export const kopsChecks: Check[] = [
  {
    id: 'kops-takes-the-documents',
    drill: '10',
    judge: 'component',
    component: 'kops-document-check',
    run: async scene => {
      const judged = await judge(scene, ...files(scene));
      const refused = judged.filter(verdict => !verdict.ok).map(verdict => `${verdict.kind} ${verdict.name}: ${verdict.error}`);
      const kinds = judged.map(verdict => verdict.kind).sort().join();
      return refused.length === 0 && kinds === 'Cluster,InstanceGroup,InstanceGroup,InstanceGroup,InstanceGroup,InstanceGroup,KubeSchedulerConfiguration'
        ? passed(`${judged.length} documents decoded strictly and validated by kOps`) : failed(`${kinds}; ${refused.join(' | ')}`.slice(0, 1500));
    },
  },
  {
    id: 'kops-kubelet-flags-equal-the-configuration',
    drill: '10',
    judge: 'component',
    component: 'kops-document-check',
    run: async scene => {
      const groups = (await judge(scene, ...files(scene))).filter(verdict => verdict.kind === 'InstanceGroup');
      const compared = groups.map(group => compareKubelet(scene, group));
      const problems = compared.flatMap(result => result.problems);
      const equal = compared.reduce((sum, result) => sum + result.equal, 0);
      return problems.length === 0 && groups.length === 5 && equal > 100
        ? passed(`${equal} values of ${groups.length} kubelets are those of the plain form; the others are named in install.md`) : failed(`${groups.length} groups, ${equal} equal; ${problems.join(', ')}`.slice(0, 1500));
    },
  },
  {
    id: 'kops-component-flags-equal-the-manifests',
    drill: '10',
    judge: 'component',
    component: 'kops-document-check',
    run: async scene => {
      const made = (await judge(scene, ...files(scene))).find(verdict => verdict.kind === 'Cluster')!.flags!;
      const compared = Object.keys(KOPS_FLAG_FIELDS).map(component => compareFlags(scene, component, made[component]));
      const problems = compared.flatMap(result => result.problems);
      const equal = compared.reduce((sum, result) => sum + result.equal, 0);
      return problems.length === 0 && equal > 20 ? passed(`${equal} flags of ${compared.length} components are those of the plain form; the others are kOps' own or named in install.md`) : failed(`${equal} equal; ${problems.join(', ')}`.slice(0, 1500));
    },
  },
  {
    id: 'kops-field-tables-agree',
    drill: '10',
    judge: 'library',
    component: 'types of k8s.io/kops v1.33.1',
    run: async scene => {
      const { stdout } = await scene.processes.run(scene.binaries['kops-document-check'].path, ['--fields']);
      const types = JSON.parse(stdout) as { [component: string]: SpecField[] };
      const wrong = Object.entries(KOPS_FLAG_FIELDS).flatMap(([component, rows]) => Object.entries(rows)
        .filter(([flag, row]) => !types[component].some(known => known.field === row.field && known.flag === flag && TYPES[row.type].includes(known.type)))
        .map(([flag]) => `${component} ${flag}`));
      const unknown = Object.values(KOPS_KUBELET_FIELDS).filter(row => !types.kubelet.some(({ field }) => field === row.field)).map(row => `kubelet ${row.field}`);
      const rows = Object.values(KOPS_FLAG_FIELDS).reduce((sum, table) => sum + Object.keys(table).length, Object.keys(KOPS_KUBELET_FIELDS).length);
      return [...wrong, ...unknown].length === 0 ? passed(`${rows} rows name fields of the types, with their flags and types`) : failed([...wrong, ...unknown].join(', '));
    },
  },
  {
    id: 'misspelt-kops-field-refused',
    drill: 'N10',
    judge: 'component',
    component: 'kops-document-check',
    run: async scene => {
      const refused = await changed(scene, 'instance-group.yaml', 'maxPods:', 'maxPodz:');
      return refused.length === 2 && refused.every(verdict => verdict.error!.includes('unknown field "spec.kubelet.maxPodz"')) ? passed(refused[0].error!) : failed(JSON.stringify(refused).slice(0, 800));
    },
  },
  {
    id: 'kops-ranges-over-machines-refused',
    drill: 'N10',
    judge: 'component',
    component: 'kops-document-check',
    run: async scene => {
      const refused = await changed(scene, 'cluster.yaml', 'nonMasqueradeCIDR: 10.0.0.0/9', 'nonMasqueradeCIDR: 172.16.0.0/12');
      return refused.length === 1 && refused[0].error!.includes('cannot overlap with networkCIDR') ? passed(refused[0].error!.slice(0, 300)) : failed(JSON.stringify(refused).slice(0, 800));
    },
  },
];

function files(scene: Scene): string[] {
  const { kops } = kopsForms(scene);
  return ['cluster.yaml', 'control-plane.yaml', ...fs.readdirSync(path.join(kops, 'pools')).sort().map(pool => `pools/${pool}/instance-group.yaml`)].map(file => path.join(kops, file));
}

async function judge(scene: Scene, ...documents: string[]): Promise<Verdict[]> {
  const done = await scene.processes.run(scene.binaries['kops-document-check'].path, ['--print', ...documents]);
  return done.stdout.trim().split('\n').map(line => JSON.parse(line) as Verdict);
}

/** What is refused once a text is replaced in files of a name. */
async function changed(scene: Scene, end: string, text: string, by: string): Promise<Verdict[]> {
  const documents = files(scene).map((file, i) => (file.endsWith(end) ? scene.file(`negative/kops-${i}.yaml`, fs.readFileSync(file, 'utf8').replace(text, by)) : file));
  return (await judge(scene, ...documents)).filter(verdict => !verdict.ok);
}

/** Each field of the plain form's configuration: the same on kOps' command line, or in its own file, or named in the guide. */
function compareKubelet(scene: Scene, { name, object, flags }: Verdict): { equal: number; problems: string[] } {
  const { kops, plain } = kopsForms(scene);
  const guide = fs.readFileSync(path.join(kops, 'install.md'), 'utf8');
  const folder = object.spec.role === 'Node' ? `pools/${name}` : `machines/${name}`;
  const { apiVersion, kind, ...configuration } = parse(fs.readFileSync(path.join(plain, folder, 'var', 'lib', 'kubelet', 'config.yaml'), 'utf8'));
  const given = new Map(flags!.kubelet.map(flag => /^--([^=]+)=(.*)$/s.exec(flag)!).map(([, flag, value]) => [flag, value]));
  const problems: string[] = [];
  let equal = 0;
  for (const [field, value] of leaves(configuration, '')) {
    const carried = given.get(FLAGS[field] ?? kebab(field)) ?? object.spec.kubelet[field];
    if (field === 'registerWithTaints') { if (taints(value).join() !== (object.spec.taints ?? []).join()) { problems.push(`${name} taints`); } continue; }
    if (carried === undefined && guide.includes(`\`${field}\``)) { continue; }
    if (carried !== undefined && canonical(carried) === canonical(value)) { equal++; } else { problems.push(`${name} ${field}: ${canonical(carried)} instead of ${canonical(value)}`); }
  }
  return { equal, problems };
}

/** Each flag of the plain form's manifest: the same on kOps' command line, or kOps' own, or named in the guide; and none that the manifest lacks. */
function compareFlags(scene: Scene, component: string, made: string[]): { equal: number; problems: string[] } {
  const { kops, plain } = kopsForms(scene);
  const guide = fs.readFileSync(path.join(kops, 'install.md'), 'utf8');
  const manifest = parse(fs.readFileSync(path.join(plain, 'machines', 'control-plane-a', 'etc', 'kubernetes', 'manifests', `${component}.yaml`), 'utf8'));
  const split = (flags: string[]) => new Map(flags.map(flag => /^--([^=]+)=(.*)$/s.exec(flag)).filter(match => match !== null).map(([, flag, value]) => [flag, value]));
  const [wanted, given] = [split(manifest.spec.containers[0].command), split(made)];
  // What kOps' code prints for a port and a log level that nobody gave.
  const problems = [...given.keys()].filter(flag => !wanted.has(flag) && !['secure-port', 'v'].includes(flag)).map(flag => `${component} ${flag} is not in the manifest`);
  let equal = 0;
  for (const [flag, value] of [...wanted].filter(([name]) => name !== 'secure-port')) {
    if (canonical(given.get(flag) ?? '') === canonical(value)) { equal++; } else if (given.has(flag)) { problems.push(`${component} ${flag}: ${given.get(flag)} instead of ${value}`); } else if (!KOPS_OWNED_FLAGS.test(flag) && !ELSEWHERE.includes(flag) && !guide.includes(`| ${component} | \`${flag}\` |`)) {
      problems.push(`${component} ${flag} is lost`);
    }
  }
  return { equal, problems };
}

/** Taints as kOps writes them; those of roles are its own. */
function taints(value: any): string[] {
  return value.filter((taint: any) => !taint.key.startsWith('node-role.kubernetes.io/')).map((taint: any) => `${taint.key}=${taint.value ?? ''}:${taint.effect}`);
}

function leaves(value: any, before: string): Array<[string, any]> {
  return Object.entries<any>(value).flatMap(([name, item]): Array<[string, any]> => (/^(authentication|authorization)\b/.test(before + name) && typeof item === 'object' ? leaves(item, `${before}${name}.`) : [[before + name, item]]));
}

function kebab(field: string): string {
  return field.replace(/([A-Z]+)/g, (_, letters: string) => `-${letters.toLowerCase()}`);
}

/** One text for a value, whatever notation carries it. */
function canonical(value: any): string {
  if (Array.isArray(value)) { return [...value].sort().join(); }
  if (typeof value === 'object' && value !== null) { return Object.entries(value).map(([name, item]) => `${name}=${item}`).sort().join(); }
  const text = String(value);
  const duration = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text);
  if (text !== '' && duration) { return `${Number(duration[1] ?? 0) * 3600 + Number(duration[2] ?? 0) * 60 + Number(duration[3] ?? 0)} s`; }
  return text.replace(/</g, '=').split(',').sort().join();
}
