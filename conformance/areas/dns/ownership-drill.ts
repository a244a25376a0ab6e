import { App, Chart, Testing } from 'cdk8s';
import { stringify } from 'yaml';
import { kubeadmObjects } from './reference-corefiles';
import { CachedCoreDns } from '../../../src/components/dns/cached-core-dns';
import { CoreDnsOwner } from '../../../src/components/dns/core-dns-owner';
import { HostFile } from '../../../src/host/host-file';
import { HostFiles } from '../../../src/host/host-files';
import { HostPage } from '../../../src/host/host-page';
import { Check, failed, Outcome, passed } from '../../check';
import { Scene } from '../../scene';
import { AddressCluster } from '../brain/address-cluster';
import { drillCluster } from '../control-plane/drill-cluster';

const WAVE = 'thousand-node.io/wave=20-dns';

const cluster = drillCluster();

/** The output for an owner: objects as a file, the patch as a folder, the page of the upgrade. */
function written(scene: Scene, name: string, owner: CoreDnsOwner): { manifests: string; patches?: string; page: string } {
  const chart = new Chart(new App(), 'dns');
  const dns = new CachedCoreDns(chart, 'dns', { cluster, owner });
  const all = dns.node.findAll();
  HostFiles.of(dns).leaveOut();
  const patch = all.find((construct): construct is HostFile => construct instanceof HostFile);
  const page = all.find((construct): construct is HostPage => construct instanceof HostPage && construct.name === 'dns-upgrade')!;
  const patchFile = patch && scene.file(`dns/owner-${name}/patches/${patch.path.split('/').at(-1)}`, patch.content);
  return {
    manifests: scene.file(`dns/owner-${name}/dns.yaml`, Testing.synth(chart).map(object => stringify(object)).join('---\n')),
    patches: patchFile?.replace(/\/[^/]+$/, ''),
    page: page.content,
  };
}

/** kubeadm's phase, as `init` and `upgrade apply` run it, with the folder of patches in its configuration. */
function runKubeadm(scene: Scene, kubeconfig: string, patches: string | undefined) {
  const version = scene.binaries.kubeadm.version;
  const documents = [
    { apiVersion: 'kubeadm.k8s.io/v1beta4', kind: 'InitConfiguration', localAPIEndpoint: { advertiseAddress: '192.0.2.1' }, ...(patches ? { patches: { directory: patches } } : {}) },
    { apiVersion: 'kubeadm.k8s.io/v1beta4', kind: 'ClusterConfiguration', kubernetesVersion: version, networking: { serviceSubnet: cluster.network.serviceCidr, dnsDomain: cluster.network.clusterDomain } },
  ];
  const config = scene.file(`dns/kubeadm-${patches ? 'patched' : 'bare'}.yaml`, documents.map(document => stringify(document)).join('---\n'));
  return scene.processes.run(scene.binaries.kubeadm.path, ['init', 'phase', 'addon', 'coredns', '--config', config, '--kubeconfig', kubeconfig]);
}

