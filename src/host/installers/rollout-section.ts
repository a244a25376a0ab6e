import { KUBELET_CHANGES, KubeletChangeRow } from '../../catalogue/kubelet-changes';
import { KubeletChanges, NodeAction, stateFilePath } from '../kubelet-change';
import { PoolRollout, RingRollout, RolloutPlan } from '../rollout-plan';

/**
 * How a changed file goes through machines and nodes that run: what each change asks for, and how many at a time.
 *
 * @param apply the installer's own step that puts a changed kubelet configuration in place
 */
export function rolloutSection(plan: RolloutPlan, apply: string): string {
  return `## Rolling out a change

\`index.json\` says for each file what a node needs when it changes; its \`rollout\` holds the numbers below.

${plan.pools.length === 0 ? '' : poolText(plan)}${plan.rings.length === 0 ? '' : ringText(plan.rings)}${changeText(apply)}${plan.pools.flatMap(todayText).join('')}`;
}

function poolText({ pools, kubeletsAtATime }: RolloutPlan): string {
  const rows = pools.map(({ pool, nodesToday, batch, batches, podsMoved }) => `| ${pool} | ${nodesToday} | ${batch.value} | ${batches.value} | ${podsMoved.value} |`);
  return `One pool after the other: one node first, and when it is Ready and has run a new pod, batches. A batch is Ready before the next starts, and lies in one zone where the pool has several.

| pool | nodes today | at a time | batches | seconds to move the pods of one, at least |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

At a time: a tenth, so that a bad setting stops there, and never more than the ${kubeletsAtATime.value} kubelets that may start together: they fill half of the seats that level \`system\` has left in the API
servers while one is away.

`;
}

function ringText(rings: RingRollout[]): string {
  const rows = rings.map(({ ring, machines, mayBeAway, batch }) => `| ${ring} | ${machines.length} | ${mayBeAway.value} | ${batch.value} |`);
  const fragile = rings.filter(({ mayBeAway }) => mayBeAway.value === 0).map(({ ring }) => `\`${ring}\``);
  return `Machines of the control plane: as many at a time as the smallest number that one of their rings allows, and \`etcdctl endpoint health --cluster\` and \`/readyz\` answer before the next.

| ring | members | may be away | at a time |
| --- | --- | --- | --- |
${rows.join('\n')}
${fragile.length === 0 ? '' : `\nNo member to spare: ${fragile.join(', ')}. Every restart there is an outage.\n`}
`;
}

function changeText(apply: string): string {
  return `| changed field of the kubelet | a node needs | because |
| --- | --- | --- |
${changeRows().join('\n')}
| any other field | ${NodeAction.RESTART} | it is read when the kubelet starts |
| a newer minor of the kubelet | ${NodeAction.DRAIN} | upstream changes no minor under running pods; a newer patch is a restart |

Restart: ${apply}, then \`systemctl restart kubelet\`. Drain: \`kubectl drain <node> --ignore-daemonsets --delete-emptydir-data\` before, \`kubectl uncordon <node>\` after. State files are removed between
\`systemctl stop kubelet\` and \`systemctl start kubelet\`, on a drained node only.
`;
}

/** Fields with the same answer share a line. */
function changeRows(): string[] {
  const rows = Object.entries(KUBELET_CHANGES) as Array<[string, KubeletChangeRow]>;
  const answer = (row: KubeletChangeRow) => `| ${row.stateFile === undefined ? row.needs : `drain and remove \`${stateFilePath(row.stateFile)}\``} | ${row.why} |`;
  const groups = new Map<string, string[]>();
  for (const [field, row] of rows) {
    const names = groups.get(answer(row)) ?? [];
    names.push(row.whenLower ? `fewer \`${field}\`` : `\`${field}\``);
    groups.set(answer(row), names);
  }
  const rank = (text: string) => ['| drain and', '| drain', '| restart'].findIndex(start => text.startsWith(start));
  return [...groups].sort(([a], [b]) => rank(a) - rank(b)).map(([text, names]) => `| ${names.join(', ')} ${text}`);
}

/** From what the machines of a pool have today. */
function todayText({ pool, changes }: PoolRollout): string[] {
  if (changes === undefined) { return []; }
  if (changes.action === undefined) { return [`\nPool ${pool}: the configuration is the one that its nodes have.\n`]; }
  return [`
### Pool ${pool}: from what its nodes have today

${summary(changes)}

| field | today | becomes | a node needs |
| --- | --- | --- | --- |
${changes.changes.map(({ field, before, after, action }) => `| \`${field}\` | ${cell(before)} | ${cell(after)} | ${action} |`).join('\n')}
`];
}

function summary({ action, stateFiles }: KubeletChanges): string {
  if (action === NodeAction.RESTART) { return 'A restart of the kubelets is enough.'; }
  return stateFiles.length === 0 ? 'Drain each node.' : `Drain each node, and remove ${stateFiles.map(path => `\`${path}\``).join(' and ')} while its kubelet is stopped.`;
}

function cell(json: string | undefined): string {
  return json === undefined ? '' : `\`${json.replace(/\|/g, '\\|')}\``;
}
