import * as fs from 'node:fs';
import { KubeadmDifference } from './kubeadm-differences';
import { ItemDifference } from './pod-items';
import { KubernetesRelease } from '../../../src';

/** A difference that was found in a component. */
export interface Found extends ItemDifference { readonly component: string }

/** What is wrong with a table of differences: those that it does not list, and those that it lists and that are not there any more. */
export interface DifferenceVerdict { readonly unlisted: string[]; readonly gone: string[]; readonly flags: number; readonly others: number }

/** Whether this machine is one on which kubeadm writes otherwise. */
function isHere({ whereMachineHas, whereMachineLacks }: KubeadmDifference): boolean {
  return (whereMachineHas === undefined || fs.existsSync(whereMachineHas)) && (whereMachineLacks === undefined || !fs.existsSync(whereMachineLacks));
}

export function differenceVerdict(found: Found[], table: KubeadmDifference[], release: KubernetesRelease): DifferenceVerdict {
  const rows = table.filter(
    row => row.release === undefined || row.release === release.version,
  ).flatMap(row => row.components.map(component => ({ ...row, component })));
  const isOf = (row: typeof rows[number], { component, item, kubeadm, ours }: Found) =>
    row.component === component && row.item === item && row.kubeadm === kubeadm && (row.derived === true ? ours !== undefined : row.ours === ours);
  const words = ({ component, item, kubeadm = 'none', ours = 'none' }: Found) => `${component} ${item}: kubeadm ${kubeadm}, here ${ours}`;
  const names = new Set(found.map(({ component, item }) => `${component} ${item}`));
  return {
    unlisted: [...new Set(found.filter(difference => !rows.some(row => isOf(row, difference))).map(words))],
    gone: rows.filter(row => !found.some(difference => isOf(row, difference)) && isHere(row)).map(row => `${row.component} ${row.item}`),
    flags: [...names].filter(name => name.includes(' --')).length,
    others: [...names].filter(name => !name.includes(' --')).length,
  };
}
