import { readFileSync } from 'fs';
import { join } from 'path';
import { App, Size } from 'cdk8s';
import { parseProblems, secretsOf, sha256, writtenTree } from './written-tree';
import { description as reference } from '../../../examples/thousand-node/cluster';
import { Audit, ClusterApiOptions, Gpu, IgnitionVariant, Installer, KopsOptions, KubernetesRelease, MachineShape, NodePool, ThousandNodeCluster, ThousandNodeClusterProps } from '../../../src';

const ZONES = ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'];

/** Twelve small machines at home, one pool, three of them more for the control plane. */
const homelab: ThousandNodeClusterProps = {
  release: KubernetesRelease.V1_36,
  network: { podCidr: '10.244.0.0/16', serviceCidr: '10.96.0.0/16', nodeCidr: '192.168.1.0/24' },
  controlPlane: {
    endpoint: 'api.home.example.com:443',
    machine: MachineShape.of({ cpu: 8, memory: Size.gibibytes(64) }),
    members: [1, 2, 3].map(i => ({ name: `cp-${i}`, address: `192.168.1.1${i}` })),
  },
  pools: [NodePool.of('general', { nodes: 12, machine: MachineShape.of({ cpu: 8, memory: Size.gibibytes(32) }) })],
};

/** 600 nodes on EKS in four groups, spread over three zones. */
const eks: ThousandNodeClusterProps = {
  release: KubernetesRelease.V1_33,
  network: { podCidr: '10.64.0.0/12', serviceCidr: '172.20.0.0/16', nodeCidr: '10.0.0.0/20' },
  controlPlane: { endpoint: 'example.gr7.eu-central-1.eks.amazonaws.com:443', members: [], managedBy: 'EKS' },
  pools: [
    NodePool.of('system', { nodes: 12, zones: ZONES, machine: MachineShape.of({ cpu: 8, memory: Size.gibibytes(32) }) }),
    NodePool.of('web', { nodes: 400, nodesToday: 280, zones: ZONES, machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) }) }),
    NodePool.of('compute', { nodes: 160, machine: MachineShape.of({ cpu: 32, memory: Size.gibibytes(64), threadsPerCore: 2 }) }),
    NodePool.of('gpu', { nodes: 28, gpu: Gpu.nvidia('T4', 1), machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) }) }),
  ],
};

const SHAPES = { reference, homelab, eks };
type Shape = keyof typeof SHAPES;
const clusterOf = (shape: Shape) => new ThousandNodeCluster(new App(), shape === 'reference' ? 'shop' : shape, SHAPES[shape]);
const CLUSTERS = { reference: clusterOf('reference'), homelab: clusterOf('homelab'), eks: clusterOf('eks') };
const poolsOf = (shape: Shape) => SHAPES[shape].pools.map(pool => pool.name);

const template = (kind: string, name: string) => ({ apiGroup: 'infrastructure.cluster.x-k8s.io', kind, name });
const clusterApi = (shape: Shape): ClusterApiOptions => ({
  infrastructureCluster: template('Metal3Cluster', shape),
  controlPlaneTemplate: template('Metal3MachineTemplate', 'control-plane'),
  poolTemplates: Object.fromEntries(poolsOf(shape).map(pool => [pool, template('Metal3MachineTemplate', pool)])),
});
const kops = (shape: Shape): KopsOptions => ({
  clusterName: `${shape}.example.com`,
  configBase: `s3://state-store/${shape}.example.com`,
  controlPlaneMachineType: 'm7i.8xlarge',
  machineTypes: Object.fromEntries(poolsOf(shape).map(pool => [pool, 'm7i.4xlarge'])),
  subnets: (shape === 'reference' ? ['region-1a', 'region-1b', 'region-1c'] : ZONES).map((zone, i) => ({
    name: `private-${i}`, zone, cidr: shape === 'homelab' ? `192.168.1.${64 * i}/26` : shape === 'reference' ? `172.16.${4 * i}.0/22` : `10.0.${4 * i}.0/22`,
  })),
});

