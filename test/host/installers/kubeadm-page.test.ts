import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KUBEADM_PAGE, kubeadmPage } from '../../../docs/generate-kubeadm-page';

test('docs/how-to/install-with-kubeadm.md has the differences to kubeadm that the conformance suite excuses', () => {
  // Out of date: npx tsx --tsconfig tsconfig.check.json docs/generate-kubeadm-page.ts
  expect(readFileSync(join(__dirname, '../../..', KUBEADM_PAGE.file), 'utf8')).toBe(kubeadmPage());
});
