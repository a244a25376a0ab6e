import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { documents, form } from './forms';
import { Check, failed, passed } from '../../check';
import { problemsOfDocuments } from '../../kubeadm-documents';
import { REPOSITORY, Scene } from '../../scene';
import { until } from '../../waiting';
import { kubectl } from '../foundation/object-checks';

/** Folders of a module of Cluster API that hold its CustomResourceDefinitions. */
const CRDS = ['config/crd/bases', 'bootstrap/kubeadm/config/crd/bases', 'controlplane/kubeadm/config/crd/bases'];

const KUBEADM = 'kubeadm.k8s.io/v1beta4';

/** Objects in a real API server with the module's own definitions, strictly; the kubeadm documents inside judged again by kubeadm. */
export const clusterApiChecks: Check[] = [
  {
    id: 'cluster-api-objects-accepted',
    drill: '8',
    judge: 'component',
    component: 'kube-apiserver',
    run: async scene => {
      await ready(scene);
      const files = manifests(scene);
      const done = await kubectl(scene, 'apply', '--server-side', '--validate=strict', ...files.flatMap(file => ['-f', file]));
      const accepted = done.stdout.split('\n').filter(line => line.endsWith('serverside-applied')).length;
      const wanted = files.flatMap(file => parseAllDocuments(fs.readFileSync(file, 'utf8'))).length;
      const warned = done.stderr.split('\n').filter(line => line.startsWith('Warning:'));
      const figures = { accepted: { value: accepted, unit: 'objects', goal: String(wanted), met: accepted === wanted } };
      return done.code === 0 && accepted === wanted && warned.length === 0 ? passed(`${accepted} objects for Cluster API ${moduleVersion()}`, figures) : failed(done.stderr.slice(0, 1500), figures);
    },
  },
  {
    id: 'kubeadm-documents-inside-valid',
    drill: '8',
    judge: 'component',
    component: 'kubeadm',
    run: async scene => {
      const files = kubeadmDocuments(scene).map((text, i) => scene.file(`cluster-api/kubeadm-${i}.yaml`, text));
      const problems = await problemsOfDocuments(scene, scene.binaries.kubeadm, files);
      return problems.length === 0 && files.length === 6 ? passed(`${files.length} documents valid`) : failed(`${files.length} documents; ${problems.join(' | ').slice(0, 1500)}`);
    },
  },
  {
    id: 'cluster-api-unknown-field-refused',
    drill: 'N8',
    judge: 'component',
    component: 'kube-apiserver',
    run: async scene => {
      await ready(scene);
      const text = fs.readFileSync(documents(scene, 'cluster-api', 'gpu.yaml')[0], 'utf8').replace('nodeRegistration:', 'nodeRegistraton:');
      const done = await kubectl(scene, 'apply', '--server-side', '--validate=strict', '--dry-run=server', '-f', scene.file('negative/cluster-api.yaml', text));
      return done.code !== 0 && done.stderr.includes('nodeRegistraton') ? passed(done.stderr.trim().split('\n')[0]) : failed(`accepted: ${done.stdout}${done.stderr}`);
    },
  },
  {
    id: 'kubeadm-document-with-unknown-field-refused',
    drill: 'N8',
    judge: 'component',
    component: 'kubeadm',
    run: async scene => {
      const file = scene.file('negative/cluster-api-kubeadm.yaml', kubeadmDocuments(scene)[0].replace('certSANs:', 'certSANS:'));
      const done = await scene.processes.run(scene.binaries.kubeadm.path, ['config', 'validate', '--config', file]);
      return done.code !== 0 && /certSANS/.test(done.stderr) ? passed(done.stderr.trim().split('\n')[0]) : failed(`accepted: ${done.stderr}`);
    },
  },
];

function manifests(scene: Scene): string[] {
  return [path.join(form(scene, 'cluster-api'), 'cluster.yaml'), ...documents(scene, 'cluster-api', '.yaml')];
}

/** API server with the definitions; the server of an earlier area is used when there is one. */
async function ready(scene: Scene): Promise<void> {
  const client = await scene.controlPlane.running();
  const installed = await kubectl(scene, 'apply', '--server-side', '--force-conflicts', ...CRDS.flatMap(folder => ['-f', path.join(moduleFolder(), folder)]));
  if (installed.code !== 0) { throw new Error(`installing definitions: ${installed.stderr.slice(0, 500)}`); }
  await until('Cluster API served', 60, async () => (await client.get('/apis/controlplane.cluster.x-k8s.io/v1beta2')).status === 200 && (await client.get('/apis/cluster.x-k8s.io/v1beta2')).status === 200);
  client.close();
}

/** As the bootstrap provider writes them: the fields of the object, with kind, and what it fills in from the Cluster. */
function kubeadmDocuments(scene: Scene): string[] {
  const [cluster, controlPlane] = parseAllDocuments(fs.readFileSync(manifests(scene)[0], 'utf8')).map(document => document.toJS());
  const { clusterConfiguration, initConfiguration, joinConfiguration } = controlPlane.spec.kubeadmConfigSpec;
  const { clusterNetwork, controlPlaneEndpoint } = cluster.spec;
  const token = 'abcdef.0123456789abcdef';
  const discovery = { bootstrapToken: { apiServerEndpoint: `${controlPlaneEndpoint.host}:${controlPlaneEndpoint.port}`, token, unsafeSkipCAVerification: true } };
  const document = (kind: string, fields: object) => stringify({ apiVersion: KUBEADM, kind, ...fields });
  const workers = documents(scene, 'cluster-api', '.yaml').map(file => parse(fs.readFileSync(file, 'utf8').split('\n---\n')[0]).spec.template.spec.joinConfiguration);
  return [
    [
      document('ClusterConfiguration', {
        ...clusterConfiguration,
        clusterName: cluster.metadata.name,
        kubernetesVersion: controlPlane.spec.version,
        controlPlaneEndpoint: `${controlPlaneEndpoint.host}:${controlPlaneEndpoint.port}`,
        networking: {
          podSubnet: clusterNetwork.pods.cidrBlocks.join(','), serviceSubnet: clusterNetwork.services.cidrBlocks.join(','), dnsDomain: clusterNetwork.serviceDomain,
        },
      }),
      document('InitConfiguration', initConfiguration),
    ].join('---\n'),
    document('JoinConfiguration', { ...joinConfiguration, discovery, controlPlane: {} }),
    ...workers.map(join => document('JoinConfiguration', { ...join, discovery })),
  ];
}

function moduleVersion(): string { return download().Version; }
function moduleFolder(): string { return download().Dir; }

let downloaded: { Version: string; Dir: string } | undefined;

/** The module at the version of its wrapper, checked against the committed sum. */
function download(): { Version: string; Dir: string } {
  if (downloaded === undefined) {
    const done = spawnSync('go', ['mod', 'download', '-json', 'sigs.k8s.io/cluster-api'], { cwd: path.join(REPOSITORY, 'conformance', 'toolchain', 'cluster-api'), encoding: 'utf8' });
    if (done.status !== 0) { throw new Error(`the module of Cluster API could not be fetched: ${done.stderr.slice(0, 300)}`); }
    downloaded = JSON.parse(done.stdout) as { Version: string; Dir: string };
  }
  return downloaded;
}