/** The program that prepares local disks is larger than what AWS takes from these forms. */
const imageFiles = (shape: Shape) => (shape === 'reference' ? ['/usr/local/sbin/thousand-node-local-disks'] : []);

const FORMS: { readonly [form: string]: (shape: Shape) => Installer } = {
  'plain': () => Installer.plain(),
  'kubeadm': () => Installer.kubeadm(),
  'cloud-init': () => Installer.cloudInit(),
  'ignition': shape => Installer.ignition({ variant: IgnitionVariant.FEDORA_COREOS, imageFiles: imageFiles(shape) }),
  'cluster-api': shape => Installer.clusterApi(clusterApi(shape)),
  'kwok': () => Installer.kwok(),
  'eks': shape => Installer.eks({ instanceTypes: Object.fromEntries(poolsOf(shape).map(pool => [pool, ['m7i.4xlarge']])), karpenterPools: shape === 'eks' ? ['web'] : [], nodeRole: 'nodes', imageFiles: imageFiles(shape) }),
  'kubespray': () => Installer.kubespray(),
  'kops': shape => Installer.kops(kops(shape)),
};

const NO_TOKENS = /EKS runs the control plane of 'eks' \(controlPlane\.managedBy\) and takes no files or flags for it; its nodes do not join by bootstrap token; use Installer\.eks\(\)/;

/** What a form cannot carry, and the sentence that says so. */
const REFUSED: { readonly [formAndShape: string]: RegExp } = {
  'kubeadm eks': NO_TOKENS,
  'cloud-init eks': NO_TOKENS,
  'ignition eks': NO_TOKENS,
  'cluster-api eks': NO_TOKENS,
  'kubespray eks': NO_TOKENS,
  'kops eks': NO_TOKENS,
  'kops reference': /controlPlane\.endpoint must have port 443, got 6443.*Installer\.kubeadm\(\)[^]*kOps has no place for reservedSystemCPUs/,
};

const ALL = Object.keys(FORMS).flatMap(form => (Object.keys(SHAPES) as Shape[]).map((shape): [string, Shape] => [form, shape]));
const CARRIED = ALL.filter(([form, shape]) => REFUSED[`${form} ${shape}`] === undefined);

test.each(ALL.filter(([form, shape]) => REFUSED[`${form} ${shape}`] !== undefined))('%s does not carry %s and says so', (form, shape) => {
  expect(() => writtenTree(CLUSTERS[shape], FORMS[form](shape))).toThrow(REFUSED[`${form} ${shape}`]);
});

