import { ContainerdNode, CONFIGURATION, MIRRORS } from './containerd-pools';
import { Scene } from '../../scene';

/** Binary of one containerd and what its configuration looks like to it. */
export interface Reader {
  readonly path: string;
  readonly version: string;
  /** Where it keeps its own layout: runtimes, registries, sandbox image. */
  readonly layout: Layout;
}

export interface Layout {
  readonly runtimePlugin: string;
  readonly imagePlugin: string;
  sandboxImage(images: any): unknown;
}

/** As `containerd config default` of each prints them. */
export const ONE: Layout = { runtimePlugin: 'io.containerd.grpc.v1.cri', imagePlugin: 'io.containerd.grpc.v1.cri', sandboxImage: images => images.sandbox_image };
export const TWO: Layout = { runtimePlugin: 'io.containerd.cri.v1.runtime', imagePlugin: 'io.containerd.cri.v1.images', sandboxImage: images => images.pinned_images?.sandbox };

/** 2.x says so of every file of an older layout; what comes of it is seen in what is in effect. */
const CONVERTED = /Configuration migrated from version [23],/;

/** What containerd makes of a file. */
export interface Effective {
  readonly code: number | null;
  readonly complaints: string[];
  readonly configuration: any;
}

/** The file as containerd itself would have it in effect: defaults, the file over them, older layouts converted. */
export async function effective(scene: Scene, reader: Reader, file: string): Promise<Effective> {
  const dumped = await scene.processes.run(reader.path, ['--config', file, 'config', 'dump']);
  const complaints = dumped.stderr.split('\n').filter(line => /level=(warning|error|fatal)|^containerd:/.test(line) && !CONVERTED.test(line));
  return { code: dumped.code, complaints, configuration: dumped.code === 0 ? await reading(scene, scene.file(`${file}.effective.toml`.replace(scene.folder, ''), dumped.stdout)) : undefined };
}

/** Plugins that a containerd has: it says nothing about tables of others. */
export async function plugins(scene: Scene, reader: Reader): Promise<string[]> {
  const { stdout } = await scene.processes.run(reader.path, ['config', 'default']);
  return Object.keys((await reading(scene, scene.file(`containerd/default-${reader.version}.toml`, stdout))).plugins);
}

/** TOML by the library that containerd reads with; ours only writes. */
export async function reading(scene: Scene, file: string): Promise<any> {
  const done = await scene.processes.run(scene.binaries['containerd-check'].path, ['read', file]);
  if (done.code !== 0) { throw new Error(`${file} is no TOML: ${done.stderr}`); }
  return JSON.parse(done.stdout);
}

/** What is not in effect of what the node's file wants; the expected values are written here by hand. */
export async function problems(scene: Scene, reader: Reader, node: ContainerdNode, sandbox: string): Promise<string[]> {
  const file = `${node.root}${CONFIGURATION}`;
  const { code, complaints, configuration } = await effective(scene, reader, file);
  if (code !== 0) { return [`refused: ${complaints.join(' ')}`]; }
  const written = await reading(scene, file);
  const known = await plugins(scene, reader);
  const images = configuration.plugins[reader.layout.imagePlugin];
  const { containerd } = configuration.plugins[reader.layout.runtimePlugin];
  const expected: { [what: string]: [unknown, unknown] } = {
    'sandbox image': [reader.layout.sandboxImage(images), sandbox],
    'folder of mirrors': [images.registry?.config_path, MIRRORS],
    'default runtime': [containerd.default_runtime_name, 'runc'],
    'runtimes': [Object.keys(containerd.runtimes).sort().join(), node.cards ? 'nvidia,runc' : 'runc'],
    ...Object.fromEntries(Object.entries<any>(containerd.runtimes).flatMap(([name, runtime]) => [
      [`${name}: type`, [runtime.runtime_type, 'io.containerd.runc.v2']],
      [`${name}: systemd cgroups`, [runtime.options?.SystemdCgroup, true]],
      [`${name}: binary`, [runtime.options?.BinaryName || undefined, name === 'nvidia' ? '/usr/bin/nvidia-container-runtime' : undefined]],
    ])),
  };
  const own = leaves(written.plugins).filter(([at]) => isOf(reader.layout, at));
  return [
    ...complaints,
    ...Object.keys(written.plugins).filter(name => !known.includes(name) && !isOf(ONE, [name])).map(name => `no plugin ${name}`),
    ...Object.entries(expected).filter(([, [is, wanted]]) => is !== wanted).map(([what, [is, wanted]]) => `${what}: ${is}, expected ${wanted}`),
    // Each value where it was written, if that place is one of the reader's own.
    ...own.filter(([at, value]) => at.reduce((table, key) => table?.[key], configuration.plugins) !== value).map(([at, value]) => `${at.join('.')} = ${value} is not in effect`),
  ];
}

function isOf(layout: Layout, [plugin]: string[]): boolean {
  return plugin === layout.imagePlugin || plugin === layout.runtimePlugin;
}

function leaves(table: any, at: string[] = []): Array<[string[], unknown]> {
  return Object.entries(table).flatMap(([key, value]): Array<[string[], unknown]> => (typeof value === 'object' && value !== null ? leaves(value, [...at, key]) : [[[...at, key], value]]));
}
