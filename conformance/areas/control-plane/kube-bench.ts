import * as fs from 'node:fs';
import * as path from 'node:path';
import { Scene } from '../../scene';
import { moduleVersion, wrapperFolder } from '../../toolchain/toolchain';

/** Always by name: the version map of kube-bench ends before the default release. */
export const BENCHMARK = 'cis-1.12';

const MODULE = 'github.com/aquasecurity/kube-bench';

/** Kinds of machines that kube-bench has checks for, and their files of checks. */
export type Target = 'master' | 'etcd' | 'node';

/** One check as kube-bench judged it. */
export interface Verdict {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly target: string;
}

/** The pinned module's checks, laid out for one run; `own` is the configuration beside them, such as the name of our manifest in the file that is meant for it. */
export async function benchmarkFolder(scene: Scene, label: string, targets: Target[], own: object = {}): Promise<string> {
  const download = await scene.processes.run('go', ['mod', 'download', '-json', `${MODULE}@${moduleVersion('kube-bench')}`], { cwd: wrapperFolder('kube-bench') });
  if (download.code !== 0) { throw new Error(`go mod download ${MODULE}: ${download.stderr}${download.stdout}`.slice(0, 500)); }
  const folder = path.join(scene.folder, `kube-bench-${label}`);
  for (const name of ['config.yaml', ...targets.map(target => `${BENCHMARK}/${target}.yaml`)]) {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, fs.readFileSync(path.join(JSON.parse(download.stdout).Dir, 'cfg', name)));
  }
  fs.writeFileSync(path.join(folder, BENCHMARK, 'config.yaml'), `${JSON.stringify(own)}\n`);
  return folder;
}

/** The command that runs the benchmark on the machine where it stands and leaves its answer in a file. */
export function benchmarkCommand(scene: Scene, folder: string, targets: Target[], answer: string): string {
  return `${scene.binaries['kube-bench'].path} run --targets ${targets.join()} --benchmark ${BENCHMARK} --config-dir ${folder} --config ${folder}/config.yaml --json > ${answer}`;
}

export function verdicts(answer: string): Verdict[] {
  const { Controls } = JSON.parse(fs.readFileSync(answer, 'utf8')) as { Controls: any[] };
  return Controls.flatMap(control => control.tests.flatMap((group: any) => group.results.map((result: any): Verdict => ({
    id: result.test_number, title: result.test_desc, status: result.status, target: control.node_type,
  }))));
}

export const isAutomated = (verdict: Verdict) => /\(Automated\)\s*$/.test(verdict.title);
export const idsOf = (list: Verdict[]) => [...new Set(list.map(verdict => verdict.id))];
