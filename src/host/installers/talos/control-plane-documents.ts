import { basename } from 'path';
import { admissionPlugins, embedded } from './embedded-text';
import { TALOS, TALOS_COMPONENTS, TALOS_FIXED_FLAGS, TALOS_LOWERED_DEFAULTS, TALOS_OWNED_FLAGS, TALOS_REPLACED_FLAGS, TALOS_SAME_VALUES } from '../../../catalogue/talos-configuration';
import { ClusterFacts } from '../../../cluster/cluster-facts';
import { AUTHORITY_FOLDERS, HOST_PATHS } from '../../../cluster/host-paths';
import { HOST_PORTS } from '../../../cluster/ports';
import { yamlDocuments } from '../../../formats/yaml-document';
import { Problems } from '../../../input/problems';
import { HostArtefacts } from '../../host-artefacts';
import { StaticPod, StaticPodProps } from '../../static-pod';

/** Something that no document of Talos carries. */
export interface NotCarried { readonly component: string; readonly what: string; readonly value: string; readonly why: string }

/** The control plane as Talos has it. */
export interface ControlPlaneDocuments {
  /** What is the same on all machines, as text of several documents. */
  readonly text: string;
  /** Documents of Talos' own that go first: a list of theirs would keep its items beside ours. */
  readonly replaced: object[];
  readonly notCarried: NotCarried[];
  /** Files of the machines that have become documents. */
  readonly files: string[];
  readonly machines: string[];
}

/** Folders of a static pod that Talos has in a place of its own. */
const MOUNTS: readonly string[] = [
  HOST_PATHS.pki, HOST_PATHS.apiServerConfig, HOST_PATHS.auditLogs, HOST_PATHS.controlPlaneConfig, ...Object.values(AUTHORITY_FOLDERS),
];

/** A value that names a file of the machine. */
const FILE = /^\/(etc|opt|run|srv|usr|var)\//;

/** API server, controller manager, scheduler, etcd and what Talos would install beside them. */
export function controlPlaneDocuments(artefacts: HostArtefacts, cluster: ClusterFacts, problems: Problems): ControlPlaneDocuments {
  const notCarried: NotCarried[] = [];
  const components = Object.entries(TALOS_COMPONENTS).map(([component, kind]) => {
    const pods = artefacts.staticPods.filter(pod => pod.props.component === component);
    problems.require(pods.length > 0, `there is no ${component} in this tree, and Talos runs the control plane itself; use Installer.cloudInit() or Installer.ignition() for nodes alone`);
    return { component, kind, pods };
  });
  const machines = [...new Set(components[0].pods.map(pod => pod.target.name))];
  checkOthers(artefacts, machines, problems);
  const etcd = etcdFields(artefacts, cluster, machines, notCarried, problems);
  const present = components.filter(({ pods }) => pods.length > 0);
  const flag = (component: string, name: string) => present.find(
    item => item.component === component,
  )?.pods[0].props.flags.find(candidate => candidate.name === name)?.value;
  const config = flag('kube-scheduler', 'config');
  const documents = present.map(({ component, kind, pods }) => {
    const { image, cpuRequest, memoryRequest, memoryLimit, env } = pods[0].props;
    return {
      apiVersion: 'v1alpha1',
      kind,
      image,
      resources: { requests: { cpu: cpuRequest, memory: memoryRequest }, ...(memoryLimit === undefined ? {} : { limits: { memory: memoryLimit } }) },
      env,
      extraArgs: extraArguments(component, pods, notCarried, problems),
      ...(component === 'kube-apiserver' ? apiServerFields(artefacts, cluster, flag(component, 'secure-port')) : {}),
    };
  });
  const named = ['audit-policy-file', 'authentication-config', 'admission-control-config-file'].map(name => flag('kube-apiserver', name));
  const [policy, authentication, admission] = [...named, config].map(path => artefacts.files.find(file => file.path === path)?.content);
  const scheduler = artefacts.files.find(file => file.path === config)?.content;
  const plugins = admission === undefined ? [] : admissionPlugins(admission);
  const issuer = flag('kube-apiserver', 'service-account-issuer');
  const audiences = flag('kube-apiserver', 'api-audiences');
  return {
    text: [
      yamlDocuments([
        ...documents.filter(({ kind }) => kind !== TALOS_COMPONENTS['kube-scheduler']),
        ...(issuer === undefined ? [] : [{
          apiVersion: 'v1alpha1', kind: 'KubeServiceAccountConfig', issuer: { issuerURL: issuer }, ...(audiences === undefined ? {} : { accepted: { audiences: audiences.split(',') } }),
        }]),
        // Network, kube-proxy and DNS come from the manifests.
        { apiVersion: 'v1alpha1', kind: 'KubeProxyConfig', enabled: false },
        { apiVersion: 'v1alpha1', kind: 'KubeCoreDNSConfig', enabled: false },
        { cluster: { etcd } },
      ]),
      ...documents.filter(({ kind }) => kind === TALOS_COMPONENTS['kube-scheduler']).map(document => `${yamlDocuments([document])}${schedulerConfig(scheduler)}`),
      ...(policy === undefined ? [] : [embedded({ apiVersion: 'v1alpha1', kind: 'KubeAuditPolicyConfig' }, 'configuration', policy)]),
      ...(authentication === undefined ? [] : [embedded({ apiVersion: 'v1alpha1', kind: 'KubeAuthenticationConfig' }, 'configuration', authentication)]),
      ...plugins.map(({ name, configuration }) => embedded({ apiVersion: 'v1alpha1', kind: 'KubeAdmissionControlConfig', name }, 'configuration', configuration)),
    ].join('---\n'),
    replaced: [
      { apiVersion: 'v1alpha1', kind: 'KubeFlannelCNIConfig', $patch: 'delete' },
      ...plugins.filter(({ name }) => name === 'PodSecurity').map(({ name }) => ({ apiVersion: 'v1alpha1', kind: 'KubeAdmissionControlConfig', name, $patch: 'delete' })),
    ],
    notCarried,
    files: [...named, config].filter((path): path is string => path !== undefined),
    machines,
  };
}

