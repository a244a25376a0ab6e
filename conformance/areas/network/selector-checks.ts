import { selectorProblem, parseSelector } from '../../../src/formats/calico-selector';
import { Check, failed, passed } from '../../check';

/** Right and wrong selectors. `contains`, `starts with` and `ends with` are younger than the parser that is served as a module, so they are left out. */
const SELECTORS = [
  '', 'all()', 'has(zone)', '!has(zone)', 'zone == "a"', 'zone == \'a\'', 'zone != "a"', 'zone in { "a", "b" }', 'zone in {"a","b"}', 'zone not in { "a" }', 'has(zone) && pool == "web"',
  'zone == "a" || pool == "db"', 'zone == "a" || zone == "b" && pool == "web"', '(zone == "a" || zone == "b") && pool == "web"', '!(zone == "a")', '!has(zone) || pool == "web"',
  'thousand-node.io/pool != "routes" && topology.kubernetes.io/zone == "a"', 'topology.kubernetes.io/zone in { "a", "b", "c" }', 'has(node-role.kubernetes.io/control-plane)',
  'zone in { }',
  'zone =', 'zone == a', '== "a"', 'has(', 'has(zone', 'zone == "a', 'all() all()', 'zone in "a"', 'zone in { a }', '(has(zone)', 'zone ~ "a"', '&& has(zone)', 'zone == "a" and has(pool)',
];

const OBJECTS: Array<{ [label: string]: string }> = [
  {}, { zone: 'a' }, { zone: 'b', pool: 'web' }, { zone: 'c', pool: 'db' }, { pool: 'web' }, { 'thousand-node.io/pool': 'routes', 'topology.kubernetes.io/zone': 'a' },
  { 'thousand-node.io/pool': 'web', 'topology.kubernetes.io/zone': 'a' }, { 'node-role.kubernetes.io/control-plane': '' },
];

/** Our reading of selectors against Calico's: rules and plans rest on it. */
export const selectorChecks: Check[] = [{
  id: 'selectors-read-as-calico-reads-them',
  drill: '5',
  judge: 'component',
  component: 'calico-selector-check',
  run: async scene => {
    const input = scene.file('network/reading.json', JSON.stringify({ selectors: SELECTORS, objects: OBJECTS }));
    const { stdout, code, stderr } = await scene.processes.run('sh', ['-c', `exec "${scene.binaries['calico-selector-check'].path}" < "${input}"`]);
    if (code !== 0) { return failed(stderr); }
    const answers = stdout.trim().split('\n').map(line => JSON.parse(line));
    const differences = SELECTORS.flatMap((selector, i) => {
      const ours = selectorProblem('selector', selector);
      if ((ours === undefined) !== (answers[i].error === undefined)) { return [`${JSON.stringify(selector)}: Calico ${answers[i].error ?? 'takes it'}, we ${ours ?? 'take it'}`]; }
      if (ours !== undefined) { return []; }
      const matches = OBJECTS.map(labels => parseSelector(selector).matches(labels));
      return JSON.stringify(matches) === JSON.stringify(answers[i].selected) ? [] : [`${JSON.stringify(selector)}: Calico selects ${answers[i].selected}, we ${matches}`];
    });
    const refused = answers.filter(answer => answer.error !== undefined).length;
    return differences.length === 0 && refused > 0 ? passed(`${SELECTORS.length - refused} selectors select the same of ${OBJECTS.length} objects, ${refused} are refused by both`) : failed(differences.join(' | '));
  },
}];
