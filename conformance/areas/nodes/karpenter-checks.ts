import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { documents } from './forms';
import { Check, failed, passed } from '../../check';
import { REPOSITORY, Scene } from '../../scene';
import { until } from '../../waiting';
import { kubectl } from '../foundation/object-checks';

const WRAPPER = path.join(REPOSITORY, 'conformance', 'toolchain', 'karpenter');

/** Folder of a module that holds its CustomResourceDefinitions, and which of them are installed. */
const DEFINITIONS: { [module: string]: string[] } = {
  'sigs.k8s.io/karpenter': ['pkg/apis/crds/karpenter.sh_nodepools.yaml'],
  'github.com/aws/karpenter-provider-aws': ['pkg/apis/crds/karpenter.k8s.aws_ec2nodeclasses.yaml'],
};

/** Objects of Karpenter in a real API server with the definitions of its modules, strictly. What Karpenter itself would make of them is not seen: it wants AWS. */
export const karpenterChecks: Check[] = [
  {
    id: 'karpenter-objects-accepted',
    drill: '9',
    judge: 'component',
    component: 'kube-apiserver',
    run: async scene => {
      await ready(scene);
      const files = documents(scene, 'eks', 'karpenter.yaml');
      const done = await kubectl(scene, 'apply', '--server-side', '--validate=strict', ...files.flatMap(file => ['-f', file]));
      const accepted = done.stdout.split('\n').filter(line => line.endsWith('serverside-applied')).length;
      const wanted = 2 * files.length;
      const figures = { accepted: { value: accepted, unit: 'objects', goal: String(wanted), met: accepted === wanted } };
      const warned = /Warning:/.test(done.stderr);
      return done.code === 0 && wanted > 0 && accepted === wanted && !warned
        ? passed(`${accepted} objects, NodePool and EC2NodeClass, for ${modules().map(module => `${module.Path} ${module.Version}`).join(', ')}`, figures)
        : failed(done.stderr.slice(0, 1500), figures);
    },
  },
  refused('karpenter-node-pool-with-unknown-field-refused', 'consolidateAfter:', 'consolidatAfter:', /consolidatAfter/),
  refused('karpenter-node-class-with-unknown-field-refused', 'maxPods:', 'maxPod:', /maxPod\b/),
];

function refused(id: string, right: string, wrong: string, expected: RegExp): Check {
  return {
    id,
    drill: 'N9',
    judge: 'component',
    component: 'kube-apiserver',
    run: async scene => {
      await ready(scene);
      const original = fs.readFileSync(documents(scene, 'eks', 'karpenter.yaml')[0], 'utf8');
      const text = original.replace(right, wrong);
      if (text === original) { return failed(`nothing to misspell: ${right} is not there`); }
      const done = await kubectl(scene, 'apply', '--server-side', '--validate=strict', '--dry-run=server', '-f', scene.file(`negative/${id}.yaml`, text));
      return done.code !== 0 && expected.test(done.stderr) ? passed(done.stderr.trim().split('\n')[0]) : failed(`accepted: ${done.stdout}${done.stderr}`);
    },
  };
}

/** API server with the definitions; the server of an earlier area is used when there is one. */
async function ready(scene: Scene): Promise<void> {
  const client = await scene.controlPlane.running();
  const files = modules().flatMap(module => DEFINITIONS[module.Path].map(file => path.join(module.Dir, file)));
  const installed = await kubectl(scene, 'apply', '--server-side', '--force-conflicts', ...files.flatMap(file => ['-f', file]));
  if (installed.code !== 0) { throw new Error(`installing definitions: ${installed.stderr.slice(0, 500)}`); }
  await until('Karpenter served', 60, async () => (await client.get('/apis/karpenter.sh/v1')).status === 200 && (await client.get('/apis/karpenter.k8s.aws/v1')).status === 200);
  client.close();
}

interface Module { readonly Path: string; readonly Version: string; readonly Dir: string }

let downloaded: Module[] | undefined;

/** The modules at the versions of their wrapper, checked against the committed sums. */
function modules(): Module[] {
  if (downloaded === undefined) {
    downloaded = Object.keys(DEFINITIONS).map(name => {
      const done = spawnSync('go', ['mod', 'download', '-json', name], { cwd: WRAPPER, encoding: 'utf8' });
      if (done.status !== 0) { throw new Error(`the module ${name} could not be fetched: ${(done.stderr || done.stdout).slice(0, 300)}`); }
      return JSON.parse(done.stdout) as Module;
    });
  }
  return downloaded;
}
