import { dirname } from 'path';
import { KOPS_ADMISSION_PLUGINS, KOPS_COMPONENTS, KOPS_FLAG_FIELDS, KOPS_OWNED_ETCD_FLAGS, KOPS_OWNED_FLAGS, KOPS_RINGS, kopsEtcdVariable, KopsFlagField } from '../../../catalogue/kops-flags';
import { Problems } from '../../../input/problems';
import { HostArtefacts } from '../../host-artefacts';

/** A component of a machine, whoever runs it. */
interface Running {
  readonly machine: string;
  readonly component: string;
  readonly name: string;
  readonly flags: Array<{ readonly name: string; readonly value: string }>;
  readonly cpu: string;
  readonly memory: string;
  readonly env: { [name: string]: string };
}

/** Something that no field of kOps carries. */
export interface NotCarried { readonly component: string; readonly what: string; readonly value: string; readonly why: string }

/** The control plane as kOps has it. */
export interface ControlPlaneSpec {
  /** Fields of a Cluster. */
  readonly spec: { readonly [field: string]: unknown };
  readonly notCarried: NotCarried[];
  /** Files that flags name, by path. */
  readonly files: string[];
  /** The scheduler's configuration file. */
  readonly schedulerConfiguration?: string;
  /** Machines with API server and etcd, in order. */
  readonly machines: string[];
}

/** API server, controller manager, scheduler and rings of etcd in the fields of a Cluster. */
export function controlPlaneSpec(artefacts: HostArtefacts, problems: Problems): ControlPlaneSpec {
  const running: Running[] = [
    ...artefacts.staticPods.map(({ target, props }) => ({ ...props, machine: target.name, cpu: props.cpuRequest, memory: props.memoryRequest })),
    ...artefacts.services.map(({ target, props }) => ({ ...props, machine: target.name, env: {} })),
  ];
  const notCarried: NotCarried[] = [];
  const spec: { [field: string]: unknown } = {};
  const files: string[] = [];
  let schedulerConfiguration: string | undefined;
  for (const [component, place] of Object.entries(KOPS_COMPONENTS)) {
    const all = running.filter(item => item.component === component);
    if (all.length === 0) { problems.add(`there is no ${component} in this tree, and kOps runs the control plane itself; use Installer.cloudInit() or Installer.ignition() for nodes alone`); continue; }
    const [first] = all;
    const fields: { [field: string]: unknown } = { cpuRequest: first.cpu, memoryRequest: first.memory };
    const missing = (what: string, value: string, why: string) => notCarried.push({ component, what, value, why });
    const directory = directoryOf(first);
    for (const { name, value } of first.flags) {
      if (name === 'authorization-mode') { problems.require(value === 'Node,RBAC', `${component}: kOps authorizes by Node,RBAC, not by ${value}; use Installer.kubeadm()`); }
      if (KOPS_OWNED_FLAGS.test(name) || name === 'authorization-mode') { continue; }
      refuseDifference(first, name, all, problems);
      const row = KOPS_FLAG_FIELDS[component][name];
      if (name === 'config') {
        schedulerConfiguration = value;
      } else if (name === 'enable-admission-plugins') {
        fields.appendAdmissionPlugins = value.split(',').filter(plugin => !KOPS_ADMISSION_PLUGINS.includes(plugin));
      } else if (name === 'encryption-provider-config') {
        spec.encryptionConfig = true;
      } else if (name === 'authentication-config') {
        refuseIssuers(artefacts, value, problems);
        missing(name, value, 'no anonymous requests at all; probes go through a helper of kOps');
      } else if (row === undefined) {
        missing(name, value, reason(name));
      } else if (/-file$/.test(name) && dirname(value) !== directory) {
        missing(name, value, 'not read: kOps shows the API server no folder but that of the audit policy');
      } else {
        fields[row.field] = typed(row, value);
        if (/-file$/.test(name)) { files.push(value); }
      }
    }
    for (const [name, value] of Object.entries(first.env)) {
      if (component === 'kube-apiserver') { fields.env = [...(fields.env as object[] | undefined ?? []), { name, value }]; } else { missing(name, value, 'no field for its environment: unset'); }
    }
    spec[place] = fields;
  }
  const machines = [...new Set(running.filter(item => item.component === 'kube-apiserver').map(item => item.machine))];
  spec.etcdClusters = rings(running.filter(item => item.component === 'etcd'), machines, notCarried, problems);
  return { spec, notCarried, files, schedulerConfiguration, machines };
}