// Talos writes head and kubeconfig into it.
function schedulerConfig(text: string | undefined): string {
  const lines = (text ?? '').split('\n').filter(line => line !== '' && !/^(apiVersion|kind): |^ +kubeconfig: /.test(line));
  return lines.length === 0 ? '' : `config:\n${lines.map(line => `  ${line}\n`).join('')}`;
}

function apiServerFields(artefacts: HostArtefacts, cluster: ClusterFacts, port: string | undefined): object {
  const certificates = artefacts.certificates.filter(request => request.commonName === 'kube-apiserver');
  const { clusterDomain, kubernetesServiceAddress } = cluster.network;
  // Talos names these by itself.
  const own = new Set(['localhost', '127.0.0.1', '::1', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc', `kubernetes.default.svc.${clusterDomain}`, cluster.apiHost, kubernetesServiceAddress,
    ...cluster.controlPlaneMembers.flatMap(({ name, address, secondaryAddress }) => [name, address, secondaryAddress])]);
  const names = [...new Set(certificates.flatMap(({ dnsNames = [], ipAddresses = [] }) => [...dnsNames, ...ipAddresses]))].filter(name => !own.has(name));
  return {
    ...(names.length === 0 ? {} : { certExtraSANs: names }),
    ...(
      port === undefined || Number(port) === HOST_PORTS.apiServer ? {} : { apiPort: Number(port) }
    ),
  };
}

function extraArguments(component: string, pods: StaticPod[], notCarried: NotCarried[], problems: Problems): { [flag: string]: string } {
  const carried: { [flag: string]: string } = { ...TALOS_LOWERED_DEFAULTS[component] };
  const tell = (what: string, value: string, why: string) => notCarried.push({ component, what, value, why });
  for (const { name, value } of pods[0].props.flags) {
    const fixed = TALOS_FIXED_FLAGS[component][name];
    problems.require(fixed === undefined || fixed === value, `${component}: Talos has ${name} ${fixed}, not ${value}; use Installer.kubeadm()`);
    if (TALOS_OWNED_FLAGS[component].test(name)) { continue; }
    refuseDifference(component, name, pods.map(pod => pod.props), problems);
    const replaced = TALOS_REPLACED_FLAGS[component][name];
    if (replaced !== undefined) {
      tell(name, value, replaced);
    } else if (name === 'kubelet-certificate-authority') {
      carried[name] = `${TALOS.apiServerSecrets}/ca.crt`;
    } else if (name === 'audit-log-path') {
      carried[name] = `${TALOS.auditLogs}/${basename(value)}`;
      tell(name, value, `${carried[name]}: the pod sees no other folder, and log agents of \`dist/\` have to look there`);
    } else {
      problems.require(!FILE.test(value), `${component}: ${name} names ${value}, and the pod of Talos sees no files but its own; use Installer.kubeadm()`);
      carried[name] = value;
    }
  }
  for (const { path } of pods[0].props.mounts.filter(mount => !MOUNTS.includes(mount.path) && !/\.conf$/.test(mount.path))) {
    problems.add(`${component}: its pod needs ${path}, and the pod of Talos sees no files but its own; use Installer.kubeadm()`);
  }
  const { terminationGracePeriodSeconds: grace, startupProbe } = pods[0].props;
  if (grace !== undefined && grace > 30) { tell('terminationGracePeriodSeconds', String(grace), '30: a stop is cut off after that, whatever still runs or watches'); }
  if (component === 'kube-apiserver') { tell('startupProbe', `${startupProbe.failureThreshold * startupProbe.periodSeconds} s`, '240 s, then the pod starts again'); }
  return carried;
}