describe.each(CARRIED)('%s with the shape %s', (form, shape) => {
  const tree = writtenTree(CLUSTERS[shape], FORMS[form](shape));
  const { files, index, guide } = tree;

  test('the folder has the name of the form, and every document of it parses', () => {
    expect(index.installer).toBe(form);
    expect(parseProblems(files)).toEqual([]);
  });

  test('index.json names every file of the tree, and its checksums are those of the files', () => {
    const own = index.files.filter(({ file, path }) => file.endsWith(path));
    const documents = index.documents ?? [];
    const known = ['index.json', 'install.md', ...own.map(({ file }) => file), ...documents.map(({ file }) => file)];
    expect(Object.keys(files).filter(path => !path.startsWith('runbooks/')).sort()).toEqual([...known].sort());
    for (const { file, sha256: sum } of [...own, ...documents]) { expect([file, sha256(files[file])]).toEqual([file, sum]); }
    for (const { file, bytes } of documents) { expect(Buffer.byteLength(files[file])).toBe(bytes); }
    // A wrapped file lies in a document that is there.
    expect(index.files.filter(({ file }) => files[file] === undefined)).toEqual([]);
    expect(index.files.filter(({ mode, owner }) => !/^0[0-7]{3}$/.test(mode) || !/^[a-z_-]+:[a-z_-]+$/.test(owner))).toEqual([]);
  });

  test('each pool is there, and in the rollout', () => {
    for (const pool of poolsOf(shape)) {
      const folder = new RegExp(`^(pools/${pool}[/.]|group_vars/pool_${pool}/)`);
      expect([pool, Object.keys(files).some(path => folder.test(path))]).toEqual([pool, true]);
      expect(guide).toContain(pool);
    }
    expect(index.rollout!.pools!.map(({ pool }) => pool)).toEqual(poolsOf(shape));
  });

  test('a file that several forms carry is the same in each', () => {
    const plain = Object.fromEntries(writtenTree(CLUSTERS[shape], Installer.plain()).index.files.map(({ file, sha256: sum }) => [file, sum]));
    const differing = index.files.filter(({ pool, machine, path, sha256: sum }) => {
      const sums = plain[`${pool === undefined ? `machines/${machine}` : `pools/${pool}`}${path}`];
      return sums !== undefined && sums !== sum;
    });
    // kubeadm makes certificates of its own: the table of those that are made here is shorter.
    expect([...new Set(differing.map(({ path }) => path))].filter(path => form !== 'kubeadm' || path !== '/etc/kubernetes/pki/requests/certificates.tsv')).toEqual([]);
  });

  test('there is no secret in it', () => {
    expect(secretsOf(files)).toEqual([]);
  });

  test('install.md names every document, says what is not there, and has no hole', () => {
    for (const { file } of index.documents ?? []) { expect(guide).toContain(`\`${file}\``); }
    expect(guide).not.toMatch(/undefined|NaN|\[object/);
    const machines = new Set(index.files.flatMap(({ machine }) => machine ?? []));
    if (machines.size === 0) { expect(guide).toMatch(/control[- ]plane/i); }
    if (shape === 'eks') { expect(machines.size).toBe(0); }
  });
});

test('the judge of secrets finds each kind, also packed', () => {
  const token = 'token: k3j2h1.abcdefghijklmnop';
  expect(secretsOf({ a: '-----BEGIN RSA PRIVATE KEY-----', b: token, c: 'kind: Secret\n', d: 'password: hunter2', e: Buffer.from(`${token}${' '.repeat(60)}`).toString('base64') })).toHaveLength(5);
});

test('a service that runs the control plane: nothing of it is made, and no rule about it applies', () => {
  const audit = Audit.of(CLUSTERS.eks);
  const ofControlPlane = (id: string) => /^TNC0(2|3|4|5|6[01])/.test(id);
  expect(audit.notApplicable.filter(ofControlPlane)).toHaveLength(16 + 22);
  expect(audit.notApplicable).toContain('TNC084');
  expect(audit.errors).toEqual([]);
  // The same rules do apply to machines of one's own.
  const athome = Audit.of(CLUSTERS.homelab).notApplicable.filter(ofControlPlane);
  // Machines without a zone, no events of their own: the few that are left.
  expect(athome.length).toBeLessThan(8);
  for (const id of ['TNC020', 'TNC035', 'TNC043', 'TNC058']) { expect(athome).not.toContain(id); }
});

describe('the page of each form', () => {
  test.each([
    ['plain', 'install-without-installer', 'systemd-analyze verify'],
    ['kubeadm', 'install-with-kubeadm', 'kubeadm config validate'],
    ['cloud-init', 'install-with-cloud-init', 'cloud-init schema'],
    ['ignition', 'install-with-ignition', 'butane --strict'],
    ['cluster-api', 'install-with-cluster-api', 'kubectl apply --server-side --dry-run=server --validate=strict'],
    ['kwok', 'install-with-kwok', 'kubectl create --dry-run=server --validate=strict'],
    ['eks', 'install-with-eks', 'cfn-lint'],
    ['kubespray', 'install-with-kubespray', 'ansible-inventory'],
    ['kops', 'install-with-kops', 'kops create -f'],
  ])('%s: %s shows its files and the command that judges them', (form, page, command) => {
    const text = readFileSync(join(__dirname, `../../../docs/how-to/${page}.md`), 'utf8');
    const block = (language: string) => [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(([, content]) => content).join('\n');
    expect(block('text')).toContain(`host/${form}/`);
    for (const file of ['install.md', 'index.json']) { expect(block('text')).toContain(file); }
    expect(block('sh')).toContain(command);
    expect(block('sh')).toContain(`host/${form}/`.slice(0, -1));
  });
});