/** The rings that kOps makes, with a member in each group of the control plane. */
function rings(members: Running[], machines: string[], notCarried: NotCarried[], problems: Problems): object[] {
  const names = [...new Set(members.map(member => member.name))].sort().reverse();
  for (const name of names.filter(ring => KOPS_RINGS[ring] === undefined)) { problems.add(`${name}: kOps makes rings for main and events only; use Installer.kubeadm()`); }
  problems.require(names.includes('etcd-main'), 'there is no ring of etcd in this tree, and kOps runs its own; use Installer.kubeadm() for an etcd that exists already');
  return names.filter(name => KOPS_RINGS[name] !== undefined).map(name => {
    const ring = members.filter(member => member.name === name);
    const odd = ring.map(member => member.machine).sort().join() !== [...machines].sort().join();
    problems.require(!odd, `${name}: kOps has a member of every ring on every machine of the control plane; use Installer.kubeadm() for machines of its own`);
    problems.require(ring.length % 2 === 1, `${name}: kOps wants an odd number of members, not ${ring.length}`);
    const env = ring[0].flags.filter(flag => !KOPS_OWNED_ETCD_FLAGS.test(flag.name));
    for (const { name: flag } of env) { refuseDifference(ring[0], flag, ring, problems); }
    for (const [variable, value] of Object.entries(ring[0].env)) { notCarried.push({ component: name, what: variable, value, why: 'etcd-manager hands on what starts with ETCD_ alone: unset' }); }
    return {
      name: KOPS_RINGS[name],
      cpuRequest: ring[0].cpu,
      memoryRequest: ring[0].memory,
      etcdMembers: ring.map(({ machine }) => ({ name: machine, instanceGroup: machine, encryptedVolume: true })),
      manager: { env: env.map(({ name: flag, value }) => ({ name: kopsEtcdVariable(flag), value })) },
    };
  });
}

/** Folder that the API server of kOps sees beside its keys. */
function directoryOf({ flags }: Running): string | undefined {
  const policy = flags.find(flag => flag.name === 'audit-policy-file')?.value;
  return policy === undefined ? undefined : dirname(policy);
}

function refuseIssuers(artefacts: HostArtefacts, path: string, problems: Problems): void {
  const content = artefacts.files.find(file => file.path === path)?.content ?? '';
  problems.require(/^jwt: \[\]$/m.test(content) || !/^jwt:/m.test(content), 'kube-apiserver: kOps writes --anonymous-auth, which the API server refuses beside a file that has issuers and says who may be anonymous; use Installer.kubeadm()');
}

function reason(flag: string): string {
  if (flag === 'kubelet-certificate-authority') { return 'kOps sets none: certificates of kubelets are not checked by the API server'; }
  return `${flag.startsWith('leader-elect-') ? 'kOps replaces it' : 'no field'}: the default of the component`;
}

function typed({ type }: KopsFlagField, value: string): unknown {
  switch (type) {
    case 'integer': return Number(value);
    case 'boolean': return value === 'true';
    case 'list': return value.split(',');
    case 'map': return Object.fromEntries(value.split(',').map(pair => pair.split('=')));
    default: return value;
  }
}

function refuseDifference(first: Running, flag: string, all: Running[], problems: Problems): void {
  const given = all.map(item => item.flags.filter(candidate => candidate.name === flag).map(candidate => candidate.value).join());
  const odd = given.findIndex(value => value !== given[0]);
  if (odd !== -1 || first.flags.filter(candidate => candidate.name === flag).length > 1) {
    problems.add(`${first.name} on ${all[Math.max(odd, 0)].machine}: '${flag}' has another value or stands twice; kOps has one value for all machines, use Installer.plain()`);
  }
}
