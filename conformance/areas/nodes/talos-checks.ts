import * as fs from 'node:fs';
import * as path from 'node:path';
import { parse } from 'yaml';
import { talosForms } from './forms';
import { talosHome } from './talos-home';
import {
  TALOS, TALOS_COMPONENTS, TALOS_KUBELET_PLACES, TALOS_KUBELET_VALUES, TALOS_MANAGED_FILES, TALOS_OWNED_FLAGS, TALOS_PROTECTED_KUBELET_FIELDS,
} from '../../../src/catalogue/talos-configuration';
import { Check, failed, passed } from '../../check';
import { Scene } from '../../scene';

interface Verdict {
  readonly machine: string;
  readonly ok: boolean;
  readonly error?: string;
  readonly warnings?: string[];
  readonly documents?: any[];
}

/** What is compared of one machine: how many values were equal, and what was not. */
interface Comparison { equal: number; readonly problems: string[] }

/** Patches of every member, in the order of the guide. */
const CONTROL_PLANE = ['cluster.yaml', 'control-plane-before.yaml', 'control-plane.yaml'];

/** Documents that few clusters have: each of them is in the small one. */
const HOME_DOCUMENTS = ['RegistryMirrorConfig docker.io', 'RegistryMirrorConfig *', 'CRICustomizationConfig thousand-node', 'TimeSyncConfig', 'SysfsConfig', 'EtcFileConfig multipath.conf'];

/**
 * Talos' own generator, loader, patcher and validation. No machine has booted: what its controllers make of the documents (flags that they refuse are taken from their
 * source), whether a disk matches an expression, and what a kernel says to a setting is not seen.
 */