/** Questions of the page's table, answered by the real API server through the page's own commands. */
async function askPage(scene: Scene, page: string, kubeconfig: string): Promise<string[]> {
  const rows = [...page.matchAll(/^\| `kubectl ([^`]+)` \| `([^`]*)` \|$/gm)];
  if (rows.length < 2) { return ['the page has no table of questions']; }
  const wrong: string[] = [];
  for (const [, command, wanted] of rows) {
    // As a shell reads it: quotes hold a word together.
    const args = command.split(/ (?=(?:[^']*'[^']*')*[^']*$)/).map(word => word.replace(/'/g, ''));
    const done = await scene.processes.run(scene.binaries.kubectl.path, [`--kubeconfig=${kubeconfig}`, ...args]);
    if (done.stdout !== wanted) { wrong.push(`${args.slice(2).join(' ')}: ${done.stdout || done.stderr.trim()} instead of ${wanted}`); }
  }
  return wrong;
}

async function withApi<T>(scene: Scene, work: (kubeconfig: string) => Promise<T>): Promise<T> {
  return AddressCluster.with(scene, cluster.network, async api => {
    await api.request('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system' } });
    return work(api.kubeconfig('owner.conf'));
  });
}

/** kubeadm owns CoreDNS: its phase, our manifests, its phase again as an upgrade has it, and the check of the page each time. */
async function patchedByKubeadm(scene: Scene): Promise<Outcome> {
  const output = written(scene, 'kubeadm', CoreDnsOwner.kubeadm());
  return withApi(scene, async kubeconfig => {
    const apply = () => scene.processes.run(scene.binaries.kubectl.path, [
      `--kubeconfig=${kubeconfig}`, 'apply', '--server-side', '--force-conflicts', '--validate=strict', '-l', WAVE, '-f', output.manifests,
    ]);
    const steps: string[] = [];
    const step = async (name: string, done: Promise<{ code: number | null; stderr: string; stdout: string }>) => {
      const { code, stderr, stdout } = await done;
      if (code !== 0) { throw new Error(`${name}: exit ${code}: ${(stdout + stderr).slice(-400)}`); }
      steps.push(name);
    };
    await step('kubeadm installs', runKubeadm(scene, kubeconfig, output.patches));
    await step('manifests', apply());
    const first = await askPage(scene, output.page, kubeconfig);
    await step('kubeadm again', runKubeadm(scene, kubeconfig, output.patches));
    const between = await askPage(scene, output.page, kubeconfig);
    const corefile = await scene.processes.run(scene.binaries.kubectl.path, [`--kubeconfig=${kubeconfig}`, '-n', 'kube-system', 'get', 'configmap', 'coredns', '-o', 'jsonpath={.data.Corefile}']);
    await step('manifests again', apply());
    const last = await askPage(scene, output.page, kubeconfig);
    // The twin: an upgrade that does not know the patches puts the memory limit back, and the page sees it.
    await step('kubeadm without patches', runKubeadm(scene, kubeconfig, undefined));
    const twin = await askPage(scene, output.page, kubeconfig);
    const problems = [...first.map(text => `after the first apply: ${text}`), ...last.map(text => `after the second: ${text}`)];
    if (!corefile.stdout.includes('multisocket')) { problems.push('kubeadm replaced the Corefile'); }
    if (!between.some(text => /natExcludeService|trafficDistribution/.test(text))) { problems.push('the page says that kubeadm writes the Service anew, and it did not'); }
    if (!twin.some(text => /170Mi/.test(text))) { problems.push(`without the patch the page finds nothing: ${twin.join('; ')}`); }
    return problems.length === 0
      ? passed(`${steps.join(', ')}; between: ${between.join('; ')}; without the patch the page finds: ${twin.find(text => /170Mi/.test(text))}`, { questions: { value: [...output.page.matchAll(/^\| `kubectl/gm)].length, unit: 'questions of the page' } })
      : failed(problems.join('; '));
  });
}

/** The construct owns CoreDNS: a kubeadm that nobody told to keep off cannot take it over. */
async function ownedByConstruct(scene: Scene): Promise<Outcome> {
  const output = written(scene, 'construct', CoreDnsOwner.construct());
  return withApi(scene, async kubeconfig => {
    const applied = await scene.processes.run(scene.binaries.kubectl.path, [`--kubeconfig=${kubeconfig}`, 'apply', '--server-side', '--validate=strict', '-l', WAVE, '-f', output.manifests]);
    if (applied.code !== 0) { return failed(`the manifests: ${applied.stderr.slice(-400)}`); }
    const before = await askPage(scene, output.page, kubeconfig);
    const kubeadm = await runKubeadm(scene, kubeconfig, undefined);
    const after = await askPage(scene, output.page, kubeconfig);
    const reason = /spec\.selector: Invalid value.*field is immutable|field is immutable/.exec(kubeadm.stderr)?.[0];
    if (before.length > 0) { return failed(before.join('; ')); }
    return kubeadm.code !== 0 && reason !== undefined
      ? passed(`kubeadm's phase ends with: ${reason.slice(0, 100)}; the page still finds ${after.length === 0 ? 'everything as it was' : after.join('; ')}`)
      : failed(`kubeadm's phase ended with ${kubeadm.code}: ${kubeadm.stderr.slice(-300)}; the page: ${after.join('; ')}`);
  });
}

/** Labels and ports that the patch and the Services rely on are those of kubeadm's own objects. */
async function kubeadmIsKnown(scene: Scene): Promise<Outcome> {
  const objects = await kubeadmObjects(scene);
  const of = (kind: string) => objects.find(object => object.kind === kind);
  const found: Array<[string, unknown, unknown]> = [
    ['selector', of('Deployment').spec.selector.matchLabels, { 'k8s-app': 'kube-dns' }],
    ['container', of('Deployment').spec.template.spec.containers.map((container: any) => container.name), ['coredns']],
    ['selector of the Service', of('Service').spec.selector, { 'k8s-app': 'kube-dns' }],
    ['name of the Service', of('Service').metadata.name, 'kube-dns'],
  ];
  const wrong = found.filter(([, actual, wanted]) => JSON.stringify(actual) !== JSON.stringify(wanted)).map(([what, actual]) => `${what}: ${JSON.stringify(actual)}`);
  return wrong.length === 0 ? passed(found.map(([what, actual]) => `${what} ${JSON.stringify(actual)}`).join(', ')) : failed(wrong.join('; '));
}

/** Who owns CoreDNS, judged by kubeadm. */
export const ownershipChecks: Check[] = [
  { id: 'kubeadm-objects-known', drill: '7', judge: 'component', component: 'kubeadm', run: kubeadmIsKnown },
  { id: 'kubeadm-keeps-the-patch', drill: '7', judge: 'component', component: 'kubeadm', run: patchedByKubeadm },
  { id: 'kubeadm-cannot-take-over', drill: 'N5', judge: 'component', component: 'kubeadm', run: ownedByConstruct },
];
