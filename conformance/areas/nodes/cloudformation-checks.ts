import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { documents } from './forms';
import { Check, failed, passed } from '../../check';

/** Templates of managed node groups through cfn-lint, which has the resource definitions of CloudFormation. Without it on PATH the checks are left out and say so. */
export const cloudFormationChecks: Check[] = [
  {
    id: 'node-group-templates-valid',
    drill: '9',
    judge: 'component',
    component: 'cfn-lint',
    skip: missing,
    run: async scene => {
      const files = documents(scene, 'eks', 'node-group.json');
      const done = lint(...files);
      return done.code === 0 && files.length === 2 ? passed(`${files.length} templates valid for ${version()}`) : failed(`${files.length} templates; ${done.text.slice(0, 1500)}`);
    },
  },
  {
    id: 'node-group-template-with-unknown-property-refused',
    drill: 'N9',
    judge: 'component',
    component: 'cfn-lint',
    skip: missing,
    run: async scene => {
      const text = fs.readFileSync(documents(scene, 'eks', 'node-group.json')[0], 'utf8').replace('"InstanceTypes"', '"InstanceTyps"');
      const done = lint(scene.file('negative/node-group.json', text));
      return done.code !== 0 && /InstanceTyps/.test(done.text) ? passed(done.text.split('\n')[0]) : failed(`accepted: ${done.text}`);
    },
  },
];

function missing(): string | undefined {
  return version() === undefined ? 'cfn-lint is not on PATH; Python\'s package cfn-lint has it' : undefined;
}

function version(): string | undefined {
  const done = spawnSync('cfn-lint', ['--version'], { encoding: 'utf8' });
  return done.status === 0 ? done.stdout.trim() : undefined;
}

function lint(...files: string[]): { code: number | null; text: string } {
  const done = spawnSync('cfn-lint', files, { encoding: 'utf8' });
  return { code: done.status, text: `${done.stdout}${done.stderr}`.trim() };
}
