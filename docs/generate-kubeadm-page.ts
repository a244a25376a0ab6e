import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filled } from './generate-control-plane';
import { CONTROL_PLANE_DIFFERENCES, ETCD_DIFFERENCES, KUBELET_DIFFERENCES, KubeadmDifference } from '../conformance/areas/nodes/kubeadm-differences';

// Fills the tables of docs/how-to/install-with-kubeadm.md: `npx tsx --tsconfig tsconfig.check.json docs/generate-kubeadm-page.ts`.
// test/host/installers/kubeadm-page.test.ts compares the page with this; conformance compares the tables with what kubeadm writes.

const text = (value: string | undefined) => (value === undefined ? 'none' : `\`${value}\``);

function table(rows: KubeadmDifference[]): string[] {
  // Items that one reason excuses stand in one line.
  const groups = new Map<string, KubeadmDifference[]>();
  for (const row of rows) { groups.set(`${row.components.join()}${row.reason}`, [...groups.get(`${row.components.join()}${row.reason}`) ?? [], row]); }
  return [
    '| component | item | kubeadm | plain form | why |',
    '| --- | --- | --- | --- | --- |',
    ...[...groups.values()].map(group => {
      const [{ components, reason, release }] = group;
      const ours = (row: KubeadmDifference) => (row.derived ? 'from the description' : text(row.ours));
      const cells = [group.map(({ item }) => `\`${item}\``), group.map(({ kubeadm }) => text(kubeadm)), group.map(ours)].map(cell => [...new Set(cell)].join(', '));
      return `| ${components.map(name => name.replace('kube-', '')).join(', ')} | ${cells.join(' | ')} | ${reason}${release === undefined ? '' : ` (${release})`} |`;
    }),
  ];
}

export const KUBEADM_PAGE = {
  file: 'docs/how-to/install-with-kubeadm.md',
  tables: {
    'kubeadm-control-plane': () => table(CONTROL_PLANE_DIFFERENCES),
    'kubeadm-kubelets': () => table(KUBELET_DIFFERENCES),
    'kubeadm-etcd': () => table(ETCD_DIFFERENCES),
  },
};

/** The page as it has to be. */
export function kubeadmPage(): string {
  return filled(KUBEADM_PAGE, readFileSync(join(__dirname, '..', KUBEADM_PAGE.file), 'utf8'));
}

if (require.main === module) { writeFileSync(join(__dirname, '..', KUBEADM_PAGE.file), kubeadmPage()); }
