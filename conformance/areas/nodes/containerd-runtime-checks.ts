import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { ContainerdMachine, RuntimeStatus } from './containerd-machine';
import { CONFIGURATION, ContainerdNode, containerdNodes, MIRRORS } from './containerd-pools';
import { ImageMirror } from './image-mirror';
import { KubernetesRelease, RegistryMirror } from '../../../src';
import { Check, failed, passed } from '../../check';
import { Scene } from '../../scene';

const DEFAULT = KubernetesRelease.newest();
/** A registry that nobody serves here: who answers for it is the mirror. */
const REGISTRY = 'registry.example.com:1';
const IMAGE = `${REGISTRY}/shop/frontend:1.0`;

const PULL = ['pull', 'resolve'];
const ALL = ['pull', 'resolve', 'push', 'referrers'];

const needsMounts = (): string | undefined => (spawnSync('unshare', ['--mount', 'true']).status === 0 ? undefined : 'needs the right to make mounts of its own (root)');

interface Asked { readonly registry: string; readonly endpoints: Array<{ url: string; capabilities: string[]; trusts: boolean }>; readonly complaint?: string }

/** Mirrors before the package that pulls read them with, and a running containerd with a node's files. */
export const containerdRuntimeChecks: Check[] = [
  {
    id: 'registry-mirrors-asked-in-order',
    drill: '11',
    judge: 'component',
    component: 'containerd-check',
    run: async scene => {
      const mirror = await ImageMirror.start(scene);
      const [node] = containerdNodes(scene, 'mirrors', DEFAULT, [
        { registry: 'docker.io', endpoints: ['https://a.example.com', 'https://b.example.com/v2/docker'], caFile: mirror.certificate },
        { registry: 'registry.example.com:5000', endpoints: ['https://a.example.com'], fallBack: false },
        { registry: 'registry.k8s.io', endpoints: ['https://a.example.com/v2/k8s', 'https://b.example.com'], fallBack: false, caFile: mirror.certificate },
        { registry: 'quay.io', endpoints: ['http://cache.example.com:5001/quay'] },
        { registry: '_default', endpoints: ['https://all.example.com'] },
      ]);
      mirror.end();
      // By docs/hosts.md of containerd: hosts in the order of the file, the server or else the registry itself last, /v2 behind every path that is not said to be whole.
      const expected: { [registry: string]: Array<[url: string, capabilities: string[], trusts: boolean]> } = {
        'docker.io': [['https://a.example.com/v2', PULL, true], ['https://b.example.com/v2/docker', PULL, true], ['https://registry-1.docker.io/v2', ALL, false]],
        'registry.example.com:5000': [['https://a.example.com/v2', PULL, false]],
        'registry.k8s.io': [['https://a.example.com/v2/k8s', PULL, true], ['https://b.example.com/v2', PULL, true]],
        'quay.io': [['http://cache.example.com:5001/quay', PULL, false], ['https://quay.io/v2', ALL, false]],
        'ghcr.io': [['https://all.example.com/v2', PULL, false], ['https://ghcr.io/v2', ALL, false]],
      };
      const wrong = (await asked(scene, node, Object.keys(expected), mirror.certificate))
        .map(({ registry, endpoints, complaint }) => [
          registry, endpoints.map(({ url, capabilities, trusts }) => [url, capabilities, trusts]), complaint,
        ] as const)
        .filter(([registry, endpoints, complaint]) => complaint !== undefined || JSON.stringify(endpoints) !== JSON.stringify(expected[registry]));
      return wrong.length === 0 ? passed(`${Object.keys(expected).length} registries are asked for as described, with rights and trusted authority`) : failed(wrong.map(words => JSON.stringify(words)).join('; '));
    },
  },
  {
    id: 'containerd-runs-with-the-pools-files',
    drill: '11',
    judge: 'component',
    component: 'containerd',
    skip: needsMounts,
    run: async scene => {
      const found: string[] = [];
      const nodes = containerdNodes(scene, 'running', DEFAULT);
      const seconds: number[] = [];
      for (const node of nodes) {
        const start = Date.now();
        const status = await whileRunning(scene, `runs-${node.name}`, node, machine => machine.status());
        seconds.push((Date.now() - start) / 1000);
        found.push(...misfits(scene, node, status).map(text => `${node.name}: ${text}`));
      }
      const text = 'started without an argument and ready, systemd cgroups, no deprecated setting; the runtime nvidia is the binary that the file names';
      return found.length === 0 ? passed(text, { until_it_ended: { value: Math.max(...seconds), unit: 's' } }) : failed(found.join('; '));
    },
  },
  {
    id: 'images-come-from-the-mirror',
    drill: '11',
    judge: 'component',
    component: 'containerd',
    skip: needsMounts,
    run: async scene => {
      const mirror = await ImageMirror.start(scene);
      const { digest, reason } = await pulled(scene, 'pulls', mirror);
      mirror.end();
      const strange = mirror.requests.filter(request => !/^(GET|HEAD) \/v2\/cache\/shop\/frontend\/(manifests|blobs)\/[^?]+\?ns=registry\.example\.com%3A1$/.test(request));
      const right = digest === mirror.imageDigest && strange.length === 0;
      return right ? passed(`image pulled and unpacked with ${mirror.requests.length} requests to the mirror`, { requests: { value: mirror.requests.length, unit: 'requests' } }) : failed(`${digest ?? reason}, expected ${mirror.imageDigest}; ${strange.join(', ')}`);
    },
  },
  {
    // A real one too: containerd does not refuse the file, it goes to the registry as if there were no mirror.
    id: 'broken-mirror-file-noticed',
    drill: 'N11',
    judge: 'component',
    component: 'containerd',
    skip: needsMounts,
    run: async scene => {
      const mirror = await ImageMirror.start(scene);
      const breaking = (root: string) => {
        const file = path.join(root, MIRRORS, REGISTRY, 'hosts.toml');
        fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('"resolve"', '"resolv"'));
      };
      const node = mirrored(scene, mirror);
      breaking(node.root);
      const [{ endpoints, complaint = '' }] = await asked(scene, node, [REGISTRY], mirror.certificate);
      const { digest, reason = '' } = await pulled(scene, 'broken', mirror, breaking);
      mirror.end();
      return /unknown capability resolv/.test(complaint) && endpoints.map(({ url }) => url).join() === `https://${REGISTRY}/v2` && digest === undefined && mirror.requests.length === 0
        ? passed(`${complaint.slice(0, 200)}; the pull: ${reason.slice(-150)}`)
        : failed(`${JSON.stringify(endpoints)}; ${complaint}; ${digest}; ${mirror.requests.join()}`);
    },
  },
  {
    // Options of runtimes are a free table to its loader, so a dump shows this one like any other.
    id: 'misspelt-cgroup-option-noticed',
    drill: 'N11',
    judge: 'component',
    component: 'containerd',
    skip: needsMounts,
    run: async scene => {
      const node = containerdNodes(scene, 'misspelt-option', DEFAULT)[0];
      const status = await whileRunning(scene, 'cgroups', node, machine => machine.status(), root => {
        const file = path.join(root, CONFIGURATION);
        fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('SystemdCgroup', 'SystemdCgroups'));
      });
      const found = misfits(scene, node, status);
      return found.some(text => text.startsWith('cgroup driver CGROUPFS')) ? passed(found.join('; ')) : failed(`not noticed: ${found.join('; ')}`);
    },
  },
];