export const talosChecks: Check[] = [
  {
    id: 'talos-takes-the-patches',
    drill: '7',
    judge: 'component',
    component: 'talos-config-check',
    run: async scene => {
      const judged = await judge(scene, machines(talosForms(scene).talos));
      const refused = judged.filter(verdict => !verdict.ok || verdict.warnings !== undefined).map(({ machine, error, warnings }) => `${short(machine)}: ${error ?? warnings!.join()}`);
      const files = (fs.readdirSync(talosForms(scene).talos, { recursive: true }) as string[]).filter(file => file.endsWith('.yaml'));
      const used = new Set(machines(talosForms(scene).talos).flatMap(machine => machine.split('=')[1].split(',')));
      return refused.length === 0 && judged.length === 7 && used.size === files.length
        ? passed(`${files.length} patches of 3 members and 4 pools load strictly, merge and validate on metal and in a cloud, without a warning`, { patches: { value: files.length, unit: 'patches' }, machines: { value: judged.length, unit: 'machines' } })
        : failed(`${judged.length} machines, ${used.size} of ${files.length} patches; ${refused.join(' | ')}`.slice(0, 1500));
    },
  },
  {
    id: 'talos-takes-the-oldest-release-and-every-document',
    drill: '7',
    judge: 'component',
    component: 'talos-config-check',
    run: async scene => {
      const judged = await judge(scene, machines(talosHome(scene)));
      const refused = judged.filter(verdict => !verdict.ok || verdict.warnings !== undefined).map(({ machine, error, warnings }) => `${short(machine)}: ${error ?? warnings!.join()}`);
      const kinds = new Set(judged.flatMap(({ documents = [] }) => documents.map(({ kind, name }) => `${kind} ${name ?? ''}`.trim())));
      const missing = HOME_DOCUMENTS.filter(kind => !kinds.has(kind));
      return refused.length === 0 && judged.length === 2 && missing.length === 0
        ? passed(`Kubernetes 1.32, one member, two families of addresses; ${HOME_DOCUMENTS.join(', ')}`) : failed(`${[...refused, ...missing].join(' | ')}`.slice(0, 1500));
    },
  },
  {
    id: 'talos-kubelets-equal-the-configuration',
    drill: '7',
    judge: 'component',
    component: 'talos-config-check',
    run: async scene => summary((await judge(scene, machines(talosForms(scene).talos))).map(verdict => compareMachine(scene, verdict)), 7, 'fields, labels, taints and kernel settings of $ machines'),
  },
  {
    id: 'talos-component-flags-equal-the-manifests',
    drill: '7',
    judge: 'component',
    component: 'talos-config-check',
    run: async scene => {
      const members = (await judge(scene, machines(talosForms(scene).talos))).filter(verdict => verdict.machine.startsWith('controlplane='));
      return summary(members.map(verdict => compareComponents(scene, verdict)), 3, 'flags, images and files of API server, controller manager, scheduler and etcd on $ machines');
    },
  },
  {
    id: 'talos-tables-agree',
    drill: '7',
    judge: 'library',
    component: 'github.com/siderolabs/talos/pkg/machinery',
    run: async scene => {
      const flags = [...manifestFlags(scene, 'control-plane-a', 'kube-apiserver').keys(), 'anonymous-auth', 'oidc-issuer-url', 'authorization-webhook-config-file'];
      const files = ['hosts', 'resolv.conf', 'machine-id', 'kubernetes/kubelet.yaml', 'cri/conf.d/x', 'ssl/certs/x', 'multipath.conf', 'nfsmount.conf', 'sysctl.d/x', 'udev/rules.d/x'].map(name => `/etc/${name}`);
      const { stdout } = await scene.processes.run(scene.binaries['talos-config-check'].path, ['--facts', ...flags, ...files]);
      const facts = JSON.parse(stdout);
      const ours = {
        auditLogs: TALOS.auditLogs,
        apiServerSecrets: TALOS.apiServerSecrets,
        etcdHttpPort: TALOS.etcdHttpPort,
        etcdVersion: TALOS.etcd,
        kubeletImage: TALOS.kubeletImage,
        kubernetesMinors: Array.from({ length: TALOS.newestMinor - TALOS.oldestMinor + 1 }, (_, i) => TALOS.oldestMinor + i),
        protectedKubeletFields: TALOS_PROTECTED_KUBELET_FIELDS,
        refusedFiles: files.filter(file => TALOS_MANAGED_FILES.test(file)),
        reservedPorts: TALOS.reservedPorts,
      };
      const wrong = Object.entries(ours).filter(([name, value]) => canonical(Array.isArray(value) ? [...value].sort() : value) !== canonical(
        Array.isArray(facts[name]) ? [...facts[name]].sort() : facts[name],
      ));
      // Flags that its document refuses are Talos' own in our tables, or none that a description can have.
      const loose = facts.refusedFlags.filter((flag: string) => !TALOS_OWNED_FLAGS['kube-apiserver'].test(flag) && !/^(anonymous-auth|oidc-|authorization-webhook-)/.test(flag));
      return wrong.length + loose.length === 0 && facts.refusedFlags.length > 3
        ? passed(`${Object.keys(ours).length} facts and ${flags.length} flags of the API server`) : failed([...wrong.map(([name]) => `${name}: ${JSON.stringify(facts[name])}`), ...loose].join(', '));
    },
  },
  negative('misspelt-talos-key-refused', 'pools/general/patch.yaml', 'clusterDNS:', 'clusterDNZ:', /unknown keys found during decoding:[^]*clusterDNZ/),
  negative('protected-kubelet-field-refused', 'pools/general/patch.yaml', '  maxPods:', '  rotateCertificates: false\n  maxPods:', /kubelet configuration field "rotateCertificates" can't be overridden/),
  negative('talos-flag-of-another-document-refused', 'control-plane.yaml', '  allow-privileged:', '  anonymous-auth: "false"\n  allow-privileged:', /"anonymous-auth" is not allowed: use KubeAuthenticationConfig/),
  negative('release-that-talos-does-not-know-refused', 'pools/general/patch.yaml', /kubelet:v1\.\d+\.\d+/, 'kubelet:v1.38.0', /version of Kubernetes 1\.38\.0 is too new to be used with Talos/),
  negative('talos-control-plane-document-on-workers-refused', 'pools/general/patch.yaml', /$/, '---\napiVersion: v1alpha1\nkind: KubeCoreDNSConfig\nenabled: false\n', /only allowed on control plane machines: \[KubeCoreDNSConfig\]/),
];

/** A twin with one thing wrong in one patch, refused by Talos for that reason. */
function negative(id: string, file: string, text: string | RegExp, by: string, reason: RegExp): Check {
  return {
    id,
    drill: 'N7',
    judge: 'component',
    component: 'talos-config-check',
    run: async scene => {
      const place = path.join(talosForms(scene).talos, file);
      const before = fs.readFileSync(place, 'utf8');
      const changed = scene.file(`negative/${id}.yaml`, before.replace(text, by));
      const [machine] = machines(talosForms(scene).talos).filter(candidate => candidate.split('=')[1].split(',').includes(place));
      const [verdict] = await judge(scene, [machine.replace(place, changed)]);
      return fs.readFileSync(changed, 'utf8') !== before && !verdict.ok && reason.test(verdict.error!) ? passed(verdict.error!.replace(scene.folder, '').replace(/\s+/g, ' ').slice(0, 240)) : failed(JSON.stringify(verdict).slice(0, 800));
    },
  };
}

/** Every machine as the tool takes it. */
function machines(talos: string): string[] {
  const patched = (role: string, ...files: string[]) => `${role}=${files.map(file => path.join(talos, file)).join()}`;
  return [
    ...fs.readdirSync(path.join(talos, 'machines')).sort().map(name => patched('controlplane', ...CONTROL_PLANE, `machines/${name}/patch.yaml`)),
    ...fs.readdirSync(path.join(talos, 'pools')).sort().map(name => patched('worker', 'cluster.yaml', `pools/${name}/patch.yaml`)),
  ];
}

/** `machines/cp-a` or `pools/general`. */
function short(machine: string): string {
  return machine.split('/').slice(-3, -1).join('/');
}

async function judge(scene: Scene, all: string[]): Promise<Verdict[]> {
  const options = ['--print', '--cluster', 'shop', '--endpoint', 'https://api.shop.example.com:6443', '--kubernetes-version', '1.37.2'];
  const done = await scene.processes.run(scene.binaries['talos-config-check'].path, [...options, ...all]);
  return done.stdout.trim().split('\n').map(line => JSON.parse(line) as Verdict);
}

function summary(compared: Comparison[], machineCount: number, what: string) {
  const problems = compared.flatMap(result => result.problems);
  const equal = compared.reduce((sum, result) => sum + result.equal, 0);
  return problems.length === 0 && compared.length === machineCount && compared.every(result => result.equal > 20)
    ? passed(`${equal} values are those of the plain form: ${what.replace('$', String(machineCount))}; the others are Talos' own or named in install.md`, { values: { value: equal, unit: 'values equal to those of the plain form' } })
    : failed(`${compared.length} machines, ${equal} equal; ${problems.join(', ')}`.slice(0, 1500));
}

/** The merged documents of a machine beside the plain form's files. */
function compareMachine(scene: Scene, { machine, documents, error }: Verdict): Comparison {
  const folder = path.join(talosForms(scene).plain, short(machine));
  const read = (file: string) => fs.readFileSync(path.join(folder, file), 'utf8');
  const result: Comparison = { equal: 0, problems: error === undefined ? [] : [error] };
  const of = (kind: string) => (documents ?? []).find(document => document.kind === kind);
  const same = (name: string, given: unknown, wanted: unknown) => { if (canonical(given) === canonical(wanted)) { result.equal++; } else { result.problems.push(`${short(machine)} ${name}: ${canonical(given)} instead of ${canonical(wanted)}`); } };

  const { apiVersion, kind, registerWithTaints = [], ...configuration } = parse(read('var/lib/kubelet/config.yaml'));
  const kubelet = of('KubeletConfig');
  for (const [field, value] of Object.entries(configuration).filter(([name]) => !TALOS_KUBELET_PLACES.includes(name))) {
    if (TALOS_PROTECTED_KUBELET_FIELDS.includes(field)) {
      for (
        const [leaf, wanted] of leaves({ [field]: value } as object).filter(([name]) => !TALOS_KUBELET_PLACES.includes(name))
      ) { same(leaf, TALOS_KUBELET_VALUES[leaf], wanted); }
    } else {
      same(field, { clusterDNS: kubelet.clusterDNS, clusterDomain: of('KubeNetworkConfig').dnsDomain, ...kubelet.config }[field], value);
    }
  }
  const own = (key: string) => key === 'node-role.kubernetes.io/control-plane';
  const node = of('KubeNodeConfig');
  same('taints', [...Object.entries(node.taints ?? {}).map(([key, effect]) => ({ key, effect })), ...(kubelet.config.registerWithTaints ?? [])], registerWithTaints);
  const labels = /--node-labels=(\S+?)"?$/m.exec(read('etc/systemd/system/kubelet.service').replace(/ --/g, '\n--'))?.[1] ?? '';
  for (const [key, value] of labels.split(',').filter(label => label !== '').map(label => label.split('='))) { same(`label ${key}`, node.labels[key], value); }
  same('labels', Object.keys(node.labels).filter(key => !own(key) && key !== 'node.kubernetes.io/exclude-from-external-load-balancers').length, labels.split(',').filter(label => label !== '').length);

  const { params } = of('SysctlConfig');
  for (const [, key, value] of read('etc/sysctl.d/95-thousand-node.conf').matchAll(/^([a-z][^=\s]*) = (.*)$/gm)) {
    same(key, key === 'net.ipv4.ip_local_reserved_ports' ? params[key].replace(',50000,50001', '') : params[key], value);
  }
  return result;
}

/** Command lines, images and files of the plain form's static pods beside the merged documents. */
function compareComponents(scene: Scene, { machine, documents, error }: Verdict): Comparison {
  const { talos, plain } = talosForms(scene);
  const name = short(machine).split('/')[1];
  const guide = fs.readFileSync(path.join(talos, 'install.md'), 'utf8');
  const read = (file: string) => parse(fs.readFileSync(path.join(plain, 'machines', name, file), 'utf8'));
  const result: Comparison = { equal: 0, problems: error === undefined ? [] : [error] };
  const same = (what: string, given: unknown, wanted: unknown) => { if (canonical(given) === canonical(wanted)) { result.equal++; } else { result.problems.push(`${name} ${what}: ${canonical(given)} instead of ${canonical(wanted)}`); } };
  const of = (kind: string, title?: string) => (documents ?? []).find(document => document.kind === kind && (title === undefined || document.name === title));

  const { cluster } = (documents ?? []).find(document => document.cluster !== undefined);
  const components: Array<[string, string, any]> = [...Object.entries(TALOS_COMPONENTS).map(([component, kind]): [string, string, any] => [component, component, of(kind)]), ['etcd', 'etcd-main', cluster.etcd]];
  for (const [component, manifest, document] of components) {
    const wanted = manifestFlags(scene, name, manifest);
    same(`${component} image`, document.image, read(`etc/kubernetes/manifests/${manifest}.yaml`).spec.containers[0].image);
    for (const [flag, value] of wanted) {
      if (TALOS_OWNED_FLAGS[component].test(flag)) { continue; }
      const given = document.extraArgs?.[flag];
      // A path of Talos' pod, or a row of the guide: never silence.
      if (flag === 'kubelet-certificate-authority') { same(flag, given, `${TALOS.apiServerSecrets}/ca.crt`); continue; }
      if (guide.includes(`| ${component} | \`${flag}\` | ${value} |`) || (given === undefined && /^(feature-gates|watch-progress-notify-interval)$/.test(flag) && component === 'etcd')) { continue; }
      same(`${component} ${flag}`, given, value);
    }
    const added = Object.keys(document.extraArgs ?? {}).filter(flag => !wanted.has(flag) && flag !== 'terminated-pod-gc-threshold');
    if (added.length > 0) { result.problems.push(`${component}: the manifest has no ${added.join()}`); }
  }
  same('advertised', cluster.etcd.advertisedSubnets, [`${/https:\/\/([0-9.]+):/.exec(manifestFlags(scene, name, 'etcd-main').get('advertise-client-urls')!)![1]}/32`]);
  same('issuer', of('KubeServiceAccountConfig').issuer.issuerURL, manifestFlags(scene, name, 'kube-apiserver').get('service-account-issuer'));
  same('audit policy', of('KubeAuditPolicyConfig').configuration, read('etc/kubernetes/apiserver/audit-policy.yaml'));
  same('authentication', of('KubeAuthenticationConfig').configuration, read('etc/kubernetes/apiserver/authentication.yaml'));
  for (const { name: plugin, configuration } of read('etc/kubernetes/apiserver/admission.yaml').plugins) { same(`admission ${plugin}`, of('KubeAdmissionControlConfig', plugin)?.configuration, configuration); }
  const { apiVersion, kind, clientConnection: { kubeconfig, ...connection }, ...scheduler } = read('etc/kubernetes/control-plane/scheduler.yaml');
  same('scheduler', of('KubeSchedulerConfig').config, { ...scheduler, clientConnection: connection });
  same('no CNI, proxy and DNS of Talos', [of('KubeFlannelCNIConfig') ?? false, of('KubeProxyConfig').enabled, of('KubeCoreDNSConfig').enabled], [false, false, false]);
  same('ranges', [of('KubeNetworkConfig').podSubnets, of('KubeNetworkConfig').serviceSubnets], [['10.0.0.0/11'], ['10.96.0.0/16']]);
  return result;
}

function manifestFlags(scene: Scene, machine: string, manifest: string): Map<string, string> {
  const { spec } = parse(fs.readFileSync(path.join(talosForms(scene).plain, 'machines', machine, 'etc/kubernetes/manifests', `${manifest}.yaml`), 'utf8'));
  return new Map((spec.containers[0].command as string[]).map(flag => /^--([^=]+)=(.*)$/s.exec(flag)).filter(match => match !== null).map(([, flag, value]) => [flag, value]));
}

/** Fields by path, objects opened, lists whole. */
function leaves(value: object, prefix = ''): Array<[string, unknown]> {
  return Object.entries(value).flatMap(([name, inner]): Array<[string, unknown]> => (typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? leaves(inner, `${prefix}${name}.`) : [[`${prefix}${name}`, inner]]));
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) { return `[${value.map(canonical).join()}]`; }
  if (typeof value !== 'object' || value === null) { return JSON.stringify(value) ?? 'nothing'; }
  return `{${Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => `${key}:${canonical(item)}`).join()}}`;
}
