import * as fs from 'node:fs';
import * as path from 'node:path';
import { parse } from 'yaml';
import { form } from './forms';
import { Check, failed, passed } from '../../check';
import { REPOSITORY, Scene } from '../../scene';

/** Names of variables against those that kubespray's release gives a default or documents. Ansible ignores a misspelt one; what the roles make of the values is not seen here. */
export const kubesprayChecks: Check[] = [
  {
    id: 'kubespray-variables-exist',
    drill: '12',
    judge: 'library',
    component: 'variables of kubespray v2.31.0',
    run: async scene => {
      const { groups, names } = given(scene);
      const wrong = names.filter(name => !documented().has(name));
      return wrong.length === 0 && groups === 7 ? passed(`${names.length} variables of ${groups} groups are those of kubespray v2.31.0`) : failed(`${groups} groups; unknown: ${wrong.join(', ')}`);
    },
  },
  {
    id: 'misspelt-kubespray-variable-refused',
    drill: 'N12',
    judge: 'library',
    component: 'variables of kubespray v2.31.0',
    run: async scene => {
      const wrong = given(scene).names.map(name => name.replace('kubelet_max_pods', 'kubelet_maxpods')).filter(name => !documented().has(name));
      return wrong.length > 0 && wrong.every(name => name === 'kubelet_maxpods') ? passed(`${wrong[0]} is unknown`) : failed(`accepted; unknown: ${wrong.join(', ')}`);
    },
  },
];

function documented(): Set<string> {
  const text = fs.readFileSync(path.join(REPOSITORY, 'test', 'fixtures', 'installers', 'kubespray-variables.txt'), 'utf8');
  return new Set(text.split('\n').filter(line => line !== '' && !line.startsWith('#')));
}

function given(scene: Scene): { groups: number; names: string[] } {
  const folder = path.join(form(scene, 'kubespray'), 'group_vars');
  const groups = fs.readdirSync(folder);
  return { groups: groups.length, names: groups.flatMap(group => Object.keys(parse(fs.readFileSync(path.join(folder, group, 'thousand-node.yml'), 'utf8')))) };
}