/** What a kubelet would be told that the pool does not say. */
function misfits(scene: Scene, node: ContainerdNode, status: RuntimeStatus): string[] {
  const { containerd: { runtimes, defaultRuntimeName } } = status.config;
  const expected: { [what: string]: [unknown, unknown] } = {
    'version': [`v${/\d+\.\d+\.\d+/.exec(status.version)?.[0]}`, scene.binaries.containerd.version],
    'runtime ready': [status.conditions.RuntimeReady?.split(' ')[0], 'true'],
    'deprecated': [deprecated(status.conditions.ContainerdHasNoDeprecationWarnings).join(), ''],
    'cgroup driver': [status.cgroupDriver, 'SYSTEMD'],
    'default runtime': [defaultRuntimeName, 'runc'],
    'runtimes': [Object.keys(status.handlers).sort().join(), node.cards ? ',nvidia,runc' : ',runc'],
    'configured runtimes': [Object.keys(runtimes).sort().join(), node.cards ? 'nvidia,runc' : 'runc'],
    'features of nvidia': [status.handlers.nvidia?.user_namespaces, node.cards ? true : undefined],
  };
  return Object.entries(expected).filter(([, [is, wanted]]) => is !== wanted).map(([what, [is, wanted]]) => `${what} ${is}, expected ${wanted}`);
}

/** Settings that a later containerd will not have; what the machine of this run has for cgroups is not the pool's. */
function deprecated(condition: string): string[] {
  const [holds, ...words] = condition.split(' ');
  return holds === 'true' ? [] : Object.keys(JSON.parse(words.join(' '))).filter(id => id !== 'io.containerd.deprecation/cgroup-v1');
}

async function whileRunning<T>(
  scene: Scene, label: string, node: ContainerdNode, work: (machine: ContainerdMachine) => Promise<T>, change?: (root: string) => void,
): Promise<T> {
  const machine = await ContainerdMachine.start(scene, label, node, change);
  try { return await work(machine); } finally { await machine.end(); }
}

function mirrored(scene: Scene, mirror: ImageMirror): ContainerdNode {
  const mirrors: RegistryMirror[] = [{ registry: REGISTRY, endpoints: [mirror.endpoint], caFile: mirror.certificate }];
  return containerdNodes(scene, `mirror-${mirror.endpoint.replace(/\D/g, '')}`, DEFAULT, mirrors)[0];
}

/** One image by a running containerd whose registry has this mirror. The name of the registry leads to this machine, where nobody listens. */
function pulled(scene: Scene, label: string, mirror: ImageMirror, change: (root: string) => void = () => {}) {
  return whileRunning(scene, label, mirrored(scene, mirror), machine => machine.pull(IMAGE), root => {
    fs.writeFileSync(path.join(root, 'etc/hosts'), `127.0.0.1 localhost ${REGISTRY.split(':')[0]}\n`);
    change(root);
  });
}

async function asked(scene: Scene, node: ContainerdNode, registries: string[], authority: string): Promise<Asked[]> {
  const done = await scene.processes.run(scene.binaries['containerd-check'].path, ['registries', '--authority', authority, path.join(node.root, MIRRORS), ...registries]);
  if (done.code !== 0) { throw new Error(`containerd-check registries: ${done.stderr}`); }
  return done.stdout.trim().split('\n').map(line => JSON.parse(line));
}