/** One ring with a member on every machine: what Talos runs. */
function etcdFields(artefacts: HostArtefacts, cluster: ClusterFacts, machines: string[], notCarried: NotCarried[], problems: Problems): object {
  const members = artefacts.staticPods.filter(pod => pod.props.component === 'etcd');
  for (const ring of new Set(members.map(pod => pod.props.name))) {
    problems.require(ring === 'etcd-main', `${ring}: Talos runs one etcd on each machine of the control plane and no second ring; give EtcdCluster eventsMembers: [] and no leasesMembers (its quota then holds events too), or use Installer.kubeadm()`);
  }
  const main = members.filter(pod => pod.props.name === 'etcd-main');
  problems.require(main.length > 0, 'there is no ring of etcd run by kubelets in this tree, and Talos runs its own on each machine of the control plane; use Installer.kubeadm() for an etcd that exists already or that systemd runs');
  if (main.length === 0) { return {}; }
  const same = main.map(pod => pod.target.name).sort().join() === [...machines].sort().join();
  problems.require(same, `etcd-main: Talos has a member on every machine of the control plane and nowhere else (${machines.join(', ')}); use Installer.kubeadm() for machines of its own`);
  const tell = (what: string, value: string, why: string) => notCarried.push({ component: 'etcd', what, value, why });
  const { props } = main[0];
  const extraArgs: { [flag: string]: string } = {};
  for (const { name, value } of props.flags.filter(flag => !TALOS_OWNED_FLAGS.etcd.test(flag.name))) {
    refuseDifference('etcd-main', name, main.map(pod => pod.props), problems);
    const replaced = TALOS_REPLACED_FLAGS.etcd[name];
    if (replaced === undefined) {
      problems.require(!FILE.test(value), `etcd-main: ${name} names ${value}, and etcd of Talos has one folder; use Installer.kubeadm()`);
      extraArgs[name] = value;
    } else if (TALOS_SAME_VALUES[name] !== value) {
      tell(name, value, replaced);
    }
  }
  const known = Number(cluster.versions.etcd.split('.')[1]) >= TALOS.oldestEtcdMinor;
  if (!known) { tell('version', cluster.versions.etcd, `${TALOS.etcd}, the one of Talos ${TALOS.release}: an older etcd lacks flags that Talos gives it`); }
  for (const [variable, value] of Object.entries(props.env)) { tell(variable, value, 'unset: etcd is no pod, and the environment of Talos is that of all its services'); }
  tell('requests of CPU and memory', `${props.cpuRequest}, ${props.memoryRequest}`, 'none: the scheduler does not know of etcd; keep the taint of the control plane');
  return { ...(known ? { image: props.image } : {}), extraArgs };
}

function checkOthers(artefacts: HostArtefacts, machines: string[], problems: Problems): void {
  for (const { props } of artefacts.services) { problems.add(`${props.name}: Talos has no systemd; use EtcdRuntime.staticPod() on the machines of the control plane, or Installer.plain()`); }
  const known = [...Object.keys(TALOS_COMPONENTS), 'etcd'];
  for (const { props } of artefacts.staticPods.filter(pod => !known.includes(pod.props.component))) {
    problems.add(`${props.name}: its files have no place in Talos, whose nodes reach API servers by KubePrism; use ApiBalancer.external() at the endpoint, or Installer.kubeadm()`);
  }
  for (const { target } of artefacts.kubelets.filter(kubelet => kubelet.target.group === 'machines' && !machines.includes(kubelet.target.name))) {
    problems.add(`machine '${target.name}' has no API server, and Talos knows machines of the control plane and workers; use Installer.kubeadm()`);
  }
}

function refuseDifference(component: string, flag: string, all: StaticPodProps[], problems: Problems): void {
  const given = all.map(item => item.flags.filter(candidate => candidate.name === flag).map(candidate => candidate.value).join());
  const odd = given.findIndex(value => value !== given[0]);
  problems.require(odd === -1, `${component} on ${odd === -1 ? '' : all[odd].target.name}: '${flag}' has another value, and this form has one for all machines; use Installer.kubeadm()`);
}
