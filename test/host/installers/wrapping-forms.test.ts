import { mkdtempSync, readFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { gunzipSync } from 'zlib';
import { Size, Testing } from 'cdk8s';
import { parse } from 'yaml';
import { machinesOf, referenceCluster } from './reference-cluster';
import { ClusterFacts } from '../../../src/cluster/cluster-facts';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { MachineShape } from '../../../src/cluster/machine-shape';
import { NodePool } from '../../../src/cluster/node-pool';
import { EtcdCluster } from '../../../src/components/etcd/etcd-cluster';
import { NodePoolKubelet } from '../../../src/components/node-pool/node-pool-kubelet';
import { hostArtefacts } from '../../../src/host/host-artefacts';
import { HostChange } from '../../../src/host/host-change';
import { HostFile } from '../../../src/host/host-file';
import { HostFiles } from '../../../src/host/host-files';
import { HostTarget } from '../../../src/host/host-target';
import { renderCloudInit } from '../../../src/host/installers/cloud-init/cloud-init';
import { renderIgnition } from '../../../src/host/installers/ignition/ignition';
import { IgnitionVariant } from '../../../src/host/installers/ignition/ignition-variant';
import { Installer } from '../../../src/host/installers/installer';
import { renderPlain } from '../../../src/host/installers/plain';
import { RenderedTree } from '../../../src/host/installers/rendered-file';

const POOLS = ['compute', 'general', 'gpu', 'memory'];

/** Path to content, as the plain form lays it out on nodes of a pool. */
function plainFiles(pool: string, cluster = referenceCluster(), scope = machinesOf(cluster)): { [path: string]: string } {
  return Object.fromEntries(renderPlain(hostArtefacts(scope), cluster).files.filter(file => file.target.folder === `pools/${pool}`).map(file => [file.path, file.content]));
}

function document(tree: RenderedTree, path: string): string {
  const found = tree.documents!.find(candidate => candidate.path === path);
  if (found === undefined) { throw new Error(`no ${path} among ${tree.documents!.map(candidate => candidate.path).join(', ')}`); }
  return found.content;
}

function userDataOf(text: string): { files: { [path: string]: string }; document: any } {
  expect(text.startsWith('#cloud-config\n')).toBe(true);
  const parsed = parse(text);
  return { document: parsed, files: Object.fromEntries(parsed.write_files.map((file: any) => [file.path, file.content])) };
}

function ignitionFiles(text: string): { [path: string]: string } {
  const config = JSON.parse(text);
  const decoded = (contents: any) => {
    const [, base64, data] = /^data:(;base64)?,(.*)$/.exec(contents.source)!;
    const bytes = base64 ? Buffer.from(data, 'base64') : Buffer.from(decodeURIComponent(data));
    return (contents.compression === 'gzip' ? gunzipSync(bytes) : bytes).toString();
  };
  return {
    ...Object.fromEntries(config.storage.files.map((file: any) => [file.path, decoded(file.contents)])),
    ...Object.fromEntries(config.systemd.units.flatMap((unit: any) => [
      ...(unit.contents === undefined ? [] : [[`/etc/systemd/system/${unit.name}`, unit.contents]]),
      ...(unit.dropins ?? []).map((dropin: any) => [`/etc/systemd/system/${unit.name}.d/${dropin.name}`, dropin.contents]),
    ])),
  };
}

/** The same without its units: Butane's own names of the fields. */
function butaneFiles(text: string): { [path: string]: string } {
  return Object.fromEntries(parse(text).storage.files.map((file: any) => [file.path, file.contents.inline]));
}

describe('cloud-init', () => {
  const render = (options = {}, cluster = referenceCluster()) => renderCloudInit(hostArtefacts(machinesOf(cluster)), cluster, options);

  test.each(POOLS)('pool %s: user data holds every file of the plain form, byte for byte', pool => {
    expect(userDataOf(document(render(), `pools/${pool}/user-data.yaml`)).files).toEqual(plainFiles(pool));
  });

  test('modes are strings: YAML would read 0600 as a number of another base', () => {
    for (const file of userDataOf(document(render(), 'pools/gpu/user-data.yaml')).document.write_files) { expect(file.permissions).toMatch(/^0[0-7]{3}$/); }
  });

  test('settings are loaded before the kubelet starts, and nothing waits for a token', () => {
    const commands = userDataOf(document(render(), 'pools/general/user-data.yaml')).document.runcmd.map((words: string[]) => words.join(' '));
    expect(commands).toEqual([
      'systemctl restart systemd-modules-load.service',
      'sysctl --system',
      'systemctl daemon-reload',
      'systemctl try-restart containerd.service',
      'systemctl enable --now --no-block kubelet.service',
    ]);
  });

  test('above the limit it is written compressed, and unpacks to the same', () => {
    const packed = document(render({ userDataLimit: 4000 }), 'pools/general/user-data.gz.b64');
    expect(Buffer.from(packed, 'base64').length).toBeLessThanOrEqual(4000);
    expect(gunzipSync(Buffer.from(packed, 'base64')).toString()).toBe(document(render(), 'pools/general/user-data.yaml'));
    // Header of gzip: no time, unknown system; otherwise two machines would write two trees.
    expect([...Buffer.from(packed, 'base64').subarray(4, 10)]).toEqual([0, 0, 0, 0, 2, 255]);
  });

  test('what is too large even so is refused for every pool at once, with the form that can', () => {
    expect(() => render({ userDataLimit: 1500 })).toThrow(/installer cloud-init: 4 problems\n(.*\n)*.*pool 'memory': user data is \d+ bytes, \d+ compressed, and the limit is 1500; build files into the machine image and name them in imageFiles/);
    expect(() => render({ userDataLimit: 0.5 })).toThrow('userDataLimit must be a whole number between 1024 and 1048576');
  });

  test('a file of another owner waits until that user exists', () => {
    const cluster = referenceCluster();
    const chart = machinesOf(cluster);
    new HostFile(chart, 'Owned', { target: HostTarget.pool('general'), path: '/etc/agent.conf', content: 'x', owner: 'agent:agent', onChange: HostChange.nothing() });
    const { write_files: files } = userDataOf(document(renderCloudInit(hostArtefacts(chart), cluster, {}), 'pools/general/user-data.yaml')).document;
    expect(files.filter((file: any) => file.defer).map((file: any) => file.path)).toEqual(['/etc/agent.conf']);
  });

  test('machines with names are left out, and install.md says by whom they are made', () => {
    const tree = render();
    expect(tree.files.every(file => file.target.group === 'pools')).toBe(true);
    expect(tree.installGuide).toContain('The control plane is **not** here');
    expect(tree.installGuide).toContain('/etc/kubernetes/bootstrap-token');
    expect(tree.installGuide).toMatch(/\| general \| `pools\/general\/user-data\.yaml` \| \d{4} \| 384 \| 784 \| 78 \|/);
  });

  test('a tree without pools is refused with the forms that can', () => {
    const cluster = referenceCluster();
    const chart = Testing.chart();
    new EtcdCluster(chart, 'etcd', { cluster });
    expect(() => renderCloudInit(hostArtefacts(chart), cluster, {})).toThrow('installer cloud-init: there is no pool');
    expect(() => renderIgnition(hostArtefacts(chart), cluster, {})).toThrow('use Installer.plain() or Installer.kubeadm()');
  });
});

describe('ignition', () => {
  const render = (options = {}) => { const cluster = referenceCluster(); return renderIgnition(hostArtefacts(machinesOf(cluster)), cluster, options); };

  test.each(POOLS)('pool %s: the configuration holds every file of the plain form, byte for byte', pool => {
    expect(ignitionFiles(document(render(), `pools/${pool}/node.ign`))).toEqual(plainFiles(pool));
  });

  test('Butane and Ignition say the same', () => {
    const files = ignitionFiles(document(render(), 'pools/gpu/node.ign'));
    expect(butaneFiles(document(render(), 'pools/gpu/node.bu'))).toEqual(Object.fromEntries(Object.entries(files).filter(([path]) => !path.startsWith('/etc/systemd/system/'))));
    expect(parse(document(render(), 'pools/gpu/node.bu')).systemd).toEqual(JSON.parse(document(render(), 'pools/gpu/node.ign')).systemd);
  });

  test.each([
    // Oracle: docs/specs.md of Butane, which Ignition version each translates to
    [IgnitionVariant.FLATCAR, 'flatcar', '1.1.0', '3.4.0'],
    [IgnitionVariant.FEDORA_COREOS, 'fcos', '1.5.0', '3.4.0'],
  ])('%#: versions are stated', (variant, name, butaneVersion, ignitionVersion) => {
    const tree = render({ variant });
    expect(parse(document(tree, 'pools/general/node.bu'))).toMatchObject({ variant: name, version: butaneVersion });
    expect(JSON.parse(document(tree, 'pools/general/node.ign')).ignition).toEqual({ version: ignitionVersion });
    expect(tree.installGuide).toContain(`Butane ${name} ${butaneVersion} and the Ignition ${ignitionVersion}`);
  });

  test('modes are numbers of base ten in JSON', () => {
    const files = JSON.parse(document(render(), 'pools/general/node.ign')).storage.files;
    expect(files.find((file: any) => file.path === '/var/lib/kubelet/config.yaml').mode).toBe(0o600);
  });

  test('a file below a read-only folder is refused, with the forms that can', () => {
    const cluster = referenceCluster();
    const chart = machinesOf(cluster);
    new HostFile(chart, 'Script', { target: HostTarget.pool('general'), path: '/usr/local/sbin/prepare', content: 'x', mode: '0755', onChange: HostChange.nothing() });
    expect(() => renderIgnition(hostArtefacts(chart), cluster, {})).toThrow(
      'pool \'general\': /usr/local/sbin/prepare cannot be written on flatcar, where that folder is read-only; use Installer.cloudInit()');
    // /usr/local is a link to /var on Fedora CoreOS.
    expect(() => renderIgnition(hostArtefacts(chart), cluster, { variant: IgnitionVariant.FEDORA_COREOS })).not.toThrow();
  });

  test('above the limit it replaces itself by the same, compressed', () => {
    const open = document(render(), 'pools/gpu/node.ign');
    const { ignition: { version, config }, ...rest } = JSON.parse(document(render({ userDataLimit: Buffer.byteLength(open) - 1 }), 'pools/gpu/node.ign'));
    expect([version, rest, config.replace.compression]).toEqual(['3.4.0', {}, 'gzip']);
    const whole = gunzipSync(Buffer.from(config.replace.source.replace('data:;base64,', ''), 'base64')).toString();
    expect(ignitionFiles(whole)).toEqual(plainFiles('gpu'));
    expect(JSON.parse(whole).systemd).toEqual(JSON.parse(open).systemd);
  });

  test('what is too large even so is refused, with the file that an image can bring', () => {
    expect(() => render({ userDataLimit: 2000 })).toThrow(/pool 'gpu': the Ignition configuration is \d+ bytes, \d+ compressed, and the limit is 2000; .* name them in imageFiles \(largest: \/\S+, \d+ bytes\)/);
  });
});

describe('files of the machine image', () => {
  const SYSCTL = '/etc/sysctl.d/95-thousand-node.conf';
  const cluster = referenceCluster();
  const render = (imageFiles: string[]) => renderCloudInit(hostArtefacts(machinesOf(cluster)), cluster, { imageFiles });

  test('they are left out of the user data, lie in the tree as they are, and install.md says where they belong', () => {
    const tree = render([SYSCTL]);
    const { [SYSCTL]: sysctl, ...others } = plainFiles('general');
    expect(userDataOf(document(tree, 'pools/general/user-data.yaml')).files).toEqual(others);
    const own = tree.files.filter(file => file.path === SYSCTL && file.target.folder === 'pools/general');
    expect(own.map(({ content, within }) => ({ content, within }))).toEqual([{ content: sysctl, within: undefined }]);
    expect(tree.installGuide).toContain(`| general | \`pools/general${SYSCTL}\` | \`${SYSCTL}\` | 0644 | root:root |`);
    expect(render([]).installGuide).not.toContain('In the machine image');
  });

  test('a path that no pool has and a unit are refused, both at once', () => {
    const both = () => render(['/etc/motd', '/etc/systemd/system/kubelet.service']);
    expect(both).toThrow(/2 problems[^]*imageFiles has '\/etc\/motd', and no pool has a file of that path; take it out, or write one of: .*95-thousand-node\.conf/);
    expect(both).toThrow('imageFiles has \'/etc/systemd/system/kubelet.service\', a unit');
  });
});

describe('index.json of a form that wraps', () => {
  test('each file names its document, its path on the machine and the checksum of its own content', () => {
    const cluster = referenceCluster();
    const scope = machinesOf(cluster);
    const dir = mkdtempSync(join(tmpdir(), 'forms-'));
    const written = HostFiles.of(scope).write(dir, Installer.cloudInit());
    HostFiles.of(scope).write(dir, Installer.plain());
    const index = (form: string) => JSON.parse(readFileSync(join(dir, form, 'index.json'), 'utf8'));
    const sums = (form: string) => Object.fromEntries(index(form).files.filter((file: any) => file.pool === 'gpu').map((file: any) => [file.path, file.sha256]));
    expect(sums('cloud-init')).toEqual(sums('plain'));
    expect(new Set(index('cloud-init').files.map((file: any) => file.file))).toEqual(new Set(POOLS.map(pool => `pools/${pool}/user-data.yaml`)));
    expect(index('cloud-init').documents.map((entry: any) => [entry.file, entry.readBy])).toContainEqual(['pools/gpu/user-data.yaml', 'cloud-init of a new node']);
    expect(index('plain').documents).toBeUndefined();
    expect(written.filter(file => file.startsWith('pools/'))).toEqual(POOLS.map(pool => `pools/${pool}/user-data.yaml`));
  });
});

describe('other shapes', () => {
  const shapes: Array<[string, ClusterFacts]> = [
    ['twelve nodes at home', ClusterFacts.of({
      name: 'home',
      controlPlane: { endpoint: 'api.home.example.com:6443', members: [{ name: 'cp', address: '10.0.0.5' }] },
      network: { nodeCidr: '10.0.0.0/24' },
      pools: [NodePool.of('general', { nodes: 12, machine: MachineShape.of({ cpu: 4, memory: Size.gibibytes(8) }) })],
    })],
    ['the oldest release', referenceCluster(KubernetesRelease.V1_22)],
  ];
  test.each(shapes)('%s go through the forms of nodes', (_name, cluster) => {
    const chart = Testing.chart();
    for (const pool of cluster.pools) { new NodePoolKubelet(chart, pool.name, { cluster, pool }); }
    const artefacts = hostArtefacts(chart);
    for (const { name } of cluster.pools) {
      expect(userDataOf(document(renderCloudInit(artefacts, cluster, {}), `pools/${name}/user-data.yaml`)).files).toEqual(plainFiles(name, cluster, chart));
      expect(ignitionFiles(document(renderIgnition(artefacts, cluster, {}), `pools/${name}/node.ign`))).toEqual(plainFiles(name, cluster, chart));
    }
  });
});
